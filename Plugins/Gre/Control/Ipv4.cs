using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace RouterOS.Gre.Control;

/// <summary>IPv4 addresses as text and as numbers in host byte order.</summary>
internal static class Ipv4
{
    /// <summary>The number of an address; null when the text is none.</summary>
    public static uint? Parse(string text) =>
        IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetwork ? Number(address) : null;

    /// <summary>The number of an address.</summary>
    public static uint Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        return address.TryWriteBytes(bytes, out int written) && written == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : 0;
    }

    /// <summary>The address of a number.</summary>
    public static IPAddress Address(uint number) => new(BinaryPrimitives.ReverseEndianness(number));
}
