using RouterOS.Erx.Layouts;
using RouterOS.Erx.Statements;
using RouterOS.Proto.Radius.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Commands;

/// <summary><c>show radius</c> and <c>show aaa</c>.</summary>
internal static class RadiusCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> All { get; } =
    [
        new("show radius", "Show RADIUS"),
        new("show radius statistics", "Show what servers were asked, and answered", context => ShowStatistics(context, authentication: true, accounting: true)),
        new("show radius servers", "Show servers", context => ShowServers(context, authentication: true, accounting: true)),
        new("show radius authentication", "Show servers of authentication"),
        new("show radius authentication statistics", "Show what they were asked", context => ShowStatistics(context, authentication: true, accounting: false)),
        new("show radius authentication servers", "Show them", context => ShowServers(context, authentication: true, accounting: false)),
        new("show radius accounting", "Show servers of accounting"),
        new("show radius accounting statistics", "Show what they were asked", context => ShowStatistics(context, authentication: false, accounting: true)),
        new("show radius accounting servers", "Show them", context => ShowServers(context, authentication: false, accounting: true)),
        new("show radius dynamic-request", "Show requests of servers"),
        new("show radius dynamic-request statistics", "Show what servers have asked for", ShowRequests),
        new("show radius dynamic-request servers", "Show who may ask", ShowClients),
        new("show aaa", "Show how users are let in"),
        new("show aaa domain-map", "Show domains of users", ShowDomains),
        new("show aaa authentication", "Show who authenticates users"),
        new("show aaa authentication ppp", "Show who authenticates users of PPP"),
        new("show aaa authentication ppp default", "Show who authenticates users of PPP", context => ShowMethods(context, "authentication", "local")),
        new("show aaa accounting", "Show who accounts for users"),
        new("show aaa accounting ppp", "Show who accounts for users of PPP"),
        new("show aaa accounting ppp default", "Show who accounts for users of PPP", context => ShowMethods(context, "accounting", "none")),
    ];

    private static StatementView Radius(CommandContext context) => context.Configuration.Entry(
        ErxStatements.VirtualRouters, context.Instance.Length == 0 ? ErxStatements.DefaultRouter : context.Instance)["radius"];

    private static async Task<int> ShowStatistics(CommandContext context, bool authentication, bool accounting)
    {
        GetStatisticsReply reply = await Ask(context);
        string group = context.Instance == ErxStatements.DefaultRouter ? string.Empty : context.Instance;
        ServerStatistics[] servers = [.. reply.Servers.Where(s => s.Group == group)];
        if (authentication)
        {
            context.Output.Write(RadiusLayout.Authentication([.. servers.Where(s => !s.Accounting)]));
        }

        if (accounting)
        {
            context.Output.Write(RadiusLayout.Accounting([.. servers.Where(s => s.Accounting)]));
        }

        return 0;
    }

    private static Task<int> ShowServers(CommandContext context, bool authentication, bool accounting)
    {
        if (authentication)
        {
            context.Output.Write(RadiusLayout.Servers("Authentication", 1812, Radius(context)["authentication"].List("server")));
        }

        if (accounting)
        {
            context.Output.Write(RadiusLayout.Servers("Accounting", 1813, Radius(context)["accounting"].List("server")));
        }

        return Task.FromResult(0);
    }

    private static async Task<int> ShowRequests(CommandContext context)
    {
        context.Output.Write(RadiusLayout.Requests((await Ask(context)).Dynamic));
        return 0;
    }

    private static Task<int> ShowClients(CommandContext context)
    {
        context.Output.Write(RadiusLayout.Clients(Radius(context)["dynamic-request"].List("server")));
        return Task.FromResult(0);
    }

    private static Task<int> ShowDomains(CommandContext context)
    {
        foreach (StatementView view in context.Configuration["aaa"].List("domain-map"))
        {
            string both = view.Text("virtual-router") ?? ErxStatements.DefaultRouter;
            context.Output.WriteLine(
                $"Domain: {view.Key}; auth-router-name: {view.Text("auth-router-name") ?? both}; ip-router-name: {view.Text("ip-router-name") ?? both}; "
                + $"loopback: {view.Text("loopback") ?? "<null>"}; address-pool-name: {view.Text("address-pool-name") ?? "<null>"}");
        }

        return Task.FromResult(0);
    }

    private static Task<int> ShowMethods(CommandContext context, string what, string otherwise)
    {
        StatementView methods = context.Configuration["aaa"][what]["ppp"]["default"];
        context.Output.WriteLine(string.Join(' ', methods.Exists ? methods.Values : [otherwise]));
        return Task.FromResult(0);
    }

    private static async Task<GetStatisticsReply> Ask(CommandContext context) =>
        await new Radius.RadiusClient(context.Bus).GetStatisticsAsync(new GetStatisticsRequest(), cancellationToken: context.Cancellation);
}
