using System.Buffers.Binary;
using RouterOS.Esp.Wire;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Esp.Nodes;

/// <summary>The phase 2 relation with one peer, as the nodes use it: addresses, the outbound SA in use, path MTU.</summary>
/// <remarks>Changed on the worker's thread between batches. Exists from its row, or from the first SA that names it.</remarks>
internal sealed unsafe class Protection(uint id, ProtectionRuntimeRecord* row, SaRecords records)
{
    // RFC 1191 section 6.3: try a larger path again after ten minutes.
    private const long PathMtuLifeNanoseconds = 600L * 1_000_000_000;

    // An ICMP message cannot push the path below what every host must take in one piece.
    private const int SmallestPathMtu = 576;

    private const long PeerToldEvery = 500_000_000;

    private static readonly List<uint> s_none = [];

    private string? _key;
    private SaList _sas = new(records);
    private List<uint>? _foreignSpis;
    private TrafficSelector _takes = TrafficSelector.Any;
    private TrafficSelector _takesBack = TrafficSelector.Any;

    // IP version of what its row says that it takes; 0 where it says nothing.
    private int _family;
    private long _pathMtuSince;
    private long _peerToldAt;

    /// <summary>Id, never 0.</summary>
    public uint Id { get; } = id;

    /// <summary>Key of its events and snapshots.</summary>
    public string Key => _key ??= $"{Id}";

    /// <summary>Counters of the SAs it has outlived, and of packets that found none; null where another worker has the protection.</summary>
    public ProtectionRuntimeRecord* Row { get; } = row;

    /// <summary>The SAs that name it, both directions.</summary>
    public ref SaList Sas => ref _sas;

    /// <summary>SPIs of its outbound SAs where another worker has it.</summary>
    public List<uint> ForeignSpis => _foreignSpis ?? s_none;

    /// <summary>False while only SAs have named it: nothing passes.</summary>
    public bool IsConfigured { get; private set; }

    public string Name { get; private set; } = string.Empty;

    public uint Interface { get; private set; }

    public uint Instance { get; private set; }

    public uint LocalAddress { get; private set; }

    public uint RemoteAddress { get; private set; }

    /// <summary>Outer packets are IPv6: <see cref="LocalAddress"/> and <see cref="RemoteAddress"/> are stand-ins (<see cref="Outer6"/>).</summary>
    public bool IsVersion6 { get; private set; }

    public UInt128 LocalAddress6 { get; private set; }

    public UInt128 RemoteAddress6 { get; private set; }

    public DfBit DfBit { get; private set; }

    /// <summary>UDP port of this end; 0 for plain ESP.</summary>
    public ushort LocalPort { get; private set; }

    /// <summary>UDP port that the peer's NAT shows; 0 for plain ESP.</summary>
    public ushort RemotePort { get; private set; }

    /// <summary>Packets leave inside UDP.</summary>
    public bool IsInUdp => LocalPort != 0;

    /// <summary>Where the peer's newest packet came from, while that is not what the row says; 0 for nothing newer.</summary>
    public uint PeerAddress { get; private set; }

    /// <summary>The same over IPv6, where <see cref="PeerAddress"/> is a stand-in.</summary>
    public UInt128 PeerAddress6 { get; private set; }

    /// <summary>UDP port of <see cref="PeerAddress"/>.</summary>
    public ushort PeerPort { get; private set; }

    /// <summary>Of several protections on its interface it takes only certain packets.</summary>
    public bool IsSelective => !_takes.IsAny || _family == 6 || HasNextHops;

    /// <summary>Addresses that <see cref="Takes"/> lets packets go to; of two the smaller number is the closer choice.</summary>
    public uint Width => _takes.DestinationWidth;

    /// <summary>Next hops on its interface that lead to the peer.</summary>
    public uint[] NextHops { get; private set; } = [];

    /// <summary>The same of IPv6 packets.</summary>
    public UInt128[] NextHops6 { get; private set; } = [];

    /// <summary>Only packets by certain next hops are its own.</summary>
    public bool HasNextHops => (NextHops.Length | NextHops6.Length) != 0;

    /// <summary>Number of its binding to its interface: later ones have larger ones.</summary>
    public ulong BoundAs { get; set; }

    /// <summary>The router's own packets go by it, and come by it.</summary>
    public bool IsOwn { get; private set; }

