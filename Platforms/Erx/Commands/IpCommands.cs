using RouterOS.Erx.Layouts;
using RouterOS.Erx.Profiles;
using RouterOS.Erx.Statements;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Network;

namespace RouterOS.Erx.Commands;

/// <summary><c>show ip interface</c>, <c>show ip route</c>.</summary>
internal static class IpCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> Of(ErxModel model) =>
    [
        new("show ip", "Show information about IP"),
        new OperationalCommand("show ip interface", "Show IP interfaces", context => ShowInterfaces(context, model)).With(
            CommandOption.Flag("brief", "One line for each"),
            CommandOption.Argument("kind", "Kind of interface, or its name in one word", Values.Text("interface")),
            CommandOption.Argument("place", "Place of the interface", Values.Text("slot/port"))),
        new("show vlan", "Show VLANs"),
        new("show vlan subinterface", "Show VLAN subinterfaces", ShowVlans),
        new OperationalCommand("show ip route", "Show the routing table", ShowRoutes).With(
            CommandOption.Argument("address", "Routes that carry an address", Values.Address())),
    ];

    private static Task<int> ShowInterfaces(CommandContext context, ErxModel model)
    {
        string? wanted = context.Arguments.Text("kind") is { } kind ? kind + context.Arguments.Text("place") : null;
        InterfaceState[] states =
        [
            .. context.Interfaces.All().Where(s => s.Instance == context.Interfaces.FindInstance(context.Instance))
                .Select(s => s.LocalName.Length > 0 ? s with { Name = s.LocalName } : s)
                .Where(s => wanted is null || string.Equals(s.Name, wanted, StringComparison.OrdinalIgnoreCase)),
        ];
        if (states.Length == 0 && wanted is not null)
        {
            context.Output.WriteLine($"% interface {wanted} does not exist");
            return Task.FromResult(1);
        }

        context.Output.Write(context.Arguments.Has("brief")
            ? InterfaceLayout.Brief(states, name => Description(context, name)) : InterfaceLayout.Full(states, s => Speed(model, s.Port)));
        return Task.FromResult(0);
    }

    private static string Description(CommandContext context, string name) =>
        context.Configuration.Entry(ErxStatements.VirtualRouters, context.Instance.Length == 0 ? ErxStatements.DefaultRouter : context.Instance)
            .List("interface").FirstOrDefault(i => InterfaceNames.Shown(i.Key) == name)?.Text("description") ?? string.Empty;

    // Of the whole chassis: a port may have subinterfaces in several virtual routers.
    private static Task<int> ShowVlans(CommandContext context)
    {
        context.Output.Write(VlanLayout.Text([.. context.Interfaces.All().Where(s => s.Vlan != 0).OrderBy(s => s.Port, StringComparer.Ordinal).ThenBy(s => s.Vlan)]));
        return Task.FromResult(0);
    }

    private static long Speed(ErxModel model, string port) =>
        model.Modules.SelectMany(m => m.Ports).FirstOrDefault(p => p.Name == port)?.BitsPerSecond ?? 0;

    private static Task<int> ShowRoutes(CommandContext context)
    {
        IEnumerable<RouteState> routes = context.Routes.AllOf(context.Interfaces.FindInstance(context.Instance) ?? 0)
            .Where(r => r.Active && r.Prefix.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork)
            .Select(r => context.Interfaces.Find(r.Interface) is { LocalName.Length: > 0 } i ? r with { Interface = i.LocalName } : r);
        if (context.Arguments.Text("address") is { } address)
        {
            System.Net.IPAddress wanted = System.Net.IPAddress.Parse(address);
            routes = routes.Where(r => new System.Net.IPNetwork(r.Prefix, r.PrefixLength).Contains(wanted));
        }

        context.Output.Write(RouteLayout.Text([.. routes]));
        return Task.FromResult(0);
    }
}
