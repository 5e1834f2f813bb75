using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using RouterOS.Abstractions.Ports;
using RouterOS.Forwarding.Nodes;
using RouterOS.Forwarding.Plane;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding;

/// <summary>Interfaces, routes, adjacencies and neighbours of one module.</summary>
/// <remarks>Written by row sinks on the worker's thread between batches, so nodes read without locks.</remarks>
public sealed class ForwardingTables
{
    /// <summary>Largest index of an interface, and largest number of a routing instance.</summary>
    public const uint MaximumIndex = (1 << 18) - 1;

    internal const string EthernetLink = "ethernet";
    internal const string LoopbackLink = "loopback";

    private readonly Dictionary<string, ForwardingInterface> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Port, int Vlan), ForwardingInterface> _byPort = [];
    private ForwardingInterface?[] _interfaces = new ForwardingInterface?[64];
    private readonly Dictionary<string, uint> _namedProtections = new(StringComparer.Ordinal);
    private bool[] _inspected = new bool[64];
    private uint[] _protections = new uint[64];

    /// <summary>Empty tables of a module with one worker.</summary>
    public ForwardingTables()
        : this(new FibSet(workers: 1))
    {
    }

    internal ForwardingTables(FibSet fibs)
    {
        Fibs = fibs;
        InterfaceRows = new InterfaceRowSink(this);
        RouteRows = new RouteRowSink(this);
    }

    /// <summary>Takes the rows of table "interface".</summary>
    public IRowSink InterfaceRows { get; }

    /// <summary>Takes the rows of table "route".</summary>
    public IRowSink RouteRows { get; }

    /// <summary>Raised on the worker's thread after an interface has been added, changed or removed, or its port went up or down.</summary>
    public event Action<ForwardingInterface>? InterfaceChanged;

    /// <summary>Interfaces there are.</summary>
    public IReadOnlyCollection<ForwardingInterface> Interfaces => _byName.Values;

    /// <summary>Routes in all instances.</summary>
    public int RouteCount => Fibs.Count;

    // Routes, shared by the workers of a module.
    internal FibSet Fibs { get; }

    internal Neighbors Neighbors { get; } = new();

    internal Neighbors6 Neighbors6 { get; } = new();

    // Edges of ip4-rewrite by link type, set when the graph is built; -1 while it is not.
    // Link types of packages whose node takes super-packets.
    internal HashSet<string> SuperLinks { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, ushort> LinkEdges { get; } = new(StringComparer.Ordinal)
    {
        [EthernetLink] = GraphEdge.Drop,
        [LoopbackLink] = GraphEdge.Drop,
    };

    // Edge that leads straight to the port, for ports without a link header.
    internal ushort RawEdge { get; set; } = GraphEdge.Drop;

    // The protector takes IPv6 packets.
    internal bool ProtectorTakes6 { get; set; }

    // Link types of packages whose node takes IPv6.
    internal HashSet<string> Links6 { get; } = new(StringComparer.Ordinal) { EthernetLink };

    // Edge to the node that wraps what requires a protection; Drop without one.
    internal ushort ProtectorEdge { get; set; } = GraphEdge.Drop;

    internal IReadOnlyList<PlanePort> Ports { get; set; } = [];

    // Changes with every interface: who keeps something of them forgets it then.
    internal int Changes { get; private set; }

    // Interface on top of each port: 0 for none. What comes with a VLAN tag is another's.
    internal uint[] InterfaceOfPort { get; set; } = [];

    // Interfaces of a port by VLAN identifier; null for a port without.
    private uint[]?[] _interfacesOfTags = [];

    /// <summary>The interface of an index, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ForwardingInterface? InterfaceAt(uint index)
    {
        ForwardingInterface?[] interfaces = _interfaces;
        return index < (uint)interfaces.Length ? interfaces[index] : null;
    }

    /// <summary>The interface of a name.</summary>
    public bool TryGetInterface(string name, [NotNullWhen(true)] out ForwardingInterface? found) => _byName.TryGetValue(name, out found);

    /// <summary>The adjacency of a number that a look-up gave.</summary>
    public Adjacency AdjacencyAt(uint number)
    {
        ref readonly NextHop hop = ref Fibs.NextHops[number];
        return new Adjacency { Interface = hop.Interface, Gateway = hop.Gateway };
    }

    /// <summary>What the longest matching prefix says of an address.</summary>
    public RouteLookup FibLookup(uint instance, uint address)
    {
        if (Fibs.Of(instance) is not { } fib)
        {
            return default;
        }

        ref readonly NextHop hop = ref fib.Lookup(address, out byte length);
        return new RouteLookup(
            hop.Kind, length, hop.Interface, hop.Gateway != 0 ? hop.Gateway : address, hop.Kind == RouteKind.Forward ? hop.Number : 0);
    }

    /// <summary>What the longest matching prefix says of an IPv6 address.</summary>
    public RouteLookup6 FibLookup6(uint instance, UInt128 address)
    {
        if (Fibs.Of6(instance) is not { } fib)
        {
            return default;
        }

        ref readonly NextHop hop = ref fib.Lookup(address, out byte length);
        return new RouteLookup6(hop.Kind, length, hop.Interface, hop.Gateway, hop.Kind == RouteKind.Forward ? hop.Number : 0);
    }

    /// <summary>The IPv6 gateway of a number that a look-up gave; 0: the destination itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public UInt128 GatewayAt6(uint number) => number == 0 ? UInt128.Zero : Fibs.Gateways6[number];

    /// <summary>The address that an IPv6 packet of the router's own leaves from: as <see cref="SourceFor"/>.</summary>
    public UInt128 SourceFor6(uint instance, UInt128 destination)
    {
        RouteLookup6 route = FibLookup6(instance, destination);
        if (route.Kind == RouteKind.Local)
        {
            return destination;
        }

        UInt128 source = InterfaceAt(route.Interface)?.SourceFor(route.Gateway == 0 ? destination : GatewayAt6(route.Gateway)) ?? 0;
        if (source == 0 || Ipv6Address.IsLinkLocal(source))
        {
            // RFC 6724 rule 2: a link-local source does not reach beyond its link.
            source = InterfaceAt(route.Interface)?.SourceFor(destination) ?? 0;
        }

        return source != 0 ? source : AnySource6(instance);
    }

    /// <summary>MTU of the first link on the way to an IPv6 address; 0 when there is no way.</summary>
    public int PathMtu6(uint instance, UInt128 destination)
    {
        RouteLookup6 route = FibLookup6(instance, destination);
        return route.Kind == RouteKind.Forward && InterfaceAt(route.Interface) is { IsUp: true } egress ? egress.Mtu6 : 0;
    }

    /// <summary>MTU of the first link on the way to an address; 0 when there is no way.</summary>
    public int PathMtu(uint instance, uint destination)
    {
        RouteLookup route = FibLookup(instance, destination);
        return route.Kind == RouteKind.Forward && InterfaceAt(route.Interface) is { IsUp: true } egress ? egress.Mtu : 0;
    }

    /// <summary>
    /// The address that a packet of the router's own to <paramref name="destination"/> leaves from: the egress interface's, or for an
    /// unnumbered one the primary address of the instance's numbered interface with the lowest index; 0 when there is none.
    /// </summary>
    public uint SourceFor(uint instance, uint destination)
    {
        RouteLookup route = FibLookup(instance, destination);
        if (route.Kind == RouteKind.Local)
        {
            return destination;
        }

        ForwardingInterface? egress = InterfaceAt(route.Interface);
        uint source = egress?.SourceFor(route.NextHop) ?? 0;
        source = source == 0 && egress is { Donor: not 0 } ? InterfaceAt(egress.Donor)?.SourceFor(destination) ?? 0 : source;
        return source != 0 ? source : AnySource(instance);
    }

    /// <summary>Says that packets into an interface are carried by a protection; 0 unbinds. Kept while the interface's row changes.</summary>
    public void BindProtection(uint index, uint protection)
    {
        if (index <= MaximumIndex)
        {
            Grow(ref _protections, index);
            _protections[index] = protection;
        }
    }

    /// <summary>Protection that carries what is sent into an interface; 0 for none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ProtectionOf(uint index) => index < (uint)_protections.Length ? _protections[index] : 0;

    /// <summary>Says whether every packet that comes in by an interface must come by the features of pre-route. Kept while the interface's row changes.</summary>
    public void Inspect(uint index, bool isInspected)
    {
        if (index <= MaximumIndex && IsInspected(index) != isInspected)
        {
            Grow(ref _inspected, index);
            _inspected[index] = isInspected;
            Changes++;
        }
    }

    internal bool IsInspected(uint index) => index < (uint)_inspected.Length && _inspected[index];

    /// <summary>Raised on the worker's thread after a name of a protection has come, gone or changed its meaning.</summary>
    public event Action? ProtectionNamesChanged;

    /// <summary>Lets other packages find a protection by its name; 0 forgets the name.</summary>
    public void NameProtection(string name, uint protection)
    {
        if (FindProtection(name) != protection)
        {
            _ = _namedProtections.Remove(name);
            if (protection != 0)
            {
                _namedProtections.Add(name, protection);
            }

            ProtectionNamesChanged?.Invoke();
        }
    }

    /// <summary>The protection with a name; 0 for none.</summary>
    public uint FindProtection(string name) => _namedProtections.GetValueOrDefault(name);

    internal ForwardingInterface MakeInterface(uint index)
    {
        Grow(ref _interfaces, index);
        return _interfaces[index] ??= new ForwardingInterface(index);
    }

    internal void Rename(ForwardingInterface changed, string name)
    {
        if (changed.Name.Length > 0)
        {
            _byName.Remove(changed.Name);
        }

        changed.Name = name;
        _byName[name] = changed;
    }

    internal void RemoveInterface(uint index)
    {
        if (InterfaceAt(index) is { } removed)
        {
            Bind(removed, null, 0);
            removed.RowUp = false;
            removed.IsUp = false;
            _byName.Remove(removed.Name);
            _interfaces[index] = null;
            Changes++;
            InterfaceChanged?.Invoke(removed);
        }
    }

    // Puts the interface on its port and works out where its packets leave and whether they can.
    internal void Bind(ForwardingInterface changed, string? portName, int vlan)
    {
        if (changed.Port >= 0)
        {
            Place(changed.Port, changed.Vlan) = 0;
        }

        changed.Port = -1;
        changed.PortBelow = null;
        if (InterfaceOnPort(changed.PortName, changed.Vlan) == changed)
        {
            _byPort.Remove((changed.PortName, changed.Vlan));
        }

        changed.PortName = portName ?? "";
        changed.Vlan = vlan;
        if (changed.PortName.Length > 0)
        {
            _byPort[(changed.PortName, vlan)] = changed;
        }

        for (int i = 0; i < Ports.Count && !string.IsNullOrEmpty(portName); i++)
        {
            if (Ports[i].Name == portName)
            {
                changed.Port = i;
                changed.PortBelow = Ports[i].Port;
                Place(i, vlan) = changed.Index;
            }
        }

        changed.IsTunnel = changed.LinkType is not (EthernetLink or LoopbackLink);
        // What a port cuts into packets has no tag.
        changed.Offloads = vlan != 0 ? PortOffloads.None : changed.PortBelow?.Offloads ?? (SuperLinks.Contains(changed.LinkType)
            ? PortOffloads.TcpSegmentation | PortOffloads.UdpSegmentation
            : PortOffloads.None);
        changed.LinkLocal = !changed.HasIpv6 ? 0
            : changed.PortBelow is { Link: PortLink.Ethernet } ethernet ? Ipv6Address.LinkLocalOf(ethernet.LinkAddress.Span)
            : changed.PortBelow is null ? changed.LinkLocal
            : 0;
        changed.Takes6 = Links6.Contains(changed.LinkType);
        changed.OutputEdge = changed.PortBelow is { Link: PortLink.RawIp } ? RawEdge : LinkEdges[changed.LinkType];
    }

    // The interface whose row names a port; ports that are not wired are remembered too.
    internal ForwardingInterface? InterfaceOnPort(string portName, int vlan) =>
        portName.Length > 0 ? _byPort.GetValueOrDefault((portName, vlan)) : null;

    // The interface of a port that frames with a VLAN tag are for; 0 for none.
    internal uint InterfaceOfTag(int port, int vlan) =>
        vlan == 0 ? InterfaceOfPort[port]
        : (uint)port < (uint)_interfacesOfTags.Length && _interfacesOfTags[port] is { } tags ? tags[vlan] : 0;

    // Works out again which interfaces of a port are up.
    internal void RefreshPort(int port)
    {
        RefreshAt(InterfaceOfPort[port]);
        foreach (uint tagged in (uint)port < (uint)_interfacesOfTags.Length ? _interfacesOfTags[port].AsSpan() : [])
        {
            RefreshAt(tagged);
        }
    }

    private void RefreshAt(uint index)
    {
        if (InterfaceAt(index) is { } there)
        {
            Refresh(there);
        }
    }

    private ref uint Place(int port, int vlan)
    {
        if (vlan == 0)
        {
            return ref InterfaceOfPort[port];
        }

        Grow(ref _interfacesOfTags, (uint)port);
        return ref (_interfacesOfTags[port] ??= new uint[VlanTag.Identifiers])[vlan];
    }

    // Works out again whether the interface is up, and tells about the change.
    internal void Refresh(ForwardingInterface changed)
    {
        Changes++;
        changed.IsUp = changed.RowUp && (changed.LinkType != EthernetLink || changed.PortBelow is { IsUp: true });
        InterfaceChanged?.Invoke(changed);
    }

    private static void Grow<T>(ref T[] array, uint index)
    {
        if (index >= (uint)array.Length)
        {
            Array.Resize(ref array, (int)Math.Max(index + 1, (uint)array.Length * 2));
        }
    }

    private uint AnySource(uint instance)
    {
        ForwardingInterface? best = null;
        foreach (ForwardingInterface candidate in _byName.Values)
        {
            if (candidate.Instance == instance && candidate.AddressArray.Length > 0 && (best is null || candidate.Index < best.Index))
            {
                best = candidate;
            }
        }

        return best?.AddressArray[0].Address ?? 0;
    }

    private UInt128 AnySource6(uint instance)
    {
        ForwardingInterface? best = null;
        foreach (ForwardingInterface candidate in _byName.Values)
        {
            if (candidate.Instance == instance && candidate.AddressArray6.Length > 0 && (best is null || candidate.Index < best.Index))
            {
                best = candidate;
            }
        }

        return best?.AddressArray6[0].Address ?? 0;
    }
}
