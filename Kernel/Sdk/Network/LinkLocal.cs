using System.Buffers.Binary;
using System.Net;

namespace RouterOS.Sdk.Network;

/// <summary>Link-local addresses of IPv6 that interface identifiers make (RFC 4291 section 2.5.6, RFC 5072 section 5).</summary>
public static class LinkLocal
{
    /// <summary>The address of fe80::/64 with an identifier of 64 bits.</summary>
    public static IPAddress Of(ulong identifier)
    {
        Span<byte> address = stackalloc byte[16];
        address.Clear();
        (address[0], address[1]) = (0xfe, 0x80);
        BinaryPrimitives.WriteUInt64BigEndian(address[8..], identifier);
        return new IPAddress(address);
    }
}
