using RouterOS.Forwarding;
using RouterOS.Forwarding.Plain;
using RouterOS.Packets;

namespace RouterOS.Flow.Nodes;

/// <summary>Opens sessions for packets of the router's own, so that their answers are let in. Never holds a packet back.</summary>
internal sealed class FlowLocalOutNode(FlowState state, WorkerServices worker, string name = FlowLocalOutNode.NodeName) : GraphNode(name), IPlainFeature
{
    public const string NodeName = "flow-local-out";
    public const string NodeName6 = "flow-local-out6";

    private readonly bool _isVersion6 = name == NodeName6;

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        if (state.IsOff)
        {
            edges.Fill(GraphEdge.Continue);
            return;
        }

        uint now = state.NowSeconds;
        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = Note(packets[i], now);
        }
    }

    /// <summary>Counts the outer packets of tunnels, which open no sessions.</summary>
    public void Pass(Span<PlainPacket> packets)
    {
        if (state.IsOff)
        {
            return;
        }

        foreach (ref PlainPacket packet in packets)
        {
            state.CountersAt(packet.EgressInterface).BytesPermittedOut += packet.Length;
        }
    }

    private ushort Note(nint handle, uint now)
    {
        ref PacketBuffer packet = ref At(handle);
        bool parsed = _isVersion6
            ? FlowPacket.TryParse6(packet.Data, packet.Instance, state.Sessions.Addresses6, out FlowPacket flow)
            : FlowPacket.TryParse(packet.Data, packet.Instance, out flow);
        bool multicast = parsed && flow.IsMulticast;
        bool session = parsed && !multicast && (packet.Flags & (PacketFlags.TunnelOuter | PacketFlags.LinkBroadcast)) == 0 && WantsAnswer(flow);
        if (session && worker.Number != 0)
        {
            // The router's own sessions are worker 0's, so that answers find them wherever they come in.
            worker.HandOff(0, worker.NodeIndex(Name), handle);
            return GraphEdge.Consumed;
        }

        ref FlowInterfaceCounters counters = ref state.CountersAt(packet.EgressInterface);
        counters.BytesPermittedOut += packet.WireBytes;
        counters.MulticastOut += multicast ? packet.SegmentCount : 0u;
        return session ? Open(packet, flow, ref counters, now) : GraphEdge.Continue;
    }

    private ushort Open(in PacketBuffer packet, in FlowPacket flow, ref FlowInterfaceCounters counters, uint now)
    {
        int row = state.Sessions.Find(flow.Key, out bool reverse);
        if (row != SessionTable.NotFound && state.Sessions[row].Ingress == 0)
        {
            ref FlowSession known = ref state.Sessions[row];
            (known.Egress, known.Protection) = reverse ? (known.Egress, known.Protection) : (packet.EgressInterface, packet.RequiredProtection);
            SessionLife.Touch(ref known, flow.Segment, reverse, packet.SegmentCount, packet.WireBytes, now, state.Settings);
            return GraphEdge.Continue;
        }

        row = state.Open(flow);
        if (row == SessionTable.NotFound)
        {
            counters.NoMoreSessions += packet.SegmentCount;
            return GraphEdge.Continue;
        }

        ref FlowSession session = ref state.Sessions[row];
        session.Egress = packet.EgressInterface;
        session.ToZone = state.ZoneOf(packet.EgressInterface);
        session.Protection = packet.RequiredProtection;
        session.Generation = state.Policies.Generation;
        SessionLife.Open(ref session, flow.Segment, packet, now, state.Settings);
        return GraphEdge.Continue;
    }

    // Of ICMP only a query opens a session: the rest answers somebody else's packet, as a reset does. Nor does IKE: the zone alone lets
    // its answers in. So nobody fills the table by making the router answer forged sources.
    private static bool WantsAnswer(in FlowPacket flow) => (IpProtocol)flow.Key.Protocol switch
    {
        IpProtocol.Icmp or IpProtocol.Icmp6 => flow.Icmp == FlowIcmp.Query,
        IpProtocol.Tcp => !flow.Segment.IsTcpReset,
        IpProtocol.Udp => !FlowLocalInNode.IsIkePort(flow.Key.SourcePort),
        _ => true,
    };
}
