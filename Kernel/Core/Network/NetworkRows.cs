using System.Globalization;
using Google.Protobuf;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Tables;

namespace RouterOS.Core.Network;

/// <summary>Brings the modules' tables "interface" and "route" to what the routing engine knows.</summary>
internal sealed class NetworkRows(ITableWriter writer)
{
    private Dictionary<string, InterfaceRow> _interfaces = [];
    private Dictionary<string, RouteRow> _routes = [];
    private bool _synced;

    public void Write(InterfaceTable interfaces, IReadOnlyDictionary<uint, RouteTable> routes)
    {
        Dictionary<string, InterfaceRow> newInterfaces = interfaces.All.ToDictionary(
            i => i.Index.ToString(CultureInfo.InvariantCulture), i => RowOf(i, interfaces), StringComparer.Ordinal);
        Dictionary<string, RouteRow> newRoutes = new(StringComparer.Ordinal);
        foreach ((uint instance, RouteTable table) in routes.OrderBy(pair => pair.Key))
        {
            Add(newRoutes, instance, interfaces, table);
        }


        // A route goes before its interface does, and comes after it.
        foreach ((string key, RouteRow row) in _routes)
        {
            if (!newRoutes.ContainsKey(key) || (row.Interface != 0 && !newInterfaces.ContainsKey(row.Interface.ToString(CultureInfo.InvariantCulture))))
            {
                writer.Remove("route", key);
            }
        }

        foreach (string key in _interfaces.Keys.Where(key => !newInterfaces.ContainsKey(key)))
        {
            writer.Remove("interface", key);
        }

        foreach ((string key, InterfaceRow row) in newInterfaces)
        {
            writer.Set("interface", key, row);
        }

        foreach ((string key, RouteRow row) in newRoutes)
        {
            if (!_routes.TryGetValue(key, out RouteRow? old) || !old.Equals(row) || !_interfaces.ContainsKey(row.Interface.ToString(CultureInfo.InvariantCulture)))
            {
                writer.Set("route", key, row);
            }
        }

        _interfaces = newInterfaces;
        _routes = newRoutes;
        if (!_synced)
        {
            _synced = true;
            writer.EndOfSync();
        }
    }

    private static InterfaceRow RowOf(InterfaceState state, InterfaceTable interfaces)
    {
        InterfaceRow row = new()
        {
            Index = state.Index,
            Name = state.Name,
            LinkType = state.LinkType,
            Port = state.Port,
            Mtu = (uint)state.Mtu,
            Up = state.Enabled && state.LinkUp,
            Instance = state.Instance,
            Vlan = (uint)state.Vlan,
            Mtu6 = (uint)state.Mtu6,
            Donor = state.Unnumbered.Length == 0 ? 0 : interfaces.Find(state.Unnumbered)?.Index ?? 0,
            SkipsDuplicateDetection = state.SkipsDuplicateDetection,
            ArpSeconds = (uint)state.ArpSeconds,
        };
        row.Neighbors.Add(state.Neighbors.Select(neighbor => new InterfaceNeighbor
        {
            Address = neighbor.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? IpPrefix.ToNumber(neighbor.Address) : 0,
            Address6 = neighbor.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
                ? ByteString.Empty : ByteString.CopyFrom(neighbor.Address.GetAddressBytes()),
            LinkAddress = ByteString.CopyFrom(Convert.FromHexString(neighbor.LinkAddress)),
        }));
        row.Addresses.Add(state.Addresses.Select(address => new InterfacePrefix
        {
            Address = IpPrefix.ToNumber(address.Address),
            PrefixLength = (uint)address.PrefixLength,
        }));
        row.Inet6 = state.Inet6;
        row.Addresses6.Add(state.Addresses6.Select(address => new InterfacePrefix6
        {
            Address = ByteString.CopyFrom(address.Address.GetAddressBytes()),
            PrefixLength = (uint)address.PrefixLength,
        }));
        return row;
    }

    private static void Add(Dictionary<string, RouteRow> rows, uint instance, InterfaceTable interfaces, RouteTable routes)
    {
        foreach (RouteState route in routes.All.Where(route => route is { Active: true, NotInstalled: false }))
        {
            IpPrefix prefix = RouteTable.PrefixOf(route);
            RouteRow row = new()
            {
                Instance = instance,
                PrefixLength = (uint)prefix.Length,
                Kind = KindOf(route, interfaces),
                Interface = interfaces.Find(route.Interface)?.Index ?? 0,
            };
            if (prefix.IsVersion6)
            {
                row.Prefix6 = ByteString.CopyFrom(prefix.Network.GetAddressBytes());
                row.Gateway6 = route.Gateway is null ? ByteString.Empty : ByteString.CopyFrom(route.Gateway.GetAddressBytes());
            }
            else
            {
                row.Prefix = (uint)prefix.Address;
                row.Gateway = route.Gateway is null ? 0 : IpPrefix.ToNumber(route.Gateway);
            }

            rows.Add(KeyOf(instance, prefix), row);
        }

        foreach (RouteState route in routes.All)
        {
            // RFC 3021: a /31 has no broadcast address, and a tunnel has none either.
            if (route is { Active: true, Protocol: RouteProtocol.Direct, PrefixLength: <= 30 }
                && !RouteTable.PrefixOf(route).IsVersion6 && interfaces.Find(route.Interface) is { LinkType: "ethernet" } state)
            {
                IpPrefix broadcast = RouteTable.PrefixOf(route).Broadcast;
                rows.TryAdd(KeyOf(instance, broadcast), new()
                {
                    Instance = instance,
                    Prefix = (uint)broadcast.Address,
                    PrefixLength = 32,
                    Kind = RouteRow.Types.Kind.Broadcast,
                    Interface = state.Index,
                });
            }
        }
    }

    private static RouteRow.Types.Kind KindOf(RouteState route, InterfaceTable interfaces) => route.Protocol switch
    {
        RouteProtocol.Local or RouteProtocol.StaticReceive => RouteRow.Types.Kind.Local,
        RouteProtocol.Direct when route.PrefixLength == RouteTable.PrefixOf(route).Bits && IsAddressOf(interfaces.Find(route.Interface), route) => RouteRow.Types.Kind.Local,
        RouteProtocol.StaticDiscard => RouteRow.Types.Kind.Discard,
        RouteProtocol.StaticReject => RouteRow.Types.Kind.Reject,
        _ => RouteRow.Types.Kind.Forward,
    };

    private static bool IsAddressOf(InterfaceState? state, RouteState route) =>
        state is not null && state.Addresses.Concat(state.Addresses6).Any(a => a.PrefixLength == route.PrefixLength && a.Address.Equals(route.Prefix));

    private static string KeyOf(uint instance, IpPrefix prefix) => string.Create(CultureInfo.InvariantCulture, $"{instance}/{prefix}");
}
