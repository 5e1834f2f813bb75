using System.Globalization;
using RouterOS.Proto.Flow.V1;
using RouterOS.Srx.Bindings;

namespace RouterOS.Srx.Layouts;

/// <summary><c>show security screen</c>.</summary>
internal static class ScreenLayout
{
    private const int Value = 45;

    /// <summary>The options of a screen that are on.</summary>
    public static string Options(Screen screen)
    {
        Lines lines = new();
        lines.Add("Screen object status:").Add().Row((0, "Name"), (Value, "Value"));
        foreach (ScreenOption option in ScreenOption.All.Where(o => screen.Checks.Contains(o.Check)))
        {
            switch (option.Check)
            {
                case ScreenCheck.IcmpFlood:
                    Row(lines, "ICMP flood threshold", screen.IcmpFlood);
                    break;
                case ScreenCheck.UdpFlood:
                    Row(lines, "UDP flood threshold", screen.UdpFlood);
                    break;
                case ScreenCheck.SynFlood:
                    Row(lines, "TCP SYN flood attack threshold", screen.SynAttack);
                    Row(lines, "TCP SYN flood source threshold", screen.SynSource);
                    Row(lines, "TCP SYN flood destination threshold", screen.SynDestination);
                    break;
                case ScreenCheck.IcmpSweep:
                    Row(lines, "ICMP address sweep threshold", screen.IcmpSweep);
                    break;
                case ScreenCheck.TcpScan:
                    Row(lines, "TCP port scan threshold", screen.TcpScan);
                    break;
                case ScreenCheck.TcpSweep:
                    Row(lines, "TCP sweep threshold", screen.TcpSweep);
                    break;
                case ScreenCheck.UdpSweep:
                    Row(lines, "UDP sweep threshold", screen.UdpSweep);
                    break;
                case ScreenCheck.UdpScan:
                    Row(lines, "UDP port scan threshold", screen.UdpScan);
                    break;
                case ScreenCheck.SourceSessions:
                    Row(lines, "Session source limit threshold", screen.SourceSessions);
                    break;
                case ScreenCheck.DestinationSessions:
                    Row(lines, "Session destination limit threshold", screen.DestinationSessions);
                    break;
                case ScreenCheck.ExtensionLimit:
                    Row(lines, "IPv6 extension header limit", screen.HeaderLimit);
                    break;
                default:
                    lines.Row((2, option.Label), (Value, "enabled"));
                    break;
            }
        }

        if (screen.AlarmOnly)
        {
            lines.Row((2, "Alarm without drop"), (Value, "enabled"));
        }

        return lines.ToString();
    }

    /// <summary>What a screen has found.</summary>
    public static string Statistics(ScreenCounters counters)
    {
        Lines lines = new();
        lines.Add("Screen statistics:").Add().Row((0, "IDS attack type"), (Value, "Statistics"));
        foreach (ScreenOption option in ScreenOption.All)
        {
            Row(lines, option.Label, (ulong)ScreenCounters.Descriptor.FindFieldByNumber((int)option.Check).Accessor.GetValue(counters));
        }

        return lines.ToString();
    }

    private static void Row(Lines lines, string label, ulong value) =>
        lines.Row((2, label), (Value, value.ToString(CultureInfo.InvariantCulture)));
}
