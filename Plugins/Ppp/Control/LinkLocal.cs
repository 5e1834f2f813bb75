using System.Buffers.Binary;
using System.Net;

namespace RouterOS.Ppp.Control;

/// <summary>Link-local addresses of IPv6 that interface identifiers make (RFC 5072 section 5).</summary>
internal static class LinkLocal
{
    /// <summary>The address as text; empty without an identifier.</summary>
    public static string Text(ulong identifier)
    {
        if (identifier == 0)
        {
            return string.Empty;
        }

        Span<byte> address = stackalloc byte[16];
        address.Clear();
        (address[0], address[1]) = (0xfe, 0x80);
        BinaryPrimitives.WriteUInt64BigEndian(address[8..], identifier);
        return new IPAddress(address).ToString();
    }
}
