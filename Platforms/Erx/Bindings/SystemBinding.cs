using System.Globalization;
using RouterOS.Erx.Statements;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Bindings;

/// <summary>Names, interfaces, addresses and static routes to the kernel's intent.</summary>
internal static class SystemBinding
{
    /// <summary>Reads the intent.</summary>
    public static SystemIntent Bind(StatementView root, IReadOnlyList<VirtualRouter> routers, List<Finding> findings)
    {
        SystemIntent intent = new() { HostName = root.Text("hostname") ?? string.Empty, MainInstance = ErxStatements.DefaultRouter };
        foreach (VirtualRouter router in routers)
        {
            if (router.Instance.Length > 0)
            {
                intent.Instances.Add(new RoutingInstance { Name = router.Name, Source = router.View.Source });
            }

            intent.Interfaces.Add(router.Interfaces.Where(i => !InterfaceNames.IsSubinterface(i.Key)).Select(view => Physical(view, router)));
            Routes(router, intent, findings);
        }

        foreach (VirtualRouter router in routers)
        {
            foreach (StatementView view in router.Interfaces.Where(i => InterfaceNames.IsSubinterface(i.Key)))
            {
                Major(intent, view).Units.Add(Unit(view, router));
            }
        }

        return intent;
    }

    // The port of a subinterface, which may be in another virtual router.
    private static PhysicalInterface Major(SystemIntent intent, StatementView view)
    {
        string name = InterfaceNames.Shown(InterfaceNames.MajorOf(view.Key));
        if (intent.Interfaces.FirstOrDefault(i => i.Name == name) is not { } major)
        {
            major = new PhysicalInterface { Name = name, Source = view.Source, LinkType = "ethernet" };
            intent.Interfaces.Add(major);
        }

        return major;
    }

    private static void Routes(VirtualRouter router, SystemIntent intent, List<Finding> findings)
    {
        Dictionary<(string, string), StaticRoute> routes = [];
        foreach (StatementView view in router.View["ipv6"].List("route"))
        {
            string[] prefix = view.Values[0].Split('/');
            StaticRoute route = new()
            {
                Prefix = prefix[0],
                PrefixLength = uint.Parse(prefix[1], CultureInfo.InvariantCulture),
                Source = view.Source,
                Instance = router.Instance,
                Preference = (uint)(view.Number("distance") ?? 1),
            };
            _ = view.Values[1] == "null 0" ? route.Discard = true : AddHop(route, view.Values[1]);
            intent.StaticRoutes.Add(route);
        }

        foreach (StatementView view in router.View["ip"].List("route"))
        {
            if (Route(view, findings) is not { } route)
            {
                continue;
            }

            route.Instance = router.Instance;

            // Next hops of one network and distance share its traffic.
            if (routes.TryGetValue((route.Prefix, view.Values[1]), out StaticRoute? same) && same.NextHopAddresses.Count > 0
                && route.NextHopAddresses.Count > 0 && same.Preference == route.Preference)
            {
                same.NextHopAddresses.Add(route.NextHopAddresses);
            }
            else if (!routes.TryAdd((route.Prefix, view.Values[1]), route))
            {
                findings.Add(view.Warning("another route of this network is in use: one of another distance or kind stands by only when it is alone"));
            }
            else
            {
                intent.StaticRoutes.Add(route);
            }
        }
    }

    private static PhysicalInterface Physical(StatementView view, VirtualRouter router)
    {
        bool loopback = InterfaceNames.IsLoopback(view.Key);
        bool tunnel = InterfaceNames.IsTunnel(view.Key);
        LogicalInterface unit = Unit(view, router);
        return new PhysicalInterface
        {
            Name = unit.Name,
            Source = view.Source,
            Description = unit.Description,
            Disabled = unit.Disabled,
            Mtu = tunnel ? TunnelBinding.MtuOf(view) : view.Number("mtu") is { } mtu and > 0 ? (uint)Math.Max(mtu, 256) : 0,
            LinkType = loopback ? "loopback" : tunnel ? TunnelBinding.LinkType : "ethernet",
            Units = { unit },
        };
    }

    private static LogicalInterface Unit(StatementView view, VirtualRouter router)
    {
        StatementView ip = view["ip"];
        LogicalInterface unit = new()
        {
            Name = router.KernelName(view.Key),
            LocalName = InterfaceNames.Shown(view.Key),
            Instance = router.Instance,
            Source = view.Source,
            Description = view.Text("description") ?? string.Empty,
            Disabled = view.Has("shutdown"),
            Inet = ip.List("address").Any(),
            InetMtu = (uint)(ip.Number("mtu") ?? 0),
            Inet6 = view["ipv6"].Has("enable") || view["ipv6"].List("address").Any(),
            Inet6Mtu = (uint)(view["ipv6"].Number("mtu") ?? 0),
            Vlan = (uint)(view["vlan"].Number("id") ?? 0),
        };

        // The first address is the one that packets come from.
        foreach (StatementView address in ip.List("address").OrderBy(a => a.Has("secondary")))
        {
            unit.Addresses.Add(new InterfaceAddress
            {
                Address = address.Key,
                PrefixLength = (uint)ErxValues.PrefixLength(address.Text("mask")!)!.Value,
                Source = address.Source,
            });
        }

        foreach (StatementView address in view["ipv6"].List("address"))
        {
            string[] parts = address.Key.Split('/');
            unit.Addresses.Add(new InterfaceAddress { Address = parts[0], PrefixLength = uint.Parse(parts[1], CultureInfo.InvariantCulture), Source = address.Source });
        }

        return unit;
    }

    private static bool AddHop(StaticRoute route, string address)
    {
        route.NextHopAddresses.Add(address);
        return false;
    }

    private static StaticRoute? Route(StatementView view, List<Finding> findings)
    {
        string next = view.Values[2];
        StaticRoute route = new()
        {
            Prefix = view.Values[0],
            PrefixLength = (uint)ErxValues.PrefixLength(view.Values[1])!.Value,
            Source = view.Source,
            Preference = (uint)(view.Number("distance") ?? 1),
        };
        if (Values.TryAddress(next, out _))
        {
            route.NextHopAddresses.Add(next);
        }
        else if (next == "null 0")
        {
            route.Discard = true;
        }
        else if (InterfaceNames.IsTunnel(next))
        {
            route.NextHopInterfaces.Add(InterfaceNames.Shown(next));
        }
        else
        {
            findings.Add(view.Error($"{next} is no point-to-point interface: write the next hop's address"));
            return null;
        }

        return route;
    }
}
