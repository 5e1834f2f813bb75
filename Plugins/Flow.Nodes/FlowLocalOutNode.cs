using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Flow.Nodes;

/// <summary>Opens sessions for packets of the router's own, so that their answers are let in. Never holds a packet back.</summary>
internal sealed class FlowLocalOutNode(FlowState state) : GraphNode(NodeName)
{
    public const string NodeName = "flow-local-out";

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        uint now = state.NowSeconds;
        for (int i = 0; i < packets.Length; i++)
        {
            Note(ref At(packets[i]), now);
            edges[i] = GraphEdge.Continue;
        }
    }

    private void Note(ref PacketBuffer packet, uint now)
    {
        ref FlowInterfaceCounters counters = ref state.CountersAt(packet.EgressInterface);
        counters.BytesPermittedOut += packet.WireBytes;
        if (!FlowPacket.TryParse(packet.Data, packet.Instance, out FlowPacket flow))
        {
            return;
        }

        bool multicast = Ipv4Address.IsMulticast(flow.Key.Destination);
        counters.MulticastOut += multicast ? packet.SegmentCount : 0u;
        if (multicast || (packet.Flags & (PacketFlags.TunnelOuter | PacketFlags.LinkBroadcast)) != 0 || !WantsAnswer(flow))
        {
            return;
        }

        int row = state.Sessions.Find(flow.Key, out bool reverse);
        if (row != SessionTable.NotFound && state.Sessions[row].Ingress == 0)
        {
            ref FlowSession known = ref state.Sessions[row];
            known.Egress = reverse ? known.Egress : packet.EgressInterface;
            SessionLife.Touch(ref known, flow, reverse, packet, now);
            return;
        }

        row = state.Open(flow.Key);
        if (row == SessionTable.NotFound)
        {
            counters.NoMoreSessions += packet.SegmentCount;
            return;
        }

        ref FlowSession session = ref state.Sessions[row];
        session.Egress = packet.EgressInterface;
        session.ToZone = state.ZoneOf(packet.EgressInterface);
        session.Generation = state.Policies.Generation;
        SessionLife.Open(ref session, flow, packet, now);
    }

    // Of ICMP only a query opens a session: the rest answers somebody else's packet, as a reset does. Nor does IKE: the zone alone lets
    // its answers in. So nobody fills the table by making the router answer forged sources.
    private static bool WantsAnswer(in FlowPacket flow) => (IpProtocol)flow.Key.Protocol switch
    {
        IpProtocol.Icmp => flow.Icmp == FlowIcmp.Query,
        IpProtocol.Tcp => !flow.IsTcpReset,
        IpProtocol.Udp => !FlowLocalInNode.IsIkePort(flow.Key.SourcePort),
        _ => true,
    };
}
