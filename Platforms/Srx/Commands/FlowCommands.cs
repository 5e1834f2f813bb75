using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Layouts;
using Flow = RouterOS.Proto.Flow.V1.Flow;
using Ike = RouterOS.Proto.Ike.V1.Ike;

namespace RouterOS.Srx.Commands;

/// <summary><c>show security policies</c>, <c>zones</c> and <c>flow</c>.</summary>
internal static class FlowCommands
{
    private static readonly CommandOption[] s_filters =
    [
        CommandOption.Named("source-prefix", "Address of the source", Values.AnyAddress()),
        CommandOption.Named("destination-prefix", "Address of the destination", Values.AnyAddress()),
        CommandOption.Named("source-port", "Port of the source", Values.Integer(1, 65535, placeholder: "port")),
        CommandOption.Named("destination-port", "Port of the destination", Values.Integer(1, 65535, placeholder: "port")),
        CommandOption.Named("protocol", "IP protocol", Values.Integer(1, 255, placeholder: "protocol")
            .Or([.. Bindings.ApplicationCatalog.Protocols.Keys.Order(StringComparer.Ordinal).Select(p => Values.Choice(p, "Protocol " + p))])),
    ];

    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> All { get; } =
    [
        new OperationalCommand("show security policies", "Show policies", ShowPolicies).With(
            CommandOption.Flag("hit-count", "Packets that each policy has decided", "form"),
            CommandOption.Flag("detail", "All that is known of each", "form")),
        new OperationalCommand("show security zones", "Show zones", ShowZones),
        new OperationalCommand("show security flow session", "Show sessions", ShowSessions).With(
            [
                CommandOption.Flag("summary", "Numbers of sessions", "form"),
                CommandOption.Flag("tunnel", "Outer packets of IPsec", "form"),
                .. s_filters,
            ]),
        new OperationalCommand("clear security flow session", "End sessions", ClearSessions).With(
            [CommandOption.Flag("all", "All of them"), .. s_filters]),
    ];

    private static async Task<int> ShowPolicies(CommandContext context)
    {
        ListPoliciesReply reply = await new Flow.FlowClient(context.Bus).ListPoliciesAsync(new ListPoliciesRequest(), cancellationToken: context.Cancellation);
        if (context.Arguments.Has("hit-count"))
        {
            context.Output.Write(PolicyLayout.HitCount([.. reply.Policies]));
            return 0;
        }

        StatementView policies = context.Configuration["security"]["policies"];
        PolicyNames[] named = [.. reply.Policies.Select(state => Named(policies, state))];
        if (!context.Arguments.Has("detail"))
        {
            context.Output.Write(PolicyLayout.Text(reply.DefaultPermit, named));
            return 0;
        }

        ListVpnsReply vpns = named.All(n => n.State.Policy.Protection.Length == 0)
            ? new ListVpnsReply()
            : await new Ike.IkeClient(context.Bus).ListVpnsAsync(new ListVpnsRequest(), cancellationToken: context.Cancellation);
        context.Output.Write(PolicyDetailLayout.Text(reply.DefaultPermit, named, vpns.Vpns));
        return 0;
    }

    private static PolicyNames Named(StatementView policies, PolicyState state)
    {
        StatementView policy = policies.Entry("from-zone", state.Policy.FromZone, state.Policy.ToZone).Entry("policy", state.Policy.Name);
        StatementView match = policy["match"];
        return new PolicyNames(
            state, match["source-address"].Values, match["destination-address"].Values, match["application"].Values)
        {
            PairPolicy = policy["then"]["permit"]["tunnel"].Text("pair-policy") ?? string.Empty,
        };
    }

    private static async Task<int> ShowZones(CommandContext context)
    {
        ListZonesReply reply = await new Flow.FlowClient(context.Bus).ListZonesAsync(new ListZonesRequest(), cancellationToken: context.Cancellation);
        Dictionary<string, string> screens = new(StringComparer.Ordinal);
        foreach (StatementView zone in context.Configuration["security"]["zones"].List("security-zone"))
        {
            if (zone.Text("screen") is { } screen)
            {
                screens[zone.Key] = screen;
            }
        }

        context.Output.Write(ZoneLayout.Text(reply.Zones.Select(z => z.Zone), screens));
        return 0;
    }

    private static async Task<int> ShowSessions(CommandContext context)
    {
        if (context.Arguments.Has("tunnel"))
        {
            return await ShowTunnels(context);
        }

        ListSessionsReply reply = await new Flow.FlowClient(context.Bus).ListSessionsAsync(Filter(context), cancellationToken: context.Cancellation);
        if (!context.Arguments.Has("summary"))
        {
            context.Output.Write(SessionLayout.Text([.. reply.Sessions]));
            return 0;
        }

        IReadOnlyList<KeyValuePair<string, DropCounter>> failed = await context.Modules.Snapshot<DropCounter>("drop", "flow/no-more-sessions");
        context.Output.Write(SessionLayout.Summary(reply.Total, reply.Maximum, failed.Aggregate(0ul, (sum, row) => sum + row.Value.Packets)));
        return 0;
    }

    // Outer packets have no session of their own: what would be one is the inbound SA.
    private static async Task<int> ShowTunnels(CommandContext context)
    {
        ListPhase2Reply reply = await new Ike.IkeClient(context.Bus).ListPhase2Async(new ListPhase2Request(), cancellationToken: context.Cancellation);
        Dictionary<string, SaState> traffic = [];
        foreach ((string key, SaState state) in await context.Modules.Snapshot<SaState>("sa-in"))
        {
            traffic[key] = state;
        }

        context.Output.Write(SessionLayout.Tunnels([.. reply.Sas.Select(sa => (
            sa, traffic.GetValueOrDefault(sa.InboundSpi.ToString(System.Globalization.CultureInfo.InvariantCulture)) ?? new SaState(),
            ExternalInterface(context, sa)))]));
        return 0;
    }

    private static string ExternalInterface(CommandContext context, Phase2Sa sa)
    {
        StatementView security = context.Configuration["security"];
        return security["ike"].Entry("gateway", sa.Gateway).Text("external-interface")
            ?? security["ipsec"].Entry("vpn", sa.Vpn)["manual"].Text("external-interface") ?? string.Empty;
    }

    private static async Task<int> ClearSessions(CommandContext context)
    {
        ClearSessionsReply reply = await new Flow.FlowClient(context.Bus).ClearSessionsAsync(Filter(context), cancellationToken: context.Cancellation);
        await context.Output.WriteLineAsync($"{reply.Cleared} active sessions cleared");
        return 0;
    }

    private static ListSessionsRequest Filter(CommandContext context) => new()
    {
        SourceAddress = context.Arguments.Text("source-prefix") ?? string.Empty,
        DestinationAddress = context.Arguments.Text("destination-prefix") ?? string.Empty,
        SourcePort = (uint)(context.Arguments.Number("source-port") ?? 0),
        DestinationPort = (uint)(context.Arguments.Number("destination-port") ?? 0),
        Protocol = context.Arguments.Text("protocol") is not { } word ? 0
            : Bindings.ApplicationCatalog.Protocols.TryGetValue(word, out uint number) ? number
            : (uint)context.Arguments.Number("protocol")!.Value,
    };
}
