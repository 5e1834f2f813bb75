using RouterOS.Erx.Layouts;
using RouterOS.Erx.Statements;
using RouterOS.Proto.L2tp.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Commands;

/// <summary><c>show l2tp</c>.</summary>
internal static class L2tpCommands
{
    private static readonly CommandOption[] s_forms =
    [
        CommandOption.Flag("detail", "All about each", "form"), CommandOption.Flag("summary", "How many there are", "form"),
    ];

    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> All { get; } =
    [
        new("show l2tp", "Show L2TP", ShowAll),
        new OperationalCommand("show l2tp destination", "Show destinations", ShowDestinations).With(s_forms),
        new OperationalCommand("show l2tp destination profile", "Show destination profiles", ShowProfiles).With(
            CommandOption.Argument("name", "One profile", ErxValues.ObjectName("profileName"))),
        new OperationalCommand("show l2tp tunnel", "Show tunnels", ShowTunnels).With(s_forms),
        new OperationalCommand("show l2tp session", "Show sessions", ShowSessions).With(s_forms),
    ];

    private static async Task<int> ShowAll(CommandContext context)
    {
        Summary summary = await new L2tp.L2tpClient(context.Bus).GetSummaryAsync(new GetSummaryRequest(), cancellationToken: context.Cancellation);
        context.Output.Write(L2tpLayout.Summary(summary, context.Configuration["l2tp"]));
        return 0;
    }

    private static async Task<int> ShowProfiles(CommandContext context)
    {
        string? name = context.Arguments.Text("name");
        ListDestinationProfilesReply reply = await new L2tp.L2tpClient(context.Bus).ListDestinationProfilesAsync(
            new ListDestinationProfilesRequest { Name = name ?? string.Empty }, cancellationToken: context.Cancellation);
        StatementView passwords = context.Configuration;
        context.Output.Write(name is null ? L2tpLayout.Profiles(reply.Profiles) : L2tpLayout.Profile(reply.Profiles, passwords));
        return 0;
    }

    private static async Task<int> ShowDestinations(CommandContext context)
    {
        ListDestinationsReply reply = await new L2tp.L2tpClient(context.Bus).ListDestinationsAsync(
            new ListDestinationsRequest(), cancellationToken: context.Cancellation);
        context.Output.Write(L2tpLayout.Destinations(reply.Destinations, context.Arguments.Has("detail"), context.Arguments.Has("summary")));
        return 0;
    }

    private static async Task<int> ShowTunnels(CommandContext context)
    {
        ListTunnelsReply reply = await new L2tp.L2tpClient(context.Bus).ListTunnelsAsync(new ListTunnelsRequest(), cancellationToken: context.Cancellation);
        context.Output.Write(L2tpLayout.Tunnels(reply.Tunnels, context.Arguments.Has("detail"), context.Arguments.Has("summary")));
        return 0;
    }

    private static async Task<int> ShowSessions(CommandContext context)
    {
        ListSessionsReply reply = await new L2tp.L2tpClient(context.Bus).ListSessionsAsync(new ListSessionsRequest(), cancellationToken: context.Cancellation);
        context.Output.Write(L2tpLayout.Sessions(reply.Sessions, context.Arguments.Has("detail"), context.Arguments.Has("summary")));
        return 0;
    }
}
