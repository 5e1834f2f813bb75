using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Flow.Nodes;

/// <summary>Lets packets reach the router that answer its own, or that the zone's host-inbound-traffic allows.</summary>
/// <remarks>In: whole packets to the router. ESP and AH are judged by their SA, not here.</remarks>
internal sealed class FlowLocalInNode(FlowState state) : GraphNode(NodeName)
{
    public const string NodeName = "flow-local-in";

    private const ushort IkePort = 500;
    private const ushort IkeNatPort = 4500;

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = Decide(ref At(packets[i]));
        }
    }

    private ushort Decide(ref PacketBuffer packet)
    {
        ref FlowInterfaceCounters counters = ref state.CountersAt(packet.IngressInterface);
        if (!FlowPacket.TryParse(packet.Data, packet.Instance, out FlowPacket flow))
        {
            return Drop(FlowDrop.Malformed);
        }

        counters.IcmpPackets += flow.Key.Protocol == (byte)IpProtocol.Icmp ? 1u : 0;
        if (state.ZoneAt(packet.IngressInterface) is not { } zone)
        {
            counters.NoZone++;
            return Drop(FlowDrop.NoZone);
        }

        if ((IpProtocol)flow.Key.Protocol is IpProtocol.Esp or IpProtocol.Ah)
        {
            counters.VpnPackets++;
            counters.SelfPackets++;
            return GraphEdge.Continue;
        }

        if (Answers(flow, packet.Length) || AboutOwn(flow) || zone.Accepts(flow))
        {
            counters.SelfPackets++;
            return GraphEdge.Continue;
        }

        counters.NoSelfInterest++;
        return Drop(FlowDrop.HostInbound);
    }

    // A packet of a session that the router opened. IKE is let in by the zone alone, whoever spoke first.
    private bool Answers(in FlowPacket flow, int bytes)
    {
        if (flow.Key.Protocol == (byte)IpProtocol.Udp && flow.Key.DestinationPort is (IkePort or IkeNatPort))
        {
            return false;
        }

        int row = state.Sessions.Find(flow.Key, out bool reverse);
        if (row == SessionTable.NotFound || !reverse || state.Sessions[row].Ingress != 0 || state.Sessions[row].Expires <= state.NowSeconds)
        {
            return false;
        }

        SessionLife.Touch(ref state.Sessions[row], flow, reverse, bytes, state.NowSeconds);
        return true;
    }

    // An ICMP error about a packet of the router's own: of a session, or of a tunnel or IKE, which have none.
    private bool AboutOwn(in FlowPacket flow) =>
        flow.IsIcmpError && flow.Quoted.Source == flow.Key.Destination
        && ((IpProtocol)flow.Quoted.Protocol is IpProtocol.Esp or IpProtocol.Ah or IpProtocol.Gre
            || (flow.Quoted.Protocol == (byte)IpProtocol.Udp && flow.Quoted.SourcePort is (IkePort or IkeNatPort))
            || state.Sessions.Find(flow.Quoted, out _) != SessionTable.NotFound);

    private ushort Drop(FlowDrop reason)
    {
        state.Drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }
}
