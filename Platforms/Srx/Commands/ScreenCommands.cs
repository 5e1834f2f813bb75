using RouterOS.Proto.Flow.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Bindings;
using RouterOS.Srx.Layouts;
using RouterOS.Srx.Statements;
using Flow = RouterOS.Proto.Flow.V1.Flow;

namespace RouterOS.Srx.Commands;

/// <summary><c>show</c> and <c>clear security screen</c>.</summary>
internal static class ScreenCommands
{
    private static readonly CommandOption[] s_where =
    [
        CommandOption.Named("zone", "Zone", Values.Name("zone-name", SrxValues.NameLength)),
        CommandOption.Named("interface", "Interface of a zone", InterfaceNames.Logical),
    ];

    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> All { get; } =
    [
        new OperationalCommand("show security screen ids-option", "Show the options of a screen", ShowOptions).With(
            CommandOption.Argument("screen-name", "Name of a screen", Values.Name("screen-name", SrxValues.NameLength), required: true)),
        new OperationalCommand("show security screen statistics", "Show what screens have found", ShowStatistics).With(s_where),
        new OperationalCommand("clear security screen statistics", "Count anew", ClearStatistics).With(s_where),
    ];

    private static async Task<int> ShowOptions(CommandContext context)
    {
        string name = context.Arguments.Text("screen-name")!;
        StatementView screen = context.Configuration["security"]["screen"].Entry("ids-option", name);
        if (!screen.Exists)
        {
            await context.Output.WriteLineAsync($"error: there is no screen {name}");
            return 1;
        }

        context.Output.Write(ScreenLayout.Options(ScreenBinding.Read(screen)));
        return 0;
    }

    private static async Task<int> ShowStatistics(CommandContext context)
    {
        if (await Where(context) is not { } where)
        {
            return 1;
        }

        context.Output.Write(ScreenLayout.Statistics(
            await new Flow.FlowClient(context.Bus).GetScreenCountersAsync(where, cancellationToken: context.Cancellation)));
        return 0;
    }

    private static async Task<int> ClearStatistics(CommandContext context)
    {
        if (await Where(context) is not { } where)
        {
            return 1;
        }

        _ = await new Flow.FlowClient(context.Bus).ClearScreenCountersAsync(where, cancellationToken: context.Cancellation);
        return 0;
    }

    // Null when nothing that there is was named, which is said.
    private static async Task<GetScreenCountersRequest?> Where(CommandContext context)
    {
        (string? zone, string? unit) = (context.Arguments.Text("zone"), context.Arguments.Text("interface"));
        string? error = (zone, unit) switch
        {
            (null, null) => "error: name a zone or an interface",
            (not null, _) when !ZoneInterfaces.All(context.Configuration["security"]["zones"]).Select(ZoneInterfaces.NameOf).Contains(zone) =>
                $"error: there is no zone {zone}",
            _ => null,
        };
        if (error is not null)
        {
            await context.Output.WriteLineAsync(error);
            return null;
        }

        return new GetScreenCountersRequest { Zone = zone ?? string.Empty, Interface = zone is null ? unit : string.Empty };
    }
}
