using Google.Protobuf.Collections;
using RouterOS.Erx.Layouts;
using RouterOS.Erx.Statements;
using RouterOS.Proto.Dvmrp.V1;
using RouterOS.Proto.Multicast.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Commands;

/// <summary><c>show ip igmp</c>, <c>show ip dvmrp</c>, <c>show ip mroute</c>, and what clears them.</summary>
internal static class MulticastCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> All { get; } =
    [
        .. Igmp("show ip igmp"),
        .. Igmp("show igmp"),
        new("show ip dvmrp", "Show DVMRP", ShowDvmrp),
        new("show ip dvmrp interface", "Show interfaces with DVMRP", ShowDvmrpInterfaces),
        new("show ip dvmrp neighbor", "Show DVMRP neighbors", ShowNeighbors),
        new("show ip dvmrp route", "Show DVMRP routes", ShowRoutes),
        new("show ip dvmrp routeNextHop", "Show where packets of DVMRP routes go", ShowNextHops),
        new("show ip dvmrp mroute", "Show entries of DVMRP with their prunes", ShowEntries),
        new OperationalCommand("show ip mroute", "Show multicast forwarding entries", ShowMroute).With(
            CommandOption.Argument("group", "Entries of a group", Values.Address("group")),
            CommandOption.Flag("count", "How many there are", "form"), CommandOption.Flag("summary", "A line for each", "form"),
            CommandOption.Flag("statistics", "With packets", "form")),
        new OperationalCommand("clear ip dvmrp routes", "Forget DVMRP routes that neighbors have told", ClearRoutes).With(
            CommandOption.Argument("prefix", "One network, such as 10.1.0.0/16", Values.Prefix())),
        new("clear ip igmp groups", "Forget members of groups and ask them again", ClearGroups),
    ];

    private static OperationalCommand[] Igmp(string words) =>
    [
        new(words, "Show IGMP", ShowIgmp),
        new OperationalCommand(words + " interface", "Show interfaces with IGMP", ShowIgmpInterfaces).With(CommandOption.Flag("brief", "A line for each")),
        new(words + " groups", "Show groups with members", ShowGroups),
    ];

    private static async Task<int> ShowIgmp(CommandContext context) => Write(context, IgmpLayout.Summary(await Multicast(context).GetSummaryAsync(
        new Proto.Multicast.V1.GetSummaryRequest(), cancellationToken: context.Cancellation)));

    private static async Task<int> ShowIgmpInterfaces(CommandContext context)
    {
        Proto.Multicast.V1.ListInterfacesReply reply = await Multicast(context).ListInterfacesAsync(
            new Proto.Multicast.V1.ListInterfacesRequest(), cancellationToken: context.Cancellation);
        Proto.Multicast.V1.InterfaceState[] igmp = [.. reply.Interfaces.Where(i => i.Igmp && IsOwn(context, i.Name))];
        return Write(context, context.Arguments.Has("brief") ? IgmpLayout.Brief(igmp) : IgmpLayout.Interfaces(igmp));
    }

    private static async Task<int> ShowGroups(CommandContext context) => Write(context, IgmpLayout.Groups(
        (await Multicast(context).ListGroupsAsync(new ListGroupsRequest(), cancellationToken: context.Cancellation)).Groups
            .Where(g => IsOwn(context, g.Interface)).ToArray()));

    private static async Task<int> ShowDvmrp(CommandContext context) => Write(context, DvmrpLayout.Summary(await Dvmrp(context).GetSummaryAsync(
        new Proto.Dvmrp.V1.GetSummaryRequest { Instance = NameOf(context) }, cancellationToken: context.Cancellation)));

    private static async Task<int> ShowDvmrpInterfaces(CommandContext context) => Write(context, DvmrpLayout.Interfaces(
        (await Dvmrp(context).ListInterfacesAsync(new Proto.Dvmrp.V1.ListInterfacesRequest { Instance = NameOf(context) }, cancellationToken: context.Cancellation)).Interfaces));

    private static async Task<int> ShowNeighbors(CommandContext context) => Write(context, DvmrpLayout.Neighbors(
        (await Dvmrp(context).ListNeighborsAsync(new ListNeighborsRequest { Instance = NameOf(context) }, cancellationToken: context.Cancellation)).Neighbors));

    private static async Task<int> ShowRoutes(CommandContext context) => Write(context, DvmrpLayout.Routes(await Routes(context)));

    private static async Task<int> ShowNextHops(CommandContext context) => Write(context, DvmrpLayout.NextHops(await Routes(context)));

    private static async Task<int> ShowEntries(CommandContext context) => Write(context, DvmrpLayout.Entries(await Entries(context)));

    private static async Task<int> ShowMroute(CommandContext context)
    {
        IEnumerable<Entry> entries = await Entries(context);
        if (context.Arguments.Text("group") is { } group)
        {
            entries = entries.Where(e => DvmrpLayout.Text(e.Group) == group);
        }

        Entry[] shown = [.. entries];
        if (context.Arguments.Has("count"))
        {
            return Write(context, MrouteLayout.Count(shown.Length));
        }

        Dictionary<string, RouteCounters> counters = [];
        string own = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{context.Interfaces.FindInstance(context.Instance) ?? 0}/");
        foreach ((string key, RouteCounters each) in (await context.Modules.Snapshot<RouteCounters>("multicast-route"))
            .Where(c => c.Key.StartsWith(own, StringComparison.Ordinal)))
        {
            counters[key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..]] = each;
        }

        return Write(context, context.Arguments.Has("summary") ? MrouteLayout.Summary(shown, counters)
            : MrouteLayout.Full(shown, counters, context.Interfaces, context.Arguments.Has("statistics")));
    }

    private static async Task<int> ClearRoutes(CommandContext context)
    {
        ClearRoutesRequest request = new() { Instance = NameOf(context) };
        if (context.Arguments.Text("prefix") is { } prefix)
        {
            string[] parts = prefix.Split('/');
            request.Prefix = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(System.Net.IPAddress.Parse(parts[0]).GetAddressBytes());
            request.PrefixLength = uint.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
        }

        _ = await Dvmrp(context).ClearRoutesAsync(request, cancellationToken: context.Cancellation);
        return 0;
    }

    private static async Task<int> ClearGroups(CommandContext context)
    {
        _ = await Multicast(context).ClearGroupsAsync(new ClearGroupsRequest(), cancellationToken: context.Cancellation);
        return 0;
    }

    // Name of the kernel's instance of the virtual router that the prompt names.
    private static string NameOf(CommandContext context) => context.Instance == ErxStatements.DefaultRouter ? string.Empty : context.Instance;

    // Of the virtual router that the prompt names.
    private static bool IsOwn(CommandContext context, string name) =>
        context.Interfaces.Find(name)?.Instance == context.Interfaces.FindInstance(context.Instance);

    private static Multicast.MulticastClient Multicast(CommandContext context) => new(context.Bus);

    private static Dvmrp.DvmrpClient Dvmrp(CommandContext context) => new(context.Bus);

    private static async Task<RepeatedField<Route>> Routes(CommandContext context) =>
        (await Dvmrp(context).ListRoutesAsync(new ListRoutesRequest { Instance = NameOf(context) }, cancellationToken: context.Cancellation)).Routes;

    private static async Task<RepeatedField<Entry>> Entries(CommandContext context) =>
        (await Dvmrp(context).ListEntriesAsync(new ListEntriesRequest { Instance = NameOf(context) }, cancellationToken: context.Cancellation)).Entries;

    private static int Write(CommandContext context, string text)
    {
        context.Output.Write(text);
        return 0;
    }
}