    /// <summary>UDP inside transport mode has no checksum.</summary>
    public bool HasNoUdpChecksum { get; private set; }

    /// <summary>The next protection of own packets with the same peer.</summary>
    public Protection? NextOwn { get; set; }

    /// <summary>The interface among whose protections it is; 0 for none.</summary>
    public uint BoundTo { get; set; }

    /// <summary>The next protection bound to the same interface.</summary>
    public Protection? NextOnInterface { get; set; }

    /// <summary>SPI that the row wants used; its SA may still be on its way.</summary>
    public uint OutboundSpi { get; private set; }

    /// <summary>The SA that protects what is sent, or null while there is none.</summary>
    public SecurityAssociation? Outbound { get; private set; }

    /// <summary>When "acquire" was raised last, in the worker's nanoseconds.</summary>
    public long AcquireRaisedAt { get; set; } = long.MinValue;

    /// <summary>Largest outer packet: the link's MTU or what the network reported.</summary>
    public int Mtu { get; private set; } = EspSizes.LargestPacket;

    /// <summary>What the network reported; 0 for nothing below the link's.</summary>
    public int PathMtu { get; private set; }

    /// <summary>Adds to <see cref="ForeignSpis"/>.</summary>
    public void AddForeign(uint spi) => (_foreignSpis ??= []).Add(spi);

    /// <summary>Takes a row's content.</summary>
    public void Configure(ProtectionRow source)
    {
        IsVersion6 = !source.RemoteAddress6.IsEmpty;
        LocalAddress6 = IsVersion6 ? Ipv6Address.Read(source.LocalAddress6.Span) : 0;
        RemoteAddress6 = IsVersion6 ? Ipv6Address.Read(source.RemoteAddress6.Span) : 0;
        uint remote = IsVersion6 ? Outer6.Of(RemoteAddress6) : source.RemoteAddress;
        if (remote != RemoteAddress)
        {
            // Another path.
            PathMtu = 0;
        }

        // One string for the life of a name, not of a row.
        Name = Name == source.Name ? Name : source.Name;
        Interface = source.Interface;
        Instance = source.Instance;
        LocalAddress = IsVersion6 ? Outer6.Of(LocalAddress6) : source.LocalAddress;
        RemoteAddress = remote;
        OutboundSpi = source.OutboundSpi;
        DfBit = source.DfBit;
        LocalPort = (ushort)source.LocalPort;
        RemotePort = (ushort)source.RemotePort;
        IsOwn = source.Own;
        HasNoUdpChecksum = source.NoUdpChecksum;
        _takes = TrafficSelector.Of(source.Takes);
        _family = source.Takes is null ? 0 : _takes.IsVersion6 ? 6 : 4;
        _takesBack = TrafficSelector.Of(source.Takes is not { } takes ? null : new Selector
        {
            SourceFirst = takes.DestinationFirst, SourceLast = takes.DestinationLast, DestinationFirst = takes.SourceFirst,
            DestinationLast = takes.SourceLast, Protocol = takes.Protocol, SourcePort = takes.DestinationPort, DestinationPort = takes.SourcePort,
            SourceFirst6 = takes.DestinationFirst6, SourceLast6 = takes.DestinationLast6, DestinationFirst6 = takes.SourceFirst6,
            DestinationLast6 = takes.SourceLast6,
        });
        NextHops = [.. source.NextHops];
        NextHops6 = [.. source.NextHops6.Where(h => h.Length == Ipv6Address.Length).Select(h => Ipv6Address.Read(h.Span))];
        if (PeerAddress == RemoteAddress && PeerPort == RemotePort)
        {
            PeerAddress = 0;
            PeerAddress6 = 0;
            PeerPort = 0;
        }

        IsConfigured = true;
    }

    /// <summary>True for a packet that is this one's, of all that leave by the interface.</summary>
    public bool Takes(ref PacketBuffer packet) =>
        packet.Length >= Ipv4Header.MinimumLength && (!HasNextHops || IsBehind(ref packet))
        && (_family == 0 || *packet.Start >> 4 == _family) && _takes.Matches(packet.Data);

    // One without a next hop is on the link itself: its destination is the next hop.
    private bool IsBehind(ref PacketBuffer packet)
    {
        if (!InnerPacket.IsVersion6(packet.Data))
        {
            return NextHops.AsSpan().Contains(packet.NextHop);
        }

        return packet.Length >= Ipv6Header.Length && NextHops6.AsSpan().Contains(
            packet.NextHop != 0 ? records.Tables.GatewayAt6(packet.NextHop) : Ipv6Address.Read(packet.Data[Ipv6Header.DestinationOffset..]));
    }

