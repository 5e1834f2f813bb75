using System.Runtime.InteropServices;
using RouterOS.Abstractions.Ports;
using RouterOS.Forwarding.Nodes;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Tables;

/// <summary>One logical interface as the "interface" table says, with its counters.</summary>
/// <remarks>Changed on the worker's thread between batches only; the object of an index stays the same while its row lives.</remarks>
public sealed unsafe class ForwardingInterface
{
    internal ForwardingInterface(uint index)
    {
        Index = index;
        // Safe: freed by the finalizer; rows that point here are made anew before they are used, once the interface is gone.
        Counts = (InterfaceCounts*)NativeMemory.AlignedAlloc(InterfaceCounts.Bytes, InterfaceCounts.Bytes);
        *Counts = default;
    }

    /// <summary>Frees the counters.</summary>
    ~ForwardingInterface() => NativeMemory.AlignedFree(Counts);

    /// <summary>Index, as packets carry it.</summary>
    public uint Index { get; }

    /// <summary>Full name, for example <c>ge-0/0/0.0</c>.</summary>
    public string Name { get; internal set; } = "";

    /// <summary><c>ethernet</c>, <c>loopback</c>, or a link type that a package has added.</summary>
    public string LinkType { get; internal set; } = "";

    /// <summary>Largest IPv4 packet.</summary>
    public int Mtu { get; internal set; }

    /// <summary>Largest IPv6 packet.</summary>
    public int Mtu6 { get; internal set; }

    // Neighbours that are configured.
    internal InterfaceNeighbor[] StaticNeighbors { get; set; } = [];

    // Interface whose address is the source where this one has none; 0: any.
    internal uint Donor { get; set; }

    // IPv6 addresses are not asked for.
    internal bool SkipsDuplicateDetection { get; set; }

    // Nanoseconds for which an answer to ARP holds: twenty minutes, as the platforms that are replaced have it, unless the row says otherwise.
    internal long ArpNanoseconds { get; set; } = DefaultArpNanoseconds;

    internal const long DefaultArpNanoseconds = 1200 * NanosecondsPerSecond;

    internal const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Routing instance in which the interface's addresses mean something.</summary>
    public uint Instance { get; internal set; }

    /// <summary>The interface's own addresses, the primary one first.</summary>
    public IReadOnlyList<InterfaceAddress> Addresses => AddressArray;

    /// <summary>Index of the port below; -1 for none.</summary>
    public int Port { get; internal set; } = -1;

    /// <summary>VLAN identifier of its frames (IEEE 802.1Q); 0: they have no tag.</summary>
    public int Vlan { get; internal set; }

    /// <summary>True when the row says so and the port below, where there should be one, is up.</summary>
    public bool IsUp { get; internal set; }

    /// <summary>True for a link type that a package has added.</summary>
    public bool IsTunnel { get; internal set; }

    /// <summary>Packets that came in here and for which there was no route.</summary>
    public ulong NoRoutePackets { get; internal set; }

    /// <summary>The interface's own IPv6 addresses as configured; the link-local one is <see cref="LinkLocal"/>.</summary>
    public IReadOnlyList<InterfaceAddress6> Addresses6 => AddressArray6;

    /// <summary>True when the interface speaks IPv6.</summary>
    public bool HasIpv6 { get; internal set; }

    /// <summary>The interface's link-local address; 0 for none.</summary>
    public UInt128 LinkLocal { get; internal set; }

    // Bytes of the Ethernet header, with the tag where there is one.
    internal int LinkHeaderBytes => EthernetHeader.Length + (Vlan == 0 ? 0 : VlanTag.Length);

    internal InterfaceAddress[] AddressArray { get; set; } = [];

    internal InterfaceAddress6[] AddressArray6 { get; set; } = [];

    internal string PortName { get; set; } = "";

    internal bool RowUp { get; set; }

    internal IPort? PortBelow { get; set; }

    // Super-packets that the link takes whole.
    internal PortOffloads Offloads { get; set; }

    // The link carries IPv6.
    internal bool Takes6 { get; set; }

    // Edge of ip4-rewrite and ip4-fragment that leads to the interface's link.
    internal ushort OutputEdge { get; set; } = GraphEdge.Drop;

    internal InterfaceCounts* Counts { get; }

    internal ref ulong InputPackets => ref Counts->InputPackets;

    internal ref ulong InputBytes => ref Counts->InputBytes;

    internal ref ulong OutputPackets => ref Counts->OutputPackets;

    internal ref ulong OutputBytes => ref Counts->OutputBytes;

    internal ref ulong InputDrops => ref Counts->InputDrops;

    internal ref ulong OutputDrops => ref Counts->OutputDrops;

    internal ref ulong LocalInputPackets => ref Counts->LocalInputPackets;

    internal ref ulong LocalInputBytes => ref Counts->LocalInputBytes;

    internal ref ulong LocalOutputPackets => ref Counts->LocalOutputPackets;

    internal ref ulong LocalOutputBytes => ref Counts->LocalOutputBytes;

    /// <summary>True when super-packets of an IP protocol may leave here whole.</summary>
    internal bool TakesSuper(byte protocol) =>
        (Offloads & (protocol == (byte)IpProtocol.Tcp ? PortOffloads.TcpSegmentation : PortOffloads.UdpSegmentation)) != 0;

    /// <summary>True when <paramref name="address"/> is one of the interface's own.</summary>
    public bool Owns(uint address)
    {
        foreach (InterfaceAddress own in AddressArray)
        {
            if (own.Address == address)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Counts what leaves by the interface.</summary>
    internal void CountOutput(in PacketBuffer packet, bool own)
    {
        OutputPackets += packet.SegmentCount;
        OutputBytes += packet.WireBytes;
        if (own)
        {
            LocalOutputPackets += packet.SegmentCount;
            LocalOutputBytes += packet.WireBytes;
        }
    }

    /// <summary>The own address whose prefix holds <paramref name="address"/>, else the primary address, else 0.</summary>
    public uint SourceFor(uint address)
    {
        foreach (InterfaceAddress own in AddressArray)
        {
            if (own.Contains(address))
            {
                return own.Address;
            }
        }

        return AddressArray.Length > 0 ? AddressArray[0].Address : 0;
    }

    /// <summary>True when <paramref name="address"/> is one of the interface's own.</summary>
    public bool Owns(UInt128 address)
    {
        foreach (InterfaceAddress6 own in AddressArray6)
        {
            if (own.Address == address)
            {
                return true;
            }
        }

        return address != 0 && address == LinkLocal;
    }

    /// <summary>
    /// The own address to talk to <paramref name="address"/> from: the link-local one on the link, the one whose prefix holds it, else the
    /// first; 0 for none.
    /// </summary>
    public UInt128 SourceFor(UInt128 address)
    {
        if (Ipv6Address.IsLinkLocal(address) || Ipv6Address.IsLinkScopeGroup(address))
        {
            return LinkLocal;
        }

        foreach (InterfaceAddress6 own in AddressArray6)
        {
            if (own.Contains(address))
            {
                return own.Address;
            }
        }

        return AddressArray6.Length > 0 ? AddressArray6[0].Address : 0;
    }
}
