using RouterOS.Abstractions.Chassis;
using RouterOS.Erx.Statements;
using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Bindings;

/// <summary>The virtual router that forwards: the kernel has one set of tables, so one of them can.</summary>
/// <param name="Name">Its name.</param>
/// <param name="View">What is configured in it.</param>
/// <param name="Interfaces">Its interfaces that the chassis has.</param>
internal sealed record VirtualRouter(string Name, StatementView View, IReadOnlyList<StatementView> Interfaces)
{
    /// <summary>Finds it: the first with an address on an interface.</summary>
    public static VirtualRouter Forwarding(StatementView root, ChassisProfile profile, List<Finding> findings)
    {
        VirtualRouter? found = null;
        Dictionary<string, string> owners = new(StringComparer.Ordinal);
        foreach (StatementView view in root.List(ErxStatements.VirtualRouters))
        {
            StatementView[] interfaces =
                [.. view.List("interface").Where(i => i.Key != "null 0" && InterfaceNames.Judge(i, profile).Kind == VerdictKind.Applied)];
            foreach (StatementView each in interfaces.Where(i => !InterfaceNames.IsLoopback(i.Key) && !owners.TryAdd(i.Key, view.Key)))
            {
                findings.Add(each.Error($"{each.Key} is in virtual router {owners[each.Key]}"));
            }

            StatementView? addressed = interfaces.FirstOrDefault(i => i["ip"].List("address").Any());
            if (addressed is null)
            {
                continue;
            }

            if (found is not null)
            {
                findings.Add(addressed.Error(
                    $"virtual routers {found.Name} and {view.Key} both have addresses, and only one virtual router can forward yet"));
                continue;
            }

            found = new VirtualRouter(view.Key, view, interfaces);
        }

        if (found is not null)
        {
            return found;
        }

        StatementView first = root.Entry(ErxStatements.VirtualRouters, ErxStatements.DefaultRouter);
        return new VirtualRouter(ErxStatements.DefaultRouter, first, []);
    }

    /// <summary>Addresses of the router with the interface that has each, in order.</summary>
    public IEnumerable<(string Address, string Interface)> Addresses =>
        from each in Interfaces
        where !each.Has("shutdown")
        from address in each["ip"].List("address")
        select (address.Key, InterfaceNames.Shown(each.Key));
}
