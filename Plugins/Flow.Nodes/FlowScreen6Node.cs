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

    private const ulong Odd = 0x9E37_79B9_7F4A_7C15;

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
            if (state.ZoneAt(packet.IngressInterface) is { Screen: { } screen } zone && Ipv6Extensions.TryWalk(packet.Data, out Ipv6Extensions walked)
                && !IsDiscovery(packet.Data, walked) && IsBad(ref packet, screen, zone.Zone, walked))
            {
                edges[i] = GraphEdge.Drop;
                state.Drops.Add((int)FlowDrop.Screened, packet.SegmentCount);
            }
        }
    }

    private static bool IsDiscovery(ReadOnlySpan<byte> packet, in Ipv6Extensions walked) => walked is { Protocol: (byte)IpProtocol.Icmp6, FragmentAt: 0 }
        && packet.Length > walked.Offset && packet[walked.Offset] is >= FirstDiscovery and <= LastDiscovery;

    // 56 bits that tell addresses apart.
    private static ulong Folded(UInt128 address)
    {
        ulong mixed = ((ulong)(address >> 64) * Odd) ^ (ulong)address;
        return (mixed * Odd) >> 8;
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
            : hasPorts ? Flood(packet, screen, bytes, walked) : ScreenCheck.Unspecified;
        if (found == ScreenCheck.Unspecified)
        {
            return false;
        }

        state.ScreenCountsAt(packet.IngressInterface)[(int)found] += packet.SegmentCount;
        return !screen.AlarmOnly;
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
        ulong source = Folded(Ipv6Address.Read(bytes[Ipv6Header.SourceOffset..]));
        ulong destination = Folded(Ipv6Address.Read(bytes[Ipv6Header.DestinationOffset..]));
        switch ((IpProtocol)walked.Protocol)
        {
            case IpProtocol.Icmp6 when screen.Has(ScreenCheck.IcmpFlood):
                return rates.Exceeds(IcmpKey | destination, count, screen.IcmpFlood, now) ? ScreenCheck.IcmpFlood : ScreenCheck.Unspecified;
            case IpProtocol.Udp when screen.Has(ScreenCheck.UdpFlood):
                return rates.Exceeds(UdpKey | destination, count, screen.UdpFlood, now) ? ScreenCheck.UdpFlood : ScreenCheck.Unspecified;
            case IpProtocol.Tcp when screen.Has(ScreenCheck.SynFlood) && ScreenPatterns.IsSyn(bytes[walked.Offset..]):
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
