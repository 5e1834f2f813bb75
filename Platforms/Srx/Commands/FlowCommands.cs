using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Bindings;
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
            .Or([.. ApplicationCatalog.Protocols.Keys.Order(StringComparer.Ordinal).Select(p => Values.Choice(p, "Protocol " + p))])),
    ];

    private static readonly CommandOption s_fromZone =
        CommandOption.Named("from-zone", "Zone that traffic comes from", Values.Name("zone-name", 32));

    private static readonly CommandOption s_toZone = CommandOption.Named("to-zone", "Zone that traffic goes to", Values.Name("zone-name", 32));

    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> All { get; } =
    [
        new OperationalCommand("show security policies", "Show policies", ShowPolicies).With(
            CommandOption.Flag("hit-count", "Packets that each policy has decided", "form"),
            CommandOption.Flag("detail", "All that is known of each", "form"),
            CommandOption.Flag("global", "Policies of all zones", "zones"),
            s_fromZone,
            s_toZone,
            CommandOption.Named("policy-name", "Name of a policy", Values.Name("policy-name", 32))),
        new OperationalCommand("show security match-policies", "Show which policy decides about a packet", ShowMatch).With(
            s_fromZone,
            s_toZone,
            CommandOption.Flag("global", "Only policies of all zones", "zones"),
            CommandOption.Named("source-ip", "Address of the source", Values.AnyAddress()),
            CommandOption.Named("destination-ip", "Address of the destination", Values.AnyAddress()),
            s_filters[2],
            s_filters[3],
            s_filters[4]),
        new OperationalCommand("show schedulers", "Show schedulers of policies", ShowSchedulers).With(
            CommandOption.Named("scheduler-name", "Name of a scheduler", Values.Name("scheduler-name", 63))),
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
        PolicyState[] shown = [.. reply.Policies.Where(state => IsAskedFor(context.Arguments, state.Policy))];
        if (context.Arguments.Has("hit-count"))
        {
            context.Output.Write(PolicyLayout.HitCount(shown));
            return 0;
        }

        PolicyNames[] named = [.. shown.Select(state => Named(context.Configuration, state))];
        context.Output.Write(context.Arguments.Has("detail")
            ? PolicyDetailLayout.Text(reply.DefaultPermit, named, await Vpns(context, named))
            : PolicyLayout.Text(reply.DefaultPermit, named));
        return 0;
    }

    private static bool IsAskedFor(CommandArguments arguments, Policy policy) =>
        (!arguments.Has("global") || PolicyLayout.IsOfAllZones(policy))
        && (arguments.Text("from-zone") is not { } from || policy.FromZone == from)
        && (arguments.Text("to-zone") is not { } to || policy.ToZone == to)
        && (arguments.Text("policy-name") is not { } name || policy.Name == name);

    private static async Task<int> ShowMatch(CommandContext context)
    {
        CommandArguments arguments = context.Arguments;
        string[] needed = arguments.Has("global")
            ? ["source-ip", "destination-ip", "protocol"]
            : ["from-zone", "to-zone", "source-ip", "destination-ip", "protocol"];
        if (Array.Find(needed, option => arguments.Text(option) is null) is { } missing)
        {
            await context.Output.WriteLineAsync($"error: '{missing}' is missing");
            return 1;
        }

        FindPolicyReply reply = await new Flow.FlowClient(context.Bus).FindPolicyAsync(
            new FindPolicyRequest
            {
                FromZone = arguments.Text("from-zone") ?? string.Empty,
                ToZone = arguments.Text("to-zone") ?? string.Empty,
                SourceAddress = arguments.Text("source-ip"),
                DestinationAddress = arguments.Text("destination-ip"),
                SourcePort = (uint)(arguments.Number("source-port") ?? 0),
                DestinationPort = (uint)(arguments.Number("destination-port") ?? 0),
                Protocol = Protocol(arguments),
            },
            cancellationToken: context.Cancellation);
        PolicyNames? found = reply.Policy is null ? null : Named(context.Configuration, reply.Policy);
        context.Output.Write(PolicyDetailLayout.Match(reply.DefaultPermit, found, found is null ? [] : await Vpns(context, [found])));
        return 0;
    }

    private static async Task<IReadOnlyList<VpnState>> Vpns(CommandContext context, PolicyNames[] policies) =>
        policies.All(names => names.State.Policy.Protection.Length == 0)
            ? []
            : (await new Ike.IkeClient(context.Bus).ListVpnsAsync(new ListVpnsRequest(), cancellationToken: context.Cancellation)).Vpns;

    private static PolicyNames Named(StatementView root, PolicyState state)
    {
        Policy policy = state.Policy;
        StatementView policies = root["security"]["policies"];
        StatementView view = (PolicyLayout.IsOfAllZones(policy) ? policies["global"] : policies.Entry("from-zone", policy.FromZone, policy.ToZone))
            .Entry("policy", policy.Name);
        StatementView match = view["match"];
        (AddressBook sources, AddressBook destinations) = PolicyLayout.IsOfAllZones(policy)
            ? (AddressBook.Global(root), AddressBook.Global(root))
            : (AddressBook.Of(root, policy.FromZone), AddressBook.Of(root, policy.ToZone));
        return new PolicyNames(
            state, match["source-address"].Values, match["destination-address"].Values, match["application"].Values)
        {
            SourceAddresses = sources.Find(match["source-address"], []) ?? [],
            DestinationAddresses = destinations.Find(match["destination-address"], []) ?? [],
            PairPolicy = view["then"]["permit"]["tunnel"].Text("pair-policy") ?? string.Empty,
        };
    }

    private static async Task<int> ShowSchedulers(CommandContext context)
    {
        ListSchedulersReply reply = await new Flow.FlowClient(context.Bus).ListSchedulersAsync(new ListSchedulersRequest(), cancellationToken: context.Cancellation);
        string? name = context.Arguments.Text("scheduler-name");
        context.Output.Write(ScheduleLayout.Text(reply.Schedulers.Where(state => name is null || state.Name == name)));
        return 0;
    }

    private static async Task<int> ShowZones(CommandContext context)
    {
        ListZonesReply reply = await new Flow.FlowClient(context.Bus).ListZonesAsync(new ListZonesRequest(), cancellationToken: context.Cancellation);
        Dictionary<string, string> screens = new(StringComparer.Ordinal);
        foreach (StatementView zone in ZoneInterfaces.All(context.Configuration["security"]["zones"]))
        {
            if (zone.Text("screen") is { } screen)
            {
                screens[ZoneInterfaces.NameOf(zone)] = screen;
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
        Protocol = Protocol(context.Arguments),
    };

    private static uint Protocol(CommandArguments arguments) => arguments.Text("protocol") is not { } word ? 0
        : ApplicationCatalog.Protocols.TryGetValue(word, out uint number) ? number
        : (uint)arguments.Number("protocol")!.Value;
}
