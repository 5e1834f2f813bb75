using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>Lets transit packets pass that belong to a session or that a policy permits; opens sessions.</summary>
/// <remarks>In: whole routed packets with both interfaces set. Out: on with the arc, or dropped, or answered with an ICMP error.</remarks>
internal sealed class FlowPolicyNode(FlowState state, WorkerServices worker) : GraphNode(NodeName)
{
    public const string NodeName = "flow-policy";

    // RFC 1812 section 5.2.7.1: destination unreachable, communication administratively prohibited.
    private const ushort AdministrativelyProhibited = (3 << 8) | 13;

    private int _localOut = -1;

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
        ref FlowInterfaceCounters ingress = ref state.CountersAt(packet.IngressInterface);
        ZoneInterface? from = state.ZoneAt(packet.IngressInterface);
        uint toZone = state.ZoneOf(packet.EgressInterface);
        if (!FlowPacket.TryParse(packet.Data, packet.Instance, out FlowPacket flow))
        {
            return Drop(FlowDrop.Malformed);
        }

        ingress.IcmpPackets += flow.Key.Protocol == (byte)IpProtocol.Icmp ? 1u : 0;
        if (from is null || toZone == 0)
        {
            ingress.NoZone++;
            return Drop(FlowDrop.NoZone);
        }

        if (FindSession(flow.Key, from.Zone, toZone, out bool reverse) is var row && row != SessionTable.NotFound)
        {
            ref FlowSession session = ref state.Sessions[row];
            SessionLife.Touch(ref session, flow, reverse, packet.Length, state.NowSeconds);
            state.Policies.Hit(session.Policy, false);
            return Permit(ref packet, ref ingress);
        }

        if (flow.IsIcmpError && state.Sessions.Find(flow.Quoted, out _) != SessionTable.NotFound)
        {
            return Permit(ref packet, ref ingress);
        }

        PolicyVerdict verdict = state.Policies.Judge(from.Zone, toZone, flow.Key);
        if (verdict.Action == Policy.Types.Action.Permit)
        {
            return Open(ref packet, ref ingress, flow, verdict, from.Zone, toZone);
        }

        state.Policies.Hit(verdict.Policy, false);
        ingress.PolicyDenied++;
        bool reject = verdict.Action == Policy.Types.Action.Reject;
        if (flow.IsTcp && !flow.IsTcpReset && (reject || (from.TcpReset && !flow.IsTcpSyn)))
        {
            SendReset(ref packet);
            return Drop(reject ? FlowDrop.PolicyRejected : FlowDrop.PolicyDenied);
        }

        if (reject)
        {
            state.Drops.Add((int)FlowDrop.PolicyRejected, 1);
            packet.IcmpReply = AdministrativelyProhibited;
            return GraphEdge.IcmpError;
        }

        return Drop(FlowDrop.PolicyDenied);
    }

    // The session of a packet, if it is still alive, still permitted, and between the same zones.
    private int FindSession(in FlowKey key, uint fromZone, uint toZone, out bool reverse)
    {
        int row = state.Sessions.Find(key, out reverse);
        if (row == SessionTable.NotFound)
        {
            return row;
        }

        ref FlowSession session = ref state.Sessions[row];
        bool alive = session.Expires > state.NowSeconds;
        if (alive && session.Generation != state.Policies.Generation)
        {
            session.FromZone = state.ZoneOf(session.Ingress);
            session.ToZone = state.ZoneOf(session.Egress);
            PolicyVerdict verdict = state.Policies.Judge(session.FromZone, session.ToZone, session.Forward);
            alive = verdict.Action == Policy.Types.Action.Permit;
            session.Policy = verdict.Policy;
            session.Generation = state.Policies.Generation;
        }

        alive = alive && (reverse
            ? session.FromZone == toZone && session.ToZone == fromZone
            : session.FromZone == fromZone && session.ToZone == toZone);
        if (alive)
        {
            return row;
        }

        state.Sessions.Remove(row);
        return SessionTable.NotFound;
    }

    private ushort Open(
        ref PacketBuffer packet, ref FlowInterfaceCounters ingress, in FlowPacket flow, PolicyVerdict verdict, uint fromZone, uint toZone)
    {
        int row = state.Sessions.Add(flow.Key);
        if (row == SessionTable.NotFound)
        {
            ingress.NoMoreSessions++;
            return Drop(FlowDrop.NoMoreSessions);
        }

        ref FlowSession session = ref state.Sessions[row];
        session.Policy = verdict.Policy;
        session.Ingress = packet.IngressInterface;
        session.Egress = packet.EgressInterface;
        session.FromZone = fromZone;
        session.ToZone = toZone;
        session.Generation = state.Policies.Generation;
        session.Timeout = (ushort)Math.Min(verdict.TimeoutSeconds, ushort.MaxValue);
        SessionLife.Open(ref session, flow, packet.Length, state.NowSeconds);
        state.Policies.Hit(verdict.Policy, true);
        ingress.ConnectionsEstablished++;
        return Permit(ref packet, ref ingress);
    }

    private ushort Permit(ref PacketBuffer packet, ref FlowInterfaceCounters ingress)
    {
        ingress.BytesPermittedIn += (uint)packet.Length;
        state.CountersAt(packet.EgressInterface).BytesPermittedOut += (uint)packet.Length;
        return GraphEdge.Continue;
    }

    private ushort Drop(FlowDrop reason)
    {
        state.Drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }

    private void SendReset(ref PacketBuffer packet)
    {
        nint handle = worker.Pools.Rent(TcpReset.Length);
        if (handle == 0)
        {
            return;
        }

        ref PacketBuffer reset = ref At(handle);
        reset.Length = TcpReset.Length;
        TcpReset.Write(packet.Data, reset.Data);
        reset.Instance = packet.Instance;
        reset.Flags = PacketFlags.LocallyOriginated;
        if (_localOut < 0)
        {
            _localOut = worker.NodeIndex(KernelNodes.Ip4LocalOut);
        }

        worker.Enqueue(_localOut, handle);
    }
}
