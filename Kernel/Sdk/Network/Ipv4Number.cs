using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace RouterOS.Sdk.Network;

/// <summary>IPv4 addresses as numbers in host byte order, the form of the tables, beside their other forms.</summary>
public static class Ipv4Number
{
    /// <summary>The number of an address; 0 for one of IPv6.</summary>
    public static uint Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[4];
        return address.TryWriteBytes(bytes, out _) ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : 0;
    }

    /// <summary>The number of an address; null when the text is none of IPv4.</summary>
    public static uint? Parse(string text) =>
        IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetwork ? Of(address) : null;

    /// <summary>The address of a number.</summary>
    public static IPAddress ToAddress(uint number) => new(BinaryPrimitives.ReverseEndianness(number));

    /// <summary>A number as text.</summary>
    public static string Text(uint number) => ToAddress(number).ToString();

    /// <summary>The mask of a prefix's length, 0 to 32.</summary>
    public static uint Mask(int length) => length == 0 ? 0 : uint.MaxValue << (32 - length);
}
