using System.Globalization;
using System.Text;
using RouterOS.Proto.Ike.V1;

namespace RouterOS.Srx.Layouts;

/// <summary>Text of captures with keys.</summary>
internal static class CaptureLayout
{
    /// <summary>What an operator reads when one begins.</summary>
    public static string Begin(CaptureState state) => Line(
        $"Capture {state.Id} of vpn {string.Join(", ", state.Vpns)} with {string.Join(", ", state.Peers)} to {state.File}: at most {state.Seconds} seconds and {state.ByteLimit} bytes. Ctrl-C or 'monitor security ipsec stop' ends it.");

    /// <summary>What came of it, and how to read it.</summary>
    public static string End(CaptureState state, string keys)
    {
        StringBuilder text = new();
        text.Append(Line($"{state.IkePackets} IKE and {state.IpsecPackets} ESP or AH packets captured, {state.Lost} lost: {state.Ended}."));
        text.Append(Line($"Keys of {state.IkeKeys} IKE and {state.IpsecKeys} ESP security associations are in {keys}: whoever has them reads the tunnel's traffic."));
        text.Append(Line($"Read it with: WIRESHARK_CONFIG_DIR={Quoted(keys)} tshark -r {Quoted(state.File)}"));
        return text.ToString();
    }

    /// <summary>The captures that run.</summary>
    public static string List(ListCapturesReply reply)
    {
        if (reply.Captures.Count == 0)
        {
            return "No captures are running.\n";
        }

        StringBuilder text = new("Capture  Left s   IKE       ESP/AH    Lost      Bytes        User        VPN             File\n");
        foreach (CaptureState c in reply.Captures)
        {
            text.Append(Line(
                $"{c.Id,-8} {c.SecondsLeft,-8} {c.IkePackets,-9} {c.IpsecPackets,-9} {c.Lost,-9} {c.Bytes,-12} {c.User,-11} {string.Join(",", c.Vpns),-15} {c.File}"));
        }

        return text.ToString();
    }

    private static string Quoted(string path) => path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_')
        ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string Line(FormattableString line) => line.ToString(CultureInfo.InvariantCulture) + "\n";
}
