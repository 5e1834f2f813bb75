using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>What screens look for in the extension headers of IPv6 (RFC 8200 section 4): pure.</summary>
internal static class ScreenExtensions
{
    private const byte HopByHop = 0;
    private const byte Routing = 43;
    private const byte Fragment = 44;
    private const byte Authentication = 51;
    private const byte DestinationOptions = 60;
    private const byte PadOne = 0;
    private const ulong Walked = (1UL << HopByHop) | (1UL << Routing) | (1UL << Fragment) | (1UL << Authentication) | (1UL << DestinationOptions);

    /// <summary>The first of the checks of extension headers that finds something; unspecified for none.</summary>
    public static ScreenCheck Find(ScreenSettings screen, ReadOnlySpan<byte> packet)
    {
        byte next = packet[6];
        int at = Ipv6Header.Length;
        for (uint headers = 0; ;)
        {
            headers += IsExtension(next) ? 1u : 0;
            if (screen.Headers[next])
            {
                return ScreenCheck.ExtensionHeader;
            }

            if (headers > screen.HeaderLimit && screen.Has(ScreenCheck.ExtensionLimit))
            {
                return ScreenCheck.ExtensionLimit;
            }

            if (next > DestinationOptions || (Walked & (1UL << next)) == 0 || at + 8 > packet.Length)
            {
                return ScreenCheck.Unspecified;
            }

            int length = next == Fragment ? 8 : next == Authentication ? (packet[at + 1] + 2) * 4 : (packet[at + 1] + 1) * 8;
            if (at + length > packet.Length || (next == Fragment && ((packet[at + 2] << 8) | packet[at + 3]) >> 3 != 0))
            {
                return ScreenCheck.Unspecified;
            }

            if (next == HopByHop && HasOption(packet[(at + 2)..(at + length)], screen.HopOptions))
            {
                return ScreenCheck.HopOption;
            }

            if (next == DestinationOptions && HasOption(packet[(at + 2)..(at + length)], screen.DestinationOptions))
            {
                return ScreenCheck.DestinationOption;
            }

            next = packet[at];
            at += length;
        }
    }

    // Those that are walked, ESP, mobility, host identity and shim6; the mark that nothing follows is none.
    private static bool IsExtension(byte next) =>
        next is HopByHop or Routing or Fragment or Authentication or DestinationOptions or (byte)IpProtocol.Esp or 135 or 139 or 140;

    private static bool HasOption(ReadOnlySpan<byte> options, bool[] types)
    {
        while (options.Length > 1)
        {
            if (options[0] == PadOne)
            {
                options = options[1..];
                continue;
            }

            if (types[options[0]])
            {
                return true;
            }

            options = options[Math.Min(options[1] + 2, options.Length)..];
        }

        return false;
    }
}
