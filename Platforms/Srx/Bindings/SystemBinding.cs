using System.Globalization;
using RouterOS.Abstractions.Chassis;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Statements;

namespace RouterOS.Srx.Bindings;

/// <summary>From <c>system</c>, <c>interfaces</c> and <c>routing-options</c> to the kernel's intent.</summary>
internal static class SystemBinding
{
    private const uint SecondsPerMinute = 60;

    /// <summary>Reads the intent.</summary>
    public static SystemIntent Bind(StatementView root, ChassisProfile profile, List<Finding> findings)
    {
        SystemIntent intent = new() { HostName = root["system"].Text("host-name") ?? string.Empty };
        uint arpSeconds = (uint)(root["system"]["arp"].Number("aging-timer") ?? 0) * SecondsPerMinute;
        foreach (StatementView physical in root["interfaces"].List())
        {
            if (InterfaceNames.Judge(physical.Key, profile).Kind == VerdictKind.Applied)
            {
                intent.Interfaces.Add(Physical(physical, arpSeconds, findings));
            }
        }

        RouteBinding.Bind(root, intent, findings);
        AddSelectorRoutes(root, intent);

        return intent;
    }

    // What a traffic selector's peer has, and the addresses that users get, are routed to the tunnel, unless the configuration says otherwise.
    private static void AddSelectorRoutes(StatementView root, SystemIntent intent)
    {
        foreach (StatementView vpn in root["security"]["ipsec"].List("vpn"))
        {
            foreach (StatementView selector in vpn.List("traffic-selector"))
            {
                AddRoute(vpn, selector.Text("remote-ip"), selector, intent);
            }

            if (XauthBinding.Network(root, vpn["ike"].Text("gateway") ?? string.Empty) is { Exists: true } network)
            {
                AddRoute(vpn, network.Key, network, intent);
            }
        }
    }

    private static void AddRoute(StatementView vpn, string? prefix, StatementView source, SystemIntent intent)
    {
        string[] parts = (prefix ?? string.Empty).Split('/');
        if (parts.Length == 2 && vpn.Text("bind-interface") is { } tunnel
            && !intent.StaticRoutes.Any(r => r.Prefix == parts[0] && r.PrefixLength.ToString(CultureInfo.InvariantCulture) == parts[1]))
        {
            intent.StaticRoutes.Add(new StaticRoute
            {
                Prefix = parts[0],
                PrefixLength = uint.Parse(parts[1], CultureInfo.InvariantCulture),
                Source = source.Source,
                NextHopInterfaces = { tunnel },
            });
        }
    }

    private static PhysicalInterface Physical(StatementView view, uint arpSeconds, List<Finding> findings)
    {
        PhysicalInterface physical = new()
        {
            Name = view.Key,
            Source = view.Source,
            Description = view.Text("description") ?? string.Empty,
            Disabled = view.Has("disable"),
            Mtu = (uint)(view.Number("mtu") ?? 0),
            LinkType = InterfaceNames.IsTunnel(view.Key) ? "esp" : InterfaceNames.IsIpTunnel(view.Key) ? TunnelBinding.LinkType : InterfaceNames.IsLoopback(view.Key) ? "loopback" : "ethernet",
        };
        foreach (StatementView unit in view.List("unit"))
        {
            if (physical.LinkType == "ethernet" && VlanFault(view, unit) is { } fault)
            {
                findings.Add(unit.Error(fault));
            }

            LogicalInterface logical = Logical(view.Key, unit, arpSeconds);
            logical.Vlan = view.Has("vlan-tagging") ? (uint)(unit.Number("vlan-id") ?? 0) : 0;
            physical.Units.Add(logical);
        }

        return physical;
    }

    private static string? VlanFault(StatementView view, StatementView unit) =>
        view.Has("vlan-tagging")
            ? unit.Number("vlan-id") is null ? $"unit {unit.Key} of {view.Key} needs a vlan-id, for {view.Key} has vlan-tagging" : null
        : unit.Has("vlan-id") ? $"{view.Key} has no vlan-tagging, which vlan-id needs"
        : unit.Key != "0" ? $"unit {unit.Key} of {view.Key} needs vlan-tagging and a vlan-id: without them only unit 0 is possible" : null;

    private static LogicalInterface Logical(string physical, StatementView view, uint arpSeconds)
    {
        StatementView inet = view["family"]["inet"];
        LogicalInterface logical = new()
        {
            Name = $"{physical}.{view.Key}",
            Unit = uint.Parse(view.Key, CultureInfo.InvariantCulture),
            Source = view.Source,
            Description = view.Text("description") ?? string.Empty,
            Disabled = view.Has("disable"),
            Inet = inet.Exists,
            InetMtu = (uint)(inet.Number("mtu") ?? 0),
            Inet6 = view["family"]["inet6"].Exists,
            Inet6Mtu = (uint)(view["family"]["inet6"].Number("mtu") ?? 0),
            SkipsDuplicateDetection = view["family"]["inet6"].Has("dad-disable"),
            Unnumbered = inet.Text("unnumbered-address") ?? string.Empty,
            ArpSeconds = arpSeconds,
        };
        foreach (StatementView address in inet.List("address").Concat(view["family"]["inet6"].List("address")))
        {
            string[] parts = address.Key.Split('/');
            logical.Addresses.Add(new Proto.Kernel.V1.InterfaceAddress
            {
                Address = parts[0],
                PrefixLength = uint.Parse(parts[1], CultureInfo.InvariantCulture),
                Source = address.Source,
                Destination = address.Text("destination") ?? string.Empty,
            });
            foreach (StatementView neighbor in address.List("arp").Concat(address.List("ndp")))
            {
                logical.Neighbors.Add(new StaticNeighbor
                {
                    Address = neighbor.Key,
                    LinkAddress = Google.Protobuf.ByteString.CopyFrom(
                        Convert.FromHexString((neighbor.Text("mac") ?? string.Empty).Replace(":", string.Empty, StringComparison.Ordinal))),
                });
            }
        }

        return logical;
    }
}
