using System.Net;
using Google.Protobuf;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Ike.V1;

namespace RouterOS.Srx.Layouts;

/// <summary><c>show security flow session</c>.</summary>
internal static class SessionLayout
{
    /// <summary>Three lines for each session.</summary>
    public static string Text(IReadOnlyList<Session> sessions)
    {
        Lines lines = new();
        foreach (Session session in sessions)
        {
            SessionState state = session.State;
            string protocol = Protocol(state.Protocol);
            string source = $"{Address(state.Source, state.Source6)}/{state.SourcePort}";
            string destination = $"{Address(state.Destination, state.Destination6)}/{state.DestinationPort}";
            lines.Add($"Session ID: {state.Id}, Policy name: {session.Policy}/{state.Policy}, Timeout: {state.RemainingSeconds}, Valid");
            lines.Add($"  In: {source} --> {destination};{protocol}, If: {Interface(session.IngressInterface)}, "
                + $"Pkts: {state.ForwardPackets}, Bytes: {state.ForwardBytes}");
            lines.Add($"  Out: {destination} --> {source};{protocol}, If: {Interface(session.EgressInterface)}, "
                + $"Pkts: {state.ReversePackets}, Bytes: {state.ReverseBytes}");
            lines.Add();
        }

        return lines.Add($"Total sessions: {sessions.Count}").ToString();
    }

    /// <summary>How many sessions there are. A session is valid or gone, and none is of multicast.</summary>
    /// <param name="total">Sessions now.</param>
    /// <param name="maximum">Most sessions.</param>
    /// <param name="failed">Sessions that found the table full.</param>
    public static string Summary(uint total, uint maximum, ulong failed) => new Lines()
        .Add($"Unicast-sessions: {total}")
        .Add("Multicast-sessions: 0")
        .Add($"Failed-sessions: {failed}")
        .Add($"Sessions-in-use: {total}")
        .Add($"  Valid sessions: {total}")
        .Add("  Pending sessions: 0")
        .Add("  Invalidated sessions: 0")
        .Add("  Sessions in other states: 0")
        .Add($"Maximum-sessions: {maximum}")
        .ToString();

    /// <summary>Two lines for each inbound SA. In place of ports stand the halves of its SPI.</summary>
    public static string Tunnels(IReadOnlyList<(Phase2Sa Sa, SaState Traffic, string Interface)> tunnels)
    {
        Lines lines = new();
        foreach ((Phase2Sa sa, SaState traffic, string @interface) in tunnels)
        {
            lines.Add($"Session ID: {sa.InboundSpi}, Policy name: N/A, Timeout: N/A, Valid");
            lines.Add($"  In: {sa.RemoteAddress}/{sa.InboundSpi >> 16} --> {sa.LocalAddress}/{sa.InboundSpi & 0xffff};esp, If: {@interface}, "
                + $"Pkts: {traffic.Packets}, Bytes: {traffic.Bytes}");
            lines.Add();
        }

        return lines.Add($"Total sessions: {tunnels.Count}").ToString();
    }

    private static string Interface(string name) => name.Length > 0 ? name : ".local..0";

    private static string Protocol(uint protocol) => protocol switch
    {
        1 => "icmp",
        6 => "tcp",
        17 => "udp",
        47 => "gre",
        50 => "esp",
        51 => "ah",
        58 => "icmp6",
        _ => $"{protocol}",
    };

    private static IPAddress Address(uint address, ByteString address6) => !address6.IsEmpty
        ? new(address6.Span)
        : new([(byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address]);
}
