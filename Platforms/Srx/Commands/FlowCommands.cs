using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Layouts;
using Flow = RouterOS.Proto.Flow.V1.Flow;

namespace RouterOS.Srx.Commands;

/// <summary><c>show security policies</c>, <c>zones</c> and <c>flow</c>.</summary>
internal static class FlowCommands
{
    private static readonly CommandOption[] s_filters =
    [
        CommandOption.Named("source-prefix", "Address of the source", Values.Address()),
        CommandOption.Named("destination-prefix", "Address of the destination", Values.Address()),
        CommandOption.Named("source-port", "Port of the source", Values.Integer(1, 65535, placeholder: "port")),
        CommandOption.Named("destination-port", "Port of the destination", Values.Integer(1, 65535, placeholder: "port")),
        CommandOption.Named("protocol", "IP protocol", Values.Integer(1, 255, placeholder: "protocol")
            .Or([.. Bindings.ApplicationCatalog.Protocols.Keys.Order(StringComparer.Ordinal).Select(p => Values.Choice(p, "Protocol " + p))])),
    ];

    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> All { get; } =
    [
        new OperationalCommand("show security policies", "Show policies", ShowPolicies).With(
            CommandOption.Flag("hit-count", "Packets that each policy has decided")),
        new OperationalCommand("show security zones", "Show zones", ShowZones),
        new OperationalCommand("show security flow session", "Show sessions", ShowSessions).With(
            [CommandOption.Flag("summary", "Numbers of sessions"), .. s_filters]),
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
        context.Output.Write(PolicyLayout.Text(reply.DefaultPermit, [.. reply.Policies.Select(state => Named(policies, state))]));
        return 0;
    }

    private static PolicyNames Named(StatementView policies, PolicyState state)
    {
        StatementView match = policies.Entry("from-zone", state.Policy.FromZone, state.Policy.ToZone).Entry("policy", state.Policy.Name)["match"];
        return new PolicyNames(
            state, match["source-address"].Values, match["destination-address"].Values, match["application"].Values);
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
