using System.Net;
using System.Net.Sockets;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Core.Network;

/// <summary>Logical interfaces at one moment: what is configured, over the ports as they are. Immutable.</summary>
public sealed class InterfaceTable
{
    private const int EthernetHeader = 14;
    private const int EthernetMtu = 1500;

    // What the vendor shows for st0; ESP finds the path's own limit.
    private const int TunnelMtu = 9192;
    private const int LoopbackMtu = 65535;

    private readonly Dictionary<string, InterfaceState> _byName;
    private readonly Dictionary<uint, InterfaceState> _byIndex;

    private InterfaceTable(IReadOnlyList<InterfaceState> all)
    {
        All = all;
        _byName = all.ToDictionary(i => i.Name, StringComparer.Ordinal);
        _byIndex = all.ToDictionary(i => i.Index);
    }

    /// <summary>No interfaces.</summary>
    public static InterfaceTable Empty { get; } = new([]);

    /// <summary>All interfaces, by index.</summary>
    public IReadOnlyList<InterfaceState> All { get; }

    /// <summary>Computes the interfaces of an intent.</summary>
    /// <param name="intent">What is configured; valid.</param>
    /// <param name="indexes">Gives every name its index.</param>
    /// <param name="ports">Wired ports by name.</param>
    /// <param name="instances">Numbers of the routing instances besides the main one, by name.</param>
    /// <param name="linksDown">Interfaces without a port whose link is down; null: none.</param>
    public static InterfaceTable Compute(
        SystemIntent intent, InterfaceIndexes indexes, IReadOnlyDictionary<string, PortCondition> ports,
        IReadOnlyDictionary<string, uint>? instances = null, IReadOnlySet<string>? linksDown = null)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(indexes);
        IReadOnlyDictionary<string, uint> byName = indexes.For(intent.Interfaces.SelectMany(p => p.Units).Select(u => u.Name));
        List<InterfaceState> all = [];
        foreach (PhysicalInterface physical in intent.Interfaces)
        {
            bool ethernet = physical.LinkType == "ethernet";
            PortCondition? port = ethernet ? ports.GetValueOrDefault(physical.Name) : null;
            foreach (LogicalInterface unit in physical.Units)
            {
                all.Add(new(
                    byName[unit.Name],
                    unit.Name,
                    physical.LinkType,
                    ethernet ? physical.Name : string.Empty,
                    !physical.Disabled && !unit.Disabled,
                    ethernet ? port is { Up: true } : linksDown?.Contains(unit.Name) is not true,
                    MtuOf(physical, unit, port),
                    AddressesOf(unit, AddressFamily.InterNetwork))
                {
                    Addresses6 = AddressesOf(unit, AddressFamily.InterNetworkV6),
                    Inet6 = unit.Inet6,
                    Instance = instances?.GetValueOrDefault(unit.Instance) ?? 0,
                    LocalName = unit.LocalName,
                    Vlan = (int)unit.Vlan,
                    Mtu6 = Mtu6Of(physical, unit, port),
                    Neighbors = [.. unit.Neighbors.Select(n => new StaticNeighborState(IPAddress.Parse(n.Address), Convert.ToHexString(n.LinkAddress.Span)))],
                    Unnumbered = unit.Unnumbered,
                    SkipsDuplicateDetection = unit.SkipsDuplicateDetection,
                    ArpSeconds = (int)unit.ArpSeconds,
                });
            }
        }

        all.Sort((a, b) => a.Index.CompareTo(b.Index));
        return new(all);
    }

    /// <summary>The interface of a full name, or null.</summary>
    public InterfaceState? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The interface of an index, or null.</summary>
    public InterfaceState? Find(uint index) => _byIndex.GetValueOrDefault(index);

    /// <summary>True when both hold the same interfaces in the same state.</summary>
    public bool SameAs(InterfaceTable other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return All.Count == other.All.Count && All.Zip(other.All).All(pair => Same(pair.First, pair.Second));
    }

    private static bool Same(InterfaceState a, InterfaceState b) =>
        a.Addresses.SequenceEqual(b.Addresses) && a.Addresses6.SequenceEqual(b.Addresses6) && a.Neighbors.SequenceEqual(b.Neighbors)
        && a with { Addresses = b.Addresses, Addresses6 = b.Addresses6, Neighbors = b.Neighbors } == b;

    private static IReadOnlyList<InterfaceAddressState> AddressesOf(LogicalInterface unit, AddressFamily family) =>
    [
        .. from configured in unit.Addresses
           let address = IpPrefix.TryParse(configured.Address, out IPAddress parsed) ? parsed : IPAddress.Any
           where address.AddressFamily == family
           select StateOf(configured, address),
    ];

    /// <summary>An address as it is configured, read.</summary>
    internal static InterfaceAddressState StateOf(InterfaceAddress configured, IPAddress address) => new(address, (int)configured.PrefixLength)
    {
        Destination = IpPrefix.TryParse(configured.Destination, out IPAddress end) ? end : null,
    };

    // What limits IPv4 alone does not limit IPv6; 0 where it comes to the same.
    private static int Mtu6Of(PhysicalInterface physical, LogicalInterface unit, PortCondition? port)
    {
        if (unit is not { Inet6: true, Inet6Mtu: not 0 } && unit.InetMtu == 0)
        {
            return 0;
        }

        LogicalInterface other = unit.Clone();
        other.InetMtu = unit.Inet6Mtu;
        int mtu = MtuOf(physical, other, port);
        return mtu == MtuOf(physical, unit, port) ? 0 : mtu;
    }

    private static int MtuOf(PhysicalInterface physical, LogicalInterface unit, PortCondition? port)
    {
        if (physical.LinkType != "ethernet")
        {
            return unit.InetMtu != 0 ? (int)unit.InetMtu
                : physical.Mtu != 0 ? (int)physical.Mtu
                : physical.LinkType == "loopback" ? LoopbackMtu : TunnelMtu;
        }

        int link = port?.Mtu ?? EthernetMtu;
        int media = physical.Mtu != 0 ? (int)physical.Mtu - EthernetHeader : link;

        // A wire that carries less than is configured decides.
        return Math.Min(unit.InetMtu != 0 ? Math.Min((int)unit.InetMtu, media) : media, link);
    }
}
