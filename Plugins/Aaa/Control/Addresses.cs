using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RouterOS.Proto.Aaa.V1;

namespace RouterOS.Aaa.Control;

/// <summary>IPv4 addresses of the intent as numbers in host byte order.</summary>
internal static class Addresses
{
    /// <summary>The address; 0 for none.</summary>
    public static uint Parse(string text) => TryParse(text, out uint address) ? address : 0;

    public static bool TryParse(string text, out uint address)
    {
        bool isAddress = IPAddress.TryParse(text, out IPAddress? parsed) && parsed.AddressFamily == AddressFamily.InterNetwork;
        address = isAddress ? BinaryPrimitives.ReadUInt32BigEndian(parsed!.GetAddressBytes()) : 0;
        return isAddress;
    }

    public static string Text(uint address) => $"{address >> 24}.{(address >> 16) & 0xff}.{(address >> 8) & 0xff}.{address & 0xff}";

    /// <summary>A prefix as text; null for what is none.</summary>
    public static FramedRoute? Prefix(string text)
    {
        string[] parts = text.Split('/');
        return parts.Length == 2 && TryParse(parts[0], out uint prefix)
            && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out uint length) && length <= 32
            && (length == 32 || (prefix & (uint.MaxValue >> (int)length)) == 0)
            ? new FramedRoute { Prefix = prefix, PrefixLength = length }
            : null;
    }
}
