using RouterOS.Forwarding;
using RouterOS.Forwarding.Plain;
using RouterOS.Packets;

namespace RouterOS.Flow.Nodes;

/// <summary>Lets packets reach the router that answer its own, or that the zone's host-inbound-traffic allows.</summary>
/// <remarks>In: whole packets to the router. ESP and AH are judged by their SA, not here.</remarks>
internal sealed class FlowLocalInNode(FlowState state, WorkerServices worker, string name = FlowLocalInNode.NodeName) : GraphNode(name), IPlainFeature
{
    public const string NodeName = "flow-local-in";
    public const string NodeName6 = "flow-local-in6";

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
            edges[i] = Decide(packets[i], now);
        }
    }

    /// <summary>Lets the packets of tunnels pass, as <see cref="Process"/> does; everything else takes the node.</summary>
    public unsafe void Pass(Span<PlainPacket> packets)
    {
        if (state.IsOff)
        {
            return;
        }

        foreach (ref PlainPacket packet in packets)
        {
            // Safe: a whole IPv4 header is there.
            packet.Leaves = !IsTunnel(packet.Header[9]) || state.ZoneAt(packet.IngressInterface) is null;
            if (!packet.Leaves)
            {
                ref FlowInterfaceCounters counters = ref state.CountersAt(packet.IngressInterface);
                counters.SelfPackets++;
                counters.BytesPermittedIn += packet.Length;
            }
        }
    }

    /// <summary>True for the UDP ports of IKE, with and without NAT traversal.</summary>
    internal static bool IsIkePort(ushort port) => port is 500 or 4500;

    // GRE, IPv4 and IPv6 inside IPv4.
    private static bool IsTunnel(byte protocol) => (IpProtocol)protocol is IpProtocol.Gre or IpProtocol.Ipv6 or IpProtocol.Ipv4;

    private ushort Decide(nint handle, uint now)
    {
        ref PacketBuffer packet = ref At(handle);
        if ((packet.Flags & PacketFlags.FromItself) != 0)
        {
            return GraphEdge.Continue;
        }

        ref FlowInterfaceCounters counters = ref state.CountersAt(packet.IngressInterface);
        if (!TryParse(ref packet, out FlowPacket flow))
        {
            return Drop(packet, FlowDrop.Malformed);
        }

        if (_isVersion6 && (flow.IsNeighborDiscovery || !state.PassesIpv6))
        {
            return flow.IsNeighborDiscovery ? GraphEdge.Continue : Drop(packet, FlowDrop.Ipv6Off);
        }

        bool vpn = (IpProtocol)flow.Key.Protocol is IpProtocol.Esp or IpProtocol.Ah;
        if (worker.Number != 0 && !vpn && !IsTunnel(flow.Key.Protocol) && !IsIke(flow.Key.Protocol, flow.Key.DestinationPort))
        {
            // The router's own sessions are worker 0's.
            worker.HandOff(0, worker.NodeIndex(Name), handle);
            return GraphEdge.Consumed;
        }

        // What comes out of a tunnel is judged as input of its interface; the tunnel's own packets are its node's.
        bool tunnel = IsTunnel(flow.Key.Protocol);
        counters.IcmpPackets += flow.Icmp != FlowIcmp.None ? packet.SegmentCount : 0u;
        counters.MulticastIn += flow.IsMulticast ? packet.SegmentCount : 0u;
        if (state.ZoneAt(packet.IngressInterface) is not { } zone)
        {
            counters.NoZone += packet.SegmentCount;
            return Drop(packet, FlowDrop.NoZone);
        }

        counters.VpnPackets += vpn ? packet.SegmentCount : 0u;
        bool isOwn = vpn || tunnel || Answers(flow, zone.Zone, packet, now) || IsAboutOwn(flow, zone.Zone);
        if (!isOwn && zone.Screen is { Tries: not null } screen
            && ScreenSweeps.FindUdp(screen, flow, state.NowMicroseconds) is var found and not Proto.Flow.V1.ScreenCheck.Unspecified
            && state.Found(found, screen, packet.IngressInterface, packet.SegmentCount))
        {
            return GraphEdge.Drop;
        }

        if (isOwn || zone.Accepts(flow))
        {
            counters.SelfPackets += packet.SegmentCount;
            counters.BytesPermittedIn += packet.WireBytes;
            return GraphEdge.Continue;
        }

        counters.NoSelfInterest += packet.SegmentCount;
        return Drop(packet, FlowDrop.HostInbound);
    }

    private bool TryParse(ref PacketBuffer packet, out FlowPacket flow)
    {
        ReadOnlySpan<byte> data = packet.Data;
        return _isVersion6
            ? FlowPacket.TryParse6(data, packet.Instance, state.Sessions.Addresses6, out flow)
            : FlowPacket.TryParse(data, packet.Instance, out flow);
    }

    // A packet of a session that the router opened. IKE is let in by the zone alone, whoever spoke first.
    private bool Answers(in FlowPacket flow, uint zone, in PacketBuffer packet, uint now)
    {
        int row = state.Sessions.Find(flow.Key, out bool reverse);
        if (row == SessionTable.NotFound || !reverse || IsIke(flow.Key.Protocol, flow.Key.DestinationPort))
        {
            return false;
        }

        ref FlowSession session = ref state.Sessions[row];
        bool here = session.Protection != 0 ? packet.Protection == session.Protection : state.ZoneOf(session.Egress) == zone;
        if (session.Ingress != 0 || session.Expires <= now || !here)
        {
            return false;
        }

        SessionLife.Touch(ref session, flow.Segment, reverse, packet.SegmentCount, packet.WireBytes, now, state.Settings);
        return true;
    }

    // An ICMP error about a packet of the router's own: of a session, or of a tunnel or IKE, which have none.
    private bool IsAboutOwn(in FlowPacket flow, uint zone)
    {
        FlowKey quoted = flow.Quoted;
        if (flow.Icmp != FlowIcmp.Error || !flow.QuotesReceiver)
        {
            return false;
        }

        if ((IpProtocol)quoted.Protocol is IpProtocol.Esp or IpProtocol.Ah or IpProtocol.Gre || IsIke(quoted.Protocol, quoted.SourcePort))
        {
            return true;
        }

        int row = state.Sessions.Find(quoted, out bool reverse);
        return row != SessionTable.NotFound && !reverse && state.Sessions[row].Ingress == 0
            && state.ZoneOf(state.Sessions[row].Egress) == zone;
    }

    private static bool IsIke(byte protocol, ushort port) => protocol == (byte)IpProtocol.Udp && IsIkePort(port);

    private ushort Drop(in PacketBuffer packet, FlowDrop reason)
    {
        state.Drops.Add((int)reason, packet.SegmentCount);
        return GraphEdge.Drop;
    }
}
