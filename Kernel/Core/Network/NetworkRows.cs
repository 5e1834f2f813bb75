using System.Globalization;
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

    public void Write(InterfaceTable interfaces, RouteTable routes)
    {
        Dictionary<string, InterfaceRow> newInterfaces = interfaces.All.ToDictionary(
            i => i.Index.ToString(CultureInfo.InvariantCulture), RowOf, StringComparer.Ordinal);
        Dictionary<string, RouteRow> newRoutes = RowsOf(interfaces, routes);

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

    private static InterfaceRow RowOf(InterfaceState state)
    {
        InterfaceRow row = new()
        {
            Index = state.Index,
            Name = state.Name,
            LinkType = state.LinkType,
            Port = state.Port,
            Mtu = (uint)state.Mtu,
            Up = state.Enabled && state.LinkUp,
        };
        row.Addresses.Add(state.Addresses.Select(address => new InterfacePrefix
        {
            Address = Ipv4Prefix.ToNumber(address.Address),
            PrefixLength = (uint)address.PrefixLength,
        }));
        return row;
    }

    private static Dictionary<string, RouteRow> RowsOf(InterfaceTable interfaces, RouteTable routes)
    {
        Dictionary<string, RouteRow> rows = new(StringComparer.Ordinal);
        foreach (RouteState route in routes.All.Where(route => route.Active))
        {
            Ipv4Prefix prefix = RouteTable.PrefixOf(route);
            rows.Add(KeyOf(prefix), new()
            {
                Prefix = prefix.Address,
                PrefixLength = (uint)prefix.Length,
                Kind = KindOf(route, interfaces),
                Interface = interfaces.Find(route.Interface)?.Index ?? 0,
                Gateway = route.Gateway is null ? 0 : Ipv4Prefix.ToNumber(route.Gateway),
            });
        }

        foreach (RouteState route in routes.All)
        {
            // RFC 3021: a /31 has no broadcast address, and a tunnel has none either.
            if (route is { Active: true, Protocol: RouteProtocol.Direct, PrefixLength: <= 30 }
                && interfaces.Find(route.Interface) is { LinkType: "ethernet" } state)
            {
                Ipv4Prefix broadcast = new(RouteTable.PrefixOf(route).Broadcast, 32);
                rows.TryAdd(KeyOf(broadcast), new()
                {
                    Prefix = broadcast.Address,
                    PrefixLength = 32,
                    Kind = RouteRow.Types.Kind.Broadcast,
                    Interface = state.Index,
                });
            }
        }

        return rows;
    }

    private static RouteRow.Types.Kind KindOf(RouteState route, InterfaceTable interfaces) => route.Protocol switch
    {
        RouteProtocol.Local => RouteRow.Types.Kind.Local,
        RouteProtocol.Direct when route.PrefixLength == 32 && IsAddressOf(interfaces.Find(route.Interface), route) => RouteRow.Types.Kind.Local,
        RouteProtocol.StaticDiscard => RouteRow.Types.Kind.Discard,
        RouteProtocol.StaticReject => RouteRow.Types.Kind.Reject,
        _ => RouteRow.Types.Kind.Forward,
    };

    private static bool IsAddressOf(InterfaceState? state, RouteState route) =>
        state is not null && state.Addresses.Any(a => a.PrefixLength == 32 && a.Address.Equals(route.Prefix));

    private static string KeyOf(Ipv4Prefix prefix) => "0/" + prefix;
}
