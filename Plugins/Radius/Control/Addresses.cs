using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using RouterOS.Proto.Aaa.V1;

namespace RouterOS.Radius.Control;

/// <summary>IPv4 addresses as numbers in host byte order and as text.</summary>
internal static class Addresses
{
    public static bool TryParse(string text, out uint address)
    {
        address = 0;
        // The framework also reads "10.1"; the canonical form alone is an address here.
        if (!IPAddress.TryParse(text, out IPAddress? parsed) || parsed.AddressFamily != AddressFamily.InterNetwork || parsed.ToString() != text)
        {
            return false;
        }

        address = Of(parsed);
        return true;
    }

    /// <summary>The address, or 0 for an empty text.</summary>
    public static uint Parse(string text) => TryParse(text, out uint address) ? address : 0;

    public static uint Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        _ = address.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    public static IPAddress ToIpAddress(uint address)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, address);
        return new IPAddress(bytes);
    }

    public static string Text(uint address) => ToIpAddress(address).ToString();

    /// <summary>The prefix of a Framed-Route (RFC 2865 section 5.22: "10.9.0.0/24 0.0.0.0 1"); null when it is none.</summary>
    public static FramedRoute? Route(string text)
    {
        string prefix = text.Trim().Split(' ', 2)[0];
        int slash = prefix.IndexOf('/', StringComparison.Ordinal);
        if (!TryParse(slash < 0 ? prefix : prefix[..slash], out uint address))
        {
            return null;
        }

        uint length;
        if (slash < 0)
        {
            // Without a length it is that of the old classes.
            length = address >> 31 == 0 ? 8u : address >> 30 == 2 ? 16u : 24u;
        }
        else if (!uint.TryParse(prefix.AsSpan(slash + 1), out length) || length > 32)
        {
            return null;
        }

        uint mask = length == 0 ? 0 : uint.MaxValue << (int)(32 - length);
        return new FramedRoute { Prefix = address & mask, PrefixLength = length };
    }
}
