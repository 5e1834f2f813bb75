using System.Buffers.Binary;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>The screens of zones: drops packets of attacks before they take a route, a fragment's place or a session.</summary>
/// <remarks>
/// In: IPv4 packets with a right header, fragments, too. Interfaces without a screen are not inspected: their plain packets do not come
/// here, and the others pass by one look.
/// </remarks>
internal sealed class FlowScreenNode(FlowState state, ForwardingTables tables) : GraphNode(NodeName), IInspectingFeature
{
    public const string NodeName = "flow-screen";

    // What the keys of rates begin with.
    private const ulong IcmpKey = 1ul << 56;
    private const ulong UdpKey = 2ul << 56;
    private const ulong AttackKey = 3ul << 56;
    private const ulong SourceKey = 4ul << 56;
    private const ulong DestinationKey = 5ul << 56;

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        edges[..packets.Length].Fill(GraphEdge.Continue);
        if (state.IsOff)
        {
            return;
        }

        for (int i = 0; i < packets.Length; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            if (state.ZoneAt(packet.IngressInterface) is not { } zone)
            {
                continue;
            }

            if (zone.ReversePath != ReversePath.None && !HasReversePath(ref packet, zone.ReversePath))
            {
                edges[i] = GraphEdge.Drop;
                state.Drops.Add((int)FlowDrop.ReversePath, packet.SegmentCount);
            }
            else if (zone.Screen is { } screen && IsBad(ref packet, screen, zone.Zone))
            {
                edges[i] = GraphEdge.Drop;
            }
        }
    }

    // A host that asks for its address has none yet.
    private bool HasReversePath(ref PacketBuffer packet, ReversePath asked)
    {
        uint source = BinaryPrimitives.ReadUInt32BigEndian(packet.Data[12..]);
        if (source == 0)
        {
            return true;
        }

        RouteLookup back = tables.FibLookup(packet.Instance, source);
        return back.Kind == RouteKind.Forward && (asked == ReversePath.Loose || back.Interface == packet.IngressInterface);
    }

    private bool IsBad(ref PacketBuffer packet, ScreenSettings screen, uint zone)
    {
        Span<byte> bytes = packet.Data;
        int header = (bytes[0] & 0x0f) * 4;
        if (bytes[9] == (byte)IpProtocol.Tcp && packet.SegmentCount == 1 && screen.Has(ScreenCheck.Winnuke) && ScreenPatterns.Calm(bytes[header..]))
        {
            state.ScreenCountsAt(packet.IngressInterface)[(int)ScreenCheck.Winnuke]++;
        }

        ScreenCheck found = ScreenPatterns.Find(screen, bytes);
        found = found != ScreenCheck.Unspecified ? found : IsSpoofed(packet, screen, bytes, zone) ? ScreenCheck.Spoofing
            // Fragments but the first one have no ports: they go with their first one.
            : (BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) & Ipv4Header.FragmentOffsetMask) == 0 ? OfPayload(packet, screen, bytes, header)
            : ScreenCheck.Unspecified;
        return found != ScreenCheck.Unspecified && state.Found(found, screen, packet.IngressInterface, packet.SegmentCount);
    }

    private ScreenCheck OfPayload(in PacketBuffer packet, ScreenSettings screen, ReadOnlySpan<byte> bytes, int header)
    {
        ScreenCheck found = Flood(packet, screen, bytes, header);
        if (found == ScreenCheck.Unspecified && screen.Tries is not null)
        {
            found = ScreenSweeps.Find(
                screen, (IpProtocol)bytes[9], bytes[header..], BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]), BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]),
                state.NowMicroseconds);
        }

        return found != ScreenCheck.Unspecified ? found
            : screen.Has(ScreenCheck.Tunnel) && ScreenTunnels.IsRefused(screen, bytes[9], bytes, header) ? ScreenCheck.Tunnel
            : ScreenCheck.Unspecified;
    }

    // A host that asks for its address has none yet.
    private bool IsSpoofed(in PacketBuffer packet, ScreenSettings screen, ReadOnlySpan<byte> bytes, uint zone)
    {
        if (!screen.Has(ScreenCheck.Spoofing) || BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]) is not (var source and not 0))
        {
            return false;
        }

        RouteLookup back = tables.FibLookup(packet.Instance, source);
        return back.Kind != RouteKind.Forward || state.ZoneOf(back.Interface) != zone;
    }

    private ScreenCheck Flood(in PacketBuffer packet, ScreenSettings screen, ReadOnlySpan<byte> bytes, int header)
    {
        if (screen.Rates is not { } rates)
        {
            return ScreenCheck.Unspecified;
        }

        uint now = state.NowSeconds;
        uint count = packet.SegmentCount;
        uint source = BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]);
        uint destination = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
        switch ((IpProtocol)bytes[9])
        {
            case IpProtocol.Icmp when screen.Has(ScreenCheck.IcmpFlood):
                return rates.Exceeds(IcmpKey | destination, count, screen.IcmpFlood, now) ? ScreenCheck.IcmpFlood : ScreenCheck.Unspecified;
            case IpProtocol.Udp when screen.Has(ScreenCheck.UdpFlood) && screen.UdpSources?.Matches(source) != true:
                return rates.Exceeds(UdpKey | destination, count, screen.UdpFlood, now) ? ScreenCheck.UdpFlood : ScreenCheck.Unspecified;
            case IpProtocol.Tcp when screen.Has(ScreenCheck.SynFlood) && ScreenPatterns.IsSyn(bytes[header..])
                && screen.SynSources?.Matches(source) != true && screen.SynDestinations?.Matches(destination) != true:
                ulong port = (ulong)BinaryPrimitives.ReadUInt16BigEndian(bytes[(header + 2)..]) << 32;
                return (screen.SynAttack != 0 && rates.Exceeds(AttackKey | port | destination, count, screen.SynAttack, now))
                    || (screen.SynSource != 0 && rates.Exceeds(SourceKey | source, count, screen.SynSource, now))
                    || (screen.SynDestination != 0 && rates.Exceeds(DestinationKey | destination, count, screen.SynDestination, now))
                    ? ScreenCheck.SynFlood : ScreenCheck.Unspecified;
            default:
                return ScreenCheck.Unspecified;
        }
    }
}
