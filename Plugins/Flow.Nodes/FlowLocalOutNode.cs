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
        for (int i = 0; i < packets.Length; i++)
        {
            Note(ref At(packets[i]));
            edges[i] = GraphEdge.Continue;
        }
    }

    private void Note(ref PacketBuffer packet)
    {
        state.CountersAt(packet.EgressInterface).BytesPermittedOut += (uint)packet.Length;
        if ((packet.Flags & PacketFlags.TunnelOuter) != 0 || !FlowPacket.TryParse(packet.Data, packet.Instance, out FlowPacket flow))
        {
            return;
        }

        // Of ICMP only a request opens a session: errors and replies answer somebody else's.
        if (flow.Key.Protocol == (byte)IpProtocol.Icmp && flow.IcmpType != (byte)IcmpType.EchoRequest)
        {
            return;
        }

        int row = state.Sessions.Find(flow.Key, out bool reverse);
        if (row != SessionTable.NotFound)
        {
            SessionLife.Touch(ref state.Sessions[row], flow, reverse, packet.Length, state.NowSeconds);
            return;
        }

        row = state.Sessions.Add(flow.Key);
        if (row == SessionTable.NotFound)
        {
            state.CountersAt(packet.EgressInterface).NoMoreSessions++;
            return;
        }

        ref FlowSession session = ref state.Sessions[row];
        session.Egress = packet.EgressInterface;
        session.ToZone = state.ZoneOf(packet.EgressInterface);
        session.Generation = state.Policies.Generation;
        SessionLife.Open(ref session, flow, packet.Length, state.NowSeconds);
    }
}
