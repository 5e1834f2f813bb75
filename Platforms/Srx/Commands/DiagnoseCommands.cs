using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Layouts;

namespace RouterOS.Srx.Commands;

/// <summary><c>show security ike diagnose</c> and <c>show security exposure</c>.</summary>
internal static class DiagnoseCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> All { get; } =
    [
        new OperationalCommand("show security ike diagnose", "Say of each peer what is wrong with it: their value, ours, the line, the fix", Diagnose)
            .With(
                CommandOption.Argument("peer", "Address of the peer", Values.AnyAddress("peer")),
                CommandOption.Flag("probe", "Also send packets of several sizes to the peers, to find a path that swallows large ones: takes four seconds")),
        new("show security exposure", "Show weak algorithms, groups and modes in force, the line that asks for each and who uses it", Exposures),
    ];

    private static async Task<int> Diagnose(CommandContext context)
    {
        DiagnoseRequest request = new() { Peer = context.Arguments.Text("peer") ?? string.Empty, Probe = context.Arguments.Has("probe") };
        context.Output.Write(DiagnosisLayout.Text(
            await new Diagnostics.DiagnosticsClient(context.Bus).DiagnoseAsync(request, cancellationToken: context.Cancellation)));
        return 0;
    }

    private static async Task<int> Exposures(CommandContext context)
    {
        context.Output.Write(ExposureLayout.Text(
            await new Diagnostics.DiagnosticsClient(context.Bus).ListExposuresAsync(new ListExposuresRequest(), cancellationToken: context.Cancellation)));
        return 0;
    }
}
