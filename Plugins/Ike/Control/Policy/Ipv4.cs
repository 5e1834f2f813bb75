using System.Net;
using System.Net.Sockets;

namespace RouterOS.Ike.Control.Policy;

/// <summary>IPv4 addresses as numbers in host byte order, the form of the tables, and as text, the form of the configuration.</summary>
internal static class Ipv4
{
    public static bool TryParse(string text, out uint address)
    {
        address = 0;
        // The framework also reads "10.1" and "010.0.0.1"; the canonical form alone is an address here.
        if (!IPAddress.TryParse(text, out IPAddress? parsed) || parsed.AddressFamily != AddressFamily.InterNetwork || parsed.ToString() != text)
        {
            return false;
        }

        address = FromIpAddress(parsed);
        return true;
    }

    public static uint FromIpAddress(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        _ = address.TryWriteBytes(bytes, out _);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    public static IPAddress ToIpAddress(uint address) => new(Crypto.Bytes.Of(address));

    public static string Text(PeerAddress address) => address.IsVersion6 ? address.ToString() : Text(address.Number);

    public static string Text(uint address) => $"{address >> 24}.{(address >> 16) & 0xff}.{(address >> 8) & 0xff}.{address & 0xff}";
}
