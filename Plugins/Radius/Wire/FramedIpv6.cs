using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using RouterOS.Proto.Aaa.V1;

namespace RouterOS.Radius.Wire;

/// <summary>Values of RADIUS's attributes for IPv6, RFC 3162.</summary>
internal static class FramedIpv6
{
    private const int AddressBytes = 16;
    private const int FrontBytes = 2;

    /// <summary>The value of Framed-IPv6-Prefix; null when it is none.</summary>
    public static FramedPrefix6? Prefix(ReadOnlySpan<byte> value)
    {
        // RFC 3162 section 2.3: bits outside of the prefix are zero, and bytes that are not said, too.
        if (value.Length is < FrontBytes or > FrontBytes + AddressBytes || value[1] > 8 * AddressBytes || value.Length - FrontBytes < (value[1] + 7) / 8)
        {
            return null;
        }

        Span<byte> address = stackalloc byte[AddressBytes];
        address.Clear();
        value[FrontBytes..].CopyTo(address);
        return Masked(address, value[1]);
    }

    /// <summary>Writes a prefix; gives the bytes that it takes.</summary>
    public static byte[] Write(FramedPrefix6 prefix)
    {
        int bytes = (int)(prefix.PrefixLength + 7) / 8;
        return [0, (byte)prefix.PrefixLength, .. prefix.Prefix.Span[..bytes]];
    }

    /// <summary>The prefix of a Framed-IPv6-Route ("2001:db8:1::/48 :: 1"); null when it is none.</summary>
    public static FramedPrefix6? Route(string text)
    {
        string prefix = text.Trim().Split(' ', 2)[0];
        int slash = prefix.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !uint.TryParse(prefix.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out uint length)
            || length > 8 * AddressBytes || prefix.Contains('%', StringComparison.Ordinal)
            || !IPAddress.TryParse(prefix.AsSpan(0, slash), out IPAddress? parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return null;
        }

        return Masked(parsed.GetAddressBytes(), (int)length);
    }

    private static FramedPrefix6 Masked(Span<byte> address, int length)
    {
        for (int i = 0; i < AddressBytes; i++)
        {
            int bits = Math.Clamp(length - (8 * i), 0, 8);
            address[i] &= (byte)(0xff00 >> bits);
        }

        return new FramedPrefix6 { Prefix = ByteString.CopyFrom(address), PrefixLength = (uint)length };
    }
}
