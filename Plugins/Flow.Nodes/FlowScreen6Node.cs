using System.Buffers.Binary;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>The screens of zones for IPv6, as <see cref="FlowScreenNode"/>.</summary>
/// <remarks>In: IPv6 packets with a right header, fragments, too. Neighbour discovery is never screened: without it there is no link.</remarks>
internal sealed class FlowScreen6Node(FlowState state, ForwardingTables tables) : GraphNode(NodeName)
{
    public const string NodeName = "flow-screen6";

    // What the keys of rates begin with: others than those of IPv4.
    private const ulong IcmpKey = 0x11ul << 56;
    private const ulong UdpKey = 0x12ul << 56;
    private const ulong AttackKey = 0x13ul << 56;
    private const ulong SourceKey = 0x14ul << 56;
    private const ulong DestinationKey = 0x15ul << 56;

    // Types of ICMPv6: router solicitation to redirect (RFC 4861 section 4).
    private const byte FirstDiscovery = 133;
    private const byte LastDiscovery = 137;

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

            if (zone.ReversePath6 != ReversePath.None && !HasReversePath(ref packet, zone.ReversePath6))
            {
                edges[i] = GraphEdge.Drop;
                state.Drops.Add((int)FlowDrop.ReversePath, packet.SegmentCount);
            }
            else if (zone.Screen is { } screen && Ipv6Extensions.TryWalk(packet.Data, out Ipv6Extensions walked)
                && !IsDiscovery(packet.Data, walked) && IsBad(ref packet, screen, zone.Zone, walked))
            {
                edges[i] = GraphEdge.Drop;
            }
        }
    }

    private static bool IsDiscovery(ReadOnlySpan<byte> packet, in Ipv6Extensions walked) => walked is { Protocol: (byte)IpProtocol.Icmp6, FragmentAt: 0 }
        && packet.Length > walked.Offset && packet[walked.Offset] is >= FirstDiscovery and <= LastDiscovery;

    // A host without an address, and one that speaks on its link only, has no route.
    private bool HasReversePath(ref PacketBuffer packet, ReversePath asked)
    {
        UInt128 source = Ipv6Address.Read(packet.Data[Ipv6Header.SourceOffset..]);
        if (source == 0 || Ipv6Address.IsLinkLocal(source))
        {
            return true;
        }

        RouteLookup6 back = tables.FibLookup6(packet.Instance, source);
        return back.Kind == RouteKind.Forward && (asked == ReversePath.Loose || back.Interface == packet.IngressInterface);
    }

    private bool IsBad(ref PacketBuffer packet, ScreenSettings screen, uint zone, in Ipv6Extensions walked)
    {
        Span<byte> bytes = packet.Data;
        bool hasPorts = walked.FragmentOffset == 0;
        if (hasPorts && walked.Protocol == (byte)IpProtocol.Tcp && packet.SegmentCount == 1 && screen.Has(ScreenCheck.Winnuke)
            && ScreenPatterns.Calm(bytes[walked.Offset..]))
        {
            state.ScreenCountsAt(packet.IngressInterface)[(int)ScreenCheck.Winnuke]++;
        }

        ScreenCheck found = ScreenPatterns.Find6(screen, bytes, walked);
        found = found != ScreenCheck.Unspecified ? found : IsSpoofed(packet, screen, bytes, zone) ? ScreenCheck.Spoofing
            : screen.LooksAtExtensions && ScreenExtensions.Find(screen, bytes) is var extension and not ScreenCheck.Unspecified ? extension
            : hasPorts ? OfPayload(packet, screen, bytes, walked) : ScreenCheck.Unspecified;
        return found != ScreenCheck.Unspecified && state.Found(found, screen, packet.IngressInterface, packet.SegmentCount);
    }

    private ScreenCheck OfPayload(in PacketBuffer packet, ScreenSettings screen, ReadOnlySpan<byte> bytes, in Ipv6Extensions walked)
    {
        ScreenCheck found = Flood(packet, screen, bytes, walked);
        if (found == ScreenCheck.Unspecified && screen.Tries is not null)
        {
            found = ScreenSweeps.Find(
                screen,
                (IpProtocol)walked.Protocol,
                bytes[walked.Offset..],
                ScreenSweeps.Folded(Ipv6Address.Read(bytes[Ipv6Header.SourceOffset..])),
                ScreenSweeps.Folded(Ipv6Address.Read(bytes[Ipv6Header.DestinationOffset..])),
                state.NowMicroseconds);
        }

        return found != ScreenCheck.Unspecified ? found
            : screen.Has(ScreenCheck.Tunnel) && ScreenTunnels.IsRefused(screen, walked.Protocol, bytes, walked.Offset) ? ScreenCheck.Tunnel
            : ScreenCheck.Unspecified;
    }

    // A host without an address, and one that speaks on its link only, has no route back.
    private bool IsSpoofed(in PacketBuffer packet, ScreenSettings screen, ReadOnlySpan<byte> bytes, uint zone)
    {
        UInt128 source = Ipv6Address.Read(bytes[Ipv6Header.SourceOffset..]);
        if (!screen.Has(ScreenCheck.Spoofing) || source == 0 || Ipv6Address.IsLinkLocal(source))
        {
            return false;
        }

        RouteLookup6 back = tables.FibLookup6(packet.Instance, source);
        return back.Kind != RouteKind.Forward || state.ZoneOf(back.Interface) != zone;
    }

    private ScreenCheck Flood(in PacketBuffer packet, ScreenSettings screen, ReadOnlySpan<byte> bytes, in Ipv6Extensions walked)
    {
        if (screen.Rates is not { } rates)
        {
            return ScreenCheck.Unspecified;
        }

        uint now = state.NowSeconds;
        uint count = packet.SegmentCount;
        UInt128 source6 = Ipv6Address.Read(bytes[Ipv6Header.SourceOffset..]);
        UInt128 destination6 = Ipv6Address.Read(bytes[Ipv6Header.DestinationOffset..]);
        ulong source = ScreenSweeps.Folded(source6);
        ulong destination = ScreenSweeps.Folded(destination6);
        switch ((IpProtocol)walked.Protocol)
        {
            case IpProtocol.Icmp6 when screen.Has(ScreenCheck.IcmpFlood):
                return rates.Exceeds(IcmpKey | destination, count, screen.IcmpFlood, now) ? ScreenCheck.IcmpFlood : ScreenCheck.Unspecified;
            case IpProtocol.Udp when screen.Has(ScreenCheck.UdpFlood) && screen.UdpSources?.Matches(source6) != true:
                return rates.Exceeds(UdpKey | destination, count, screen.UdpFlood, now) ? ScreenCheck.UdpFlood : ScreenCheck.Unspecified;
            case IpProtocol.Tcp when screen.Has(ScreenCheck.SynFlood) && ScreenPatterns.IsSyn(bytes[walked.Offset..])
                && screen.SynSources?.Matches(source6) != true && screen.SynDestinations?.Matches(destination6) != true:
                ulong port = (ulong)BinaryPrimitives.ReadUInt16BigEndian(bytes[(walked.Offset + 2)..]) << 40;
                return (screen.SynAttack != 0 && rates.Exceeds(AttackKey | (port ^ destination), count, screen.SynAttack, now))
                    || (screen.SynSource != 0 && rates.Exceeds(SourceKey | source, count, screen.SynSource, now))
                    || (screen.SynDestination != 0 && rates.Exceeds(DestinationKey | destination, count, screen.SynDestination, now))
                    ? ScreenCheck.SynFlood : ScreenCheck.Unspecified;
            default:
                return ScreenCheck.Unspecified;
        }
    }
}
