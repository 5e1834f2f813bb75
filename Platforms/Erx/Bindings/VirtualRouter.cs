using RouterOS.Abstractions.Chassis;
using RouterOS.Erx.Statements;
using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Bindings;

/// <summary>One virtual router: a routing instance of the kernel, with interfaces, routes, keys, profiles and servers of its own.</summary>
/// <param name="Name">Its name.</param>
/// <param name="View">What is configured in it.</param>
/// <param name="Interfaces">Its interfaces that the chassis has.</param>
internal sealed record VirtualRouter(string Name, StatementView View, IReadOnlyList<StatementView> Interfaces)
{
    /// <summary>Name of the kernel's instance.</summary>
    public string Instance => Name == ErxStatements.DefaultRouter ? string.Empty : Name;

    /// <summary>Addresses of the router with the interface that has each, in order.</summary>
    public IEnumerable<(string Address, string Interface)> Addresses =>
        from each in Interfaces
        where !each.Has("shutdown")
        from address in each["ip"].List("address")
        select (address.Key, KernelName(each.Key));

    /// <summary>All virtual routers, the default one first.</summary>
    public static IReadOnlyList<VirtualRouter> All(StatementView root, ChassisProfile profile, List<Finding> findings)
    {
        List<VirtualRouter> all = [];
        Dictionary<string, string> owners = new(StringComparer.Ordinal);
        foreach (StatementView view in root.List(ErxStatements.VirtualRouters)
            .Where(v => v.Key != ErxStatements.DefaultRouter && !v.Key.Contains(':', StringComparison.Ordinal))
            .Prepend(root.Entry(ErxStatements.VirtualRouters, ErxStatements.DefaultRouter)))
        {
            string name = view.Exists ? view.Key : ErxStatements.DefaultRouter;
            List<StatementView> interfaces = [];
            foreach (StatementView each in view.List("interface").Where(i => i.Key != "null 0" && InterfaceNames.Judge(i, profile).Kind == VerdictKind.Applied))
            {
                if (InterfaceNames.IsSubinterface(each.Key) && VlanFault(root, each) is { } fault)
                {
                    findings.Add(each.Warning(fault));
                }
                else if (InterfaceNames.IsLoopback(each.Key) || owners.TryAdd(each.Key, name))
                {
                    interfaces.Add(each);
                }
                else
                {
                    findings.Add(each.Error($"{each.Key} is in virtual router {owners[each.Key]}"));
                }
            }

            all.Add(new VirtualRouter(name, view, interfaces));
        }

        return all;
    }

    // A subinterface is there when its port carries VLANs, and its own is known.
    private static string? VlanFault(StatementView root, StatementView view)
    {
        string major = InterfaceNames.MajorOf(view.Key);
        return !root.List(ErxStatements.VirtualRouters).Any(r => r.Entry("interface", major)["encapsulation"].Has("vlan"))
            ? $"{major} has no 'encapsulation vlan': {view.Key} stays down"
            : view["vlan"].Has("id") ? null : $"{view.Key} has no 'vlan id': it stays down";
    }

    /// <summary>The kernel's name of an interface: each virtual router may have a loopback of the same number.</summary>
    public string KernelName(string key) =>
        InterfaceNames.Shown(key) + (InterfaceNames.IsLoopback(key) && Instance.Length > 0 ? ":" + Name : string.Empty);
}
