using System.Runtime.CompilerServices;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Plain;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>Lets transit packets pass that belong to a session or that a policy permits; opens sessions.</summary>
/// <remarks>In: whole routed packets with both interfaces set. Out: on with the arc, or dropped, or answered with an ICMP error.</remarks>
internal sealed class FlowPolicyNode(FlowState state, ForwardingTables tables, WorkerServices worker, string name = FlowPolicyNode.NodeName)
    : GraphNode(name), IPlainFeature
{
    public const string NodeName = "flow-policy";
    public const string NodeName6 = "flow-policy6";

    // RFC 1812 section 5.2.7.1: destination unreachable, communication administratively prohibited.
    private const ushort AdministrativelyProhibited = (3 << 8) | 13;

    private const int MaximumBatch = 256;
    private const ushort DnsPort = 53;
    private const byte DnsResponse = 0x80;

    private readonly FlowPlainPass _plain = new(state, tables, worker);
    private readonly bool _isVersion6 = name == NodeName6;
    private int _localOut = -1;

    /// <inheritdoc/>
    public void Pass(Span<PlainPacket> packets) => _plain.Pass(packets);

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        if (state.IsOff)
        {
            edges.Fill(GraphEdge.Continue);
            return;
        }

        uint now = state.NowSeconds;
        if (!_isVersion6)
        {
            Prefetch(packets);
        }

        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = Decide(packets[i], now);
        }
    }

    // A large session table lies in main memory: its two reads are asked for a batch at a time. Only a hint, so what is unusual (options,
    // fragments, other protocols) is left out, and nothing here has been checked but by ip4-input.
    private unsafe void Prefetch(ReadOnlySpan<nint> packets)
    {
        uint* slots = stackalloc uint[MaximumBatch];
        int count = Math.Min(packets.Length, MaximumBatch);
        for (int i = 0; i < count; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            // Safe: header and ports lie within the length.
            slots[i] = packet.Length < Ipv4Header.MinimumLength + UdpHeader.Length
                ? 0
                : state.Sessions.PrefetchIndex(PackedKey.Of(packet.Start, packet.Instance));
        }

        for (int i = 0; i < count; i++)
        {
            state.Sessions.PrefetchSession(slots[i]);
        }
    }

    private ushort Decide(nint handle, uint now)
    {
        ref PacketBuffer packet = ref At(handle);
        ref FlowInterfaceCounters ingress = ref state.CountersAt(packet.IngressInterface);
        ZoneInterface? from = state.ZoneAt(packet.IngressInterface);
        uint toZone = state.ZoneOf(packet.EgressInterface);
        bool parsed = _isVersion6
            ? FlowPacket.TryParse6(packet.Data, packet.Instance, state.Sessions.Addresses6, out FlowPacket flow)
            : FlowPacket.TryParse(packet.Data, packet.Instance, out flow);
        if (_isVersion6 && !state.PassesIpv6)
        {
            return Drop(packet, FlowDrop.Ipv6Off);
        }

        if (!parsed)
        {
            return Drop(packet, FlowDrop.Malformed);
        }

        if (worker.Workers > 1 && OwnerOf(packet, flow) is var owner && owner != worker.Number)
        {
            worker.HandOff(owner, worker.NodeIndex(Name), handle);
            return GraphEdge.Consumed;
        }

        ingress.IcmpPackets += flow.Icmp != FlowIcmp.None ? packet.SegmentCount : 0u;
        if (from is null || toZone == 0)
        {
            ingress.NoZone += packet.SegmentCount;
            return Drop(packet, FlowDrop.NoZone);
        }

        if (flow.Icmp is FlowIcmp.Error or FlowIcmp.Redirect)
        {
            return IsRelated(ref packet, flow, from.Zone, toZone) ? Permit(ref packet, ref ingress, flow) : Drop(packet, FlowDrop.NoSession);
        }

        int row = state.Match(flow.Key, from.Zone, toZone, out bool reverse);
        if (row != SessionTable.NotFound)
        {
            ref FlowSession session = ref state.Sessions[row];
            if ((session.IsCarried || packet.Protection != 0) && !Carry(ref packet, session.Protection, session.Inbound != reverse))
            {
                return Drop(packet, FlowDrop.WrongProtection);
            }

            if (state.Settings.WatchesTcp && flow.Segment.IsTcp && Watch(ref session, ref packet, flow, reverse) is { } fault)
            {
                ingress.OutOfWindow += fault == FlowDrop.OutOfWindow ? packet.SegmentCount : 0u;
                return Drop(packet, fault);
            }

            SessionLife.Touch(ref session, flow.Segment, reverse, packet.SegmentCount, packet.WireBytes, now, state.Settings);
            state.Policies.Hit(session.Policy, false);
            return Permit(ref packet, ref ingress, flow);
        }

        if (flow.Icmp == FlowIcmp.Reply)
        {
            return Drop(packet, FlowDrop.NoSession);
        }

        if (from.Screen is { Tries: not null } screen && ScreenSweeps.FindUdp(screen, flow, state.NowMicroseconds) is var found and not ScreenCheck.Unspecified
            && state.Found(found, screen, packet.IngressInterface, packet.SegmentCount))
        {
            return GraphEdge.Drop;
        }

        PolicyVerdict verdict = state.Judge(packet.IngressInterface, packet.EgressInterface, flow.Key, flow.Source6, flow.Destination6, flow.IcmpCode);
        if (verdict.Action == Policy.Types.Action.Permit)
        {
            return Open(ref packet, ref ingress, flow, verdict, from.Zone, toZone, now);
        }

        state.Policies.Hit(verdict.Policy, false);
        ingress.PolicyDenied += packet.SegmentCount;
        state.LogRefused(verdict.Policy, flow, packet.IngressInterface, packet.EgressInterface);
        return Refuse(ref packet, flow, verdict, from);
    }

    // An ICMP error goes where the flow is that it is about.
    private int OwnerOf(in PacketBuffer packet, in FlowPacket flow) => FlowOwner.Of(
        tables, worker, packet.IngressInterface, packet.EgressInterface, flow.Icmp == FlowIcmp.Error ? flow.QuotedOwnerKey : flow.OwnerKey);

    // An error travels against the packet that it quotes, to that packet's sender, from any router on its way.
    private bool IsRelated(ref PacketBuffer packet, in FlowPacket flow, uint fromZone, uint toZone)
    {
        if (flow.Icmp != FlowIcmp.Error || !flow.QuotesReceiver)
        {
            return false;
        }

        int row = state.Match(flow.Quoted, toZone, fromZone, out bool reverse);
        return row != SessionTable.NotFound
            && Carry(ref packet, state.Sessions[row].Protection, state.Sessions[row].Inbound == reverse);
    }

    // A flow with a protection comes by it or leaves by it; one without comes by none but a tunnel interface's, which is as good as a wire.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Carry(ref PacketBuffer packet, uint protection, bool arrives)
    {
        uint came = tables.ProtectionOf(packet.IngressInterface) == 0 ? packet.Protection : 0;
        if (arrives)
        {
            return came == protection;
        }

        packet.RequiredProtection = protection;
        return came == 0;
    }

    // What the settings ask of TCP beyond its policy; null when a segment of a session may pass.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private FlowDrop? Watch(ref FlowSession session, ref PacketBuffer packet, in FlowPacket flow, bool reverse)
    {
        FlowSettings settings = state.Settings;
        TcpNumbers numbers = new(packet.Data[flow.Transport..flow.End]);
        if (settings.IsStrict && session.State == FlowSessionState.Opening && numbers.IsEarly(session, flow.Segment, reverse))
        {
            return FlowDrop.Handshake;
        }

        if (settings.ChecksResets && flow.Segment.IsTcpReset && !numbers.IsDue(session, reverse))
        {
            return FlowDrop.OutOfWindow;
        }

        if (session.State == FlowSessionState.Closing && flow.Segment.IsTcpSyn && !reverse)
        {
            (session.OpenerNext, session.AnswererNext, session.OpenerExpects, session.AnswererExpects) = (0, 0, 0, 0);
        }

        numbers.Follow(ref session, reverse);
        return null;
    }

    private bool IsDnsReply(ref PacketBuffer packet, in FlowPacket flow) =>
        flow.Key is { Protocol: (byte)IpProtocol.Udp, DestinationPort: DnsPort } && state.Settings.RefusesDnsReplies
        && flow.Transport + UdpHeader.Length + 2 < flow.End && (packet.Data[flow.Transport + UdpHeader.Length + 2] & DnsResponse) != 0;

    private static ScreenCheck IsOverLimit(AddressCounts counts, ScreenSettings screen, in FlowKey key) =>
        counts.From(key) >= screen.SourceSessions ? ScreenCheck.SourceSessions
        : counts.To(key) >= screen.DestinationSessions ? ScreenCheck.DestinationSessions
        : ScreenCheck.Unspecified;

    private ushort Refuse(ref PacketBuffer packet, in FlowPacket flow, PolicyVerdict verdict, ZoneInterface from)
    {
        bool reject = verdict.Action == Policy.Types.Action.Reject;
        if (flow.Segment.IsTcp && !flow.Segment.IsTcpReset && (reject || (from.TcpReset && !flow.Segment.IsTcpSyn)))
        {
            SendReset(ref packet, flow.Transport);
            return Drop(packet, reject ? FlowDrop.PolicyRejected : FlowDrop.PolicyDenied);
        }

        if (!reject || flow.Segment.IsTcp)
        {
            return Drop(packet, reject ? FlowDrop.PolicyRejected : FlowDrop.PolicyDenied);
        }

        state.Drops.Add((int)FlowDrop.PolicyRejected, packet.SegmentCount);
        packet.IcmpReply = AdministrativelyProhibited;
        return GraphEdge.IcmpError;
    }

    private ushort Open(
        ref PacketBuffer packet,
        ref FlowInterfaceCounters ingress,
        in FlowPacket flow,
        PolicyVerdict verdict,
        uint fromZone,
        uint toZone,
        uint now)
    {
        if ((verdict.Protection | packet.Protection) != 0 && !Carry(ref packet, verdict.Protection, verdict.Inbound))
        {
            state.Policies.Hit(verdict.Policy, false);
            ingress.PolicyDenied += packet.SegmentCount;
            return Drop(packet, FlowDrop.WrongProtection);
        }

        if (IsDnsReply(ref packet, flow))
        {
            return Drop(packet, FlowDrop.DnsReply);
        }

        bool isTcp = flow.Segment.IsTcp && state.Settings.WatchesTcp;
        TcpNumbers numbers = isTcp ? new TcpNumbers(packet.Data[flow.Transport..flow.End]) : default;
        if (isTcp && state.Settings.IsStrict && !numbers.IsBeginning(flow.Segment))
        {
            return Drop(packet, FlowDrop.Handshake);
        }

        if (state.Sessions.Counts is { } counts && state.ZoneAt(packet.IngressInterface) is { Screen: { LimitsSessions: true } screen }
            && IsOverLimit(counts, screen, flow.Key) is var limit and not ScreenCheck.Unspecified
            && state.Found(limit, screen, packet.IngressInterface, packet.SegmentCount))
        {
            return GraphEdge.Drop;
        }

        int row = state.Open(flow);
        if (row == SessionTable.NotFound)
        {
            ingress.NoMoreSessions += packet.SegmentCount;
            return Drop(packet, FlowDrop.NoMoreSessions);
        }

        ref FlowSession session = ref state.Sessions[row];
        session.Policy = verdict.Policy;
        session.IcmpCode = flow.IcmpCode;
        session.Ingress = packet.IngressInterface;
        session.Egress = packet.EgressInterface;
        session.FromZone = fromZone;
        session.ToZone = toZone;
        session.Generation = state.Policies.Generation;
        session.ApplicationTimeout = verdict.TimeoutSeconds;
        session.Protection = verdict.Protection;
        session.Inbound = verdict.Inbound;
        SessionLife.Open(ref session, flow.Segment, packet, now, state.Settings);
        if (isTcp)
        {
            numbers.Follow(ref session, reverse: false);
        }

        state.Policies.Hit(verdict.Policy, true);
        state.Began(row);
        ingress.ConnectionsEstablished++;
        return Permit(ref packet, ref ingress, flow);
    }

    private ushort Permit(ref PacketBuffer packet, ref FlowInterfaceCounters ingress, in FlowPacket flow)
    {
        if (flow.Segment.HasTcpSyn || (flow.Key.Protocol == (byte)IpProtocol.Gre && state.Settings.LimitsGre))
        {
            LimitSegments(ref packet, flow);
        }

        ingress.BytesPermittedIn += packet.WireBytes;
        state.CountersAt(packet.EgressInterface).BytesPermittedOut += packet.WireBytes;
        return GraphEdge.Continue;
    }

    private void LimitSegments(ref PacketBuffer packet, in FlowPacket flow)
    {
        FlowSettings settings = state.Settings;
        bool outOf = packet.Protection != 0;
        bool into = packet.RequiredProtection != 0 || tables.ProtectionOf(packet.EgressInterface) != 0;
        bool isGre = !flow.Segment.IsTcp;
        ushort limit = 0;
        Lower(ref limit, settings.LargestSegment, !isGre);
        Lower(ref limit, settings.LargestTunnelSegment, !isGre && (outOf || into));
        Lower(ref limit, settings.LargestSegmentOutOfGre, isGre ? outOf : state.ZoneAt(packet.IngressInterface) is { IsGre: true });
        Lower(ref limit, settings.LargestSegmentIntoGre, isGre ? into : state.ZoneAt(packet.EgressInterface) is { IsGre: true });
        if (limit != 0 && isGre)
        {
            GreSegments.Limit(packet.Data[flow.Transport..flow.End], limit);
        }
        else if (limit != 0)
        {
            _ = TcpSegmentLimit.Apply(packet.Data[flow.Transport..], limit);
        }
    }

    private static void Lower(ref ushort limit, ushort to, bool holds) => limit = holds && to != 0 && (limit == 0 || to < limit) ? to : limit;

    private ushort Drop(in PacketBuffer packet, FlowDrop reason)
    {
        state.Drops.Add((int)reason, packet.SegmentCount);
        return GraphEdge.Drop;
    }

    private void SendReset(ref PacketBuffer packet, int transport)
    {
        int length = _isVersion6 ? TcpReset.Length6 : TcpReset.Length;
        nint handle = worker.Pools.Rent(length);
        if (handle == 0)
        {
            return;
        }

        ref PacketBuffer reset = ref At(handle);
        reset.Length = length;
        TcpReset.Write(packet.Data, transport, reset.Data);
        reset.Instance = packet.Instance;
        reset.Flags = PacketFlags.LocallyOriginated;
        reset.RequiredProtection = packet.Protection;
        if (_localOut < 0)
        {
            _localOut = worker.NodeIndex(_isVersion6 ? KernelNodes.Ip6LocalOut : KernelNodes.Ip4LocalOut);
        }

        worker.Enqueue(_localOut, handle);
    }
}
