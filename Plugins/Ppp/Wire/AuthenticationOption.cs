using System.Buffers.Binary;

namespace RouterOS.Ppp.Wire;

/// <summary>LCP's option Authentication-Protocol, RFC 1661 section 6.2, RFC 1994 section 3.</summary>
internal static class AuthenticationOption
{
    private const byte Md5 = 5;
    private const byte MsChap = 0x80;
    private const byte MsChapV2 = 0x81;

    /// <summary>The option's data for a method.</summary>
    public static byte[] Write(AuthenticationMethod method) => method switch
    {
        AuthenticationMethod.Pap => [0xc0, 0x23],
        AuthenticationMethod.Chap => [0xc2, 0x23, Md5],
        AuthenticationMethod.MsChap => [0xc2, 0x23, MsChap],
        AuthenticationMethod.MsChapV2 => [0xc2, 0x23, MsChapV2],
        _ => throw new ArgumentOutOfRangeException(nameof(method)),
    };

    /// <summary>The method of an option's data; None for one that is not known.</summary>
    public static AuthenticationMethod Read(ReadOnlySpan<byte> data) =>
        data.Length < 2 ? AuthenticationMethod.None
        : (PppProtocol)BinaryPrimitives.ReadUInt16BigEndian(data) switch
        {
            PppProtocol.Pap when data.Length == 2 => AuthenticationMethod.Pap,
            PppProtocol.Chap when data.Length == 3 => data[2] switch
            {
                Md5 => AuthenticationMethod.Chap,
                MsChap => AuthenticationMethod.MsChap,
                MsChapV2 => AuthenticationMethod.MsChapV2,
                _ => AuthenticationMethod.None,
            },
            _ => AuthenticationMethod.None,
        };
}
