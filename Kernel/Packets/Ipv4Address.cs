using System.Globalization;

namespace RouterOS.Packets;

/// <summary>IPv4 addresses as numbers in host byte order: 192.0.2.1 is 0xC0000201.</summary>
public static class Ipv4Address
{
    /// <summary>The limited broadcast address, 255.255.255.255.</summary>
    public const uint Broadcast = 0xffffffff;

    /// <summary>Dotted decimal text.</summary>
    public static string Format(uint address) => string.Create(
        CultureInfo.InvariantCulture,
        $"{address >> 24}.{(address >> 16) & 0xff}.{(address >> 8) & 0xff}.{address & 0xff}");

    /// <summary>Reads dotted decimal text of exactly four parts without leading zeros.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out uint address)
    {
        address = 0;
        uint value = 0;
        for (int part = 0; part < 4; part++)
        {
            int end = part < 3 ? text.IndexOf('.') : text.Length;
            if (end is < 1 or > 3 || (end > 1 && text[0] == '0'))
            {
                return false;
            }

            uint octet = 0;
            foreach (char digit in text[..end])
            {
                if (!char.IsAsciiDigit(digit))
                {
                    return false;
                }

                octet = (octet * 10) + (uint)(digit - '0');
            }

            if (octet > 255)
            {
                return false;
            }

            value = (value << 8) | octet;
            text = text[Math.Min(end + 1, text.Length)..];
        }

        address = value;
        return true;
    }

    /// <summary>The mask of a prefix length from 0 to 32.</summary>
    public static uint Mask(int prefixLength) => prefixLength == 0 ? 0 : uint.MaxValue << (32 - prefixLength);

    /// <summary>True for 224.0.0.0/4.</summary>
    public static bool IsMulticast(uint address) => address >> 28 == 0xe;

    /// <summary>
    /// True where a packet with this source must not be forwarded or answered: 0/8, 127/8, multicast, reserved and broadcast
    /// (RFC 1812 section 5.3.7).
    /// </summary>
    public static bool IsMartianSource(uint address) => address >> 24 is 0 or 127 or >= 224;
}