    /// <summary>The IPv4 prefix that <see cref="Takes"/> lets packets go to, where it is one.</summary>
    /// <param name="first">Its first address.</param>
    /// <param name="width">Its addresses, less one.</param>
    public bool TryGetPrefix(out uint first, out uint width)
    {
        (first, width) = (0, 0);
        return _family == 4 && _takes.TryGetPrefix(out first, out width);
    }

    /// <summary>The same of IPv6.</summary>
    /// <param name="first">Its first address.</param>
    /// <param name="bits">Bits in which its addresses differ.</param>
    public bool TryGetPrefix6(out UInt128 first, out uint bits)
    {
        (first, bits) = (0, 0);
        return _family == 6 && _takes.TryGetPrefix6(out first, out bits);
    }

    /// <summary>True for a packet between the two ends that is this one's.</summary>
    public bool TakesOwn(ReadOnlySpan<byte> packet, bool isOutbound) => (isOutbound ? _takes : _takesBack).Matches(packet);

    /// <summary>The row is gone; SAs may still name the protection.</summary>
    public void Unconfigure()
    {
        IsConfigured = false;
        OutboundSpi = 0;
    }

    /// <summary>Takes the MTU of the link toward the peer (0: no way known) and forgets a reported path MTU that has become old.</summary>
    public void RefreshMtu(int linkMtu, long now)
    {
        int link = linkMtu > 0 ? linkMtu : EspSizes.LargestPacket;
        if (PathMtu != 0 && (PathMtu >= link || now - _pathMtuSince >= PathMtuLifeNanoseconds))
        {
            PathMtu = 0;
        }

        Mtu = PathMtu != 0 ? PathMtu : link;
    }

    /// <summary>A router on the way reports that larger packets do not pass.</summary>
    public void LearnPathMtu(int mtu, long now)
    {
        mtu = Math.Max(mtu, SmallestPathMtu);
        if (mtu <= Mtu)
        {
            PathMtu = mtu;
            Mtu = mtu;
            _pathMtuSince = now;
            UpdateOutbound();
        }
    }

    /// <summary>The peer's newest packet came from elsewhere than the row says; address 0: it came from there again.</summary>
    /// <returns>True when the writer should be told: at once, and twice a second until it answers.</returns>
    public bool SawPeer(uint address, ushort port, long now, UInt128 address6 = default)
    {
        bool isNews = address != PeerAddress || port != PeerPort || address6 != PeerAddress6;
        if (isNews)
        {
            (PeerAddress, PeerAddress6, PeerPort) = (address, address6, port);
            foreach (SecurityAssociation sa in Sas)
            {
                sa.Update(this);
            }
        }

        if (!isNews && now - _peerToldAt < PeerToldEvery)
        {
            return false;
        }

        _peerToldAt = now;
        return true;
    }

    /// <summary>Finds the SA that the row wants used.</summary>
    public void ChooseOutbound()
    {
        Outbound = null;
        foreach (SecurityAssociation sa in Sas)
        {
            // Of a bundle none sends before both are there.
            if (sa.IsOutbound && sa.Spi == OutboundSpi && !sa.IsAroundEsp && (!sa.IsInsideAh || AhAround(sa.WireSpi) is not null))
            {
                Outbound = sa;
            }
        }
    }

    /// <summary>The AH that goes around what an outbound SA of ESP has made, where there is a bundle.</summary>
    /// <param name="wireSpi">The SPI of ESP as it lies on the wire.</param>
    public SecurityAssociation? AhAround(uint wireSpi)
    {
        uint spi = BinaryPrimitives.ReverseEndianness(wireSpi);
        foreach (SecurityAssociation sa in Sas)
        {
            if (sa.IsOutbound && sa.IsAroundEsp && sa.PartnerSpi == spi)
            {
                return sa;
            }
        }

        return null;
    }

    /// <summary>The MTU has changed.</summary>
    public void UpdateOutbound()
    {
        foreach (SecurityAssociation sa in Sas)
        {
            if (sa.IsOutbound)
            {
                sa.Update(this);
            }
        }
    }
}
