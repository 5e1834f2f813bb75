using System.Globalization;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Layouts;
using Ike = RouterOS.Proto.Ike.V1.Ike;

namespace RouterOS.Srx.Commands;

/// <summary>Operation of IKE as a whole: tunnels that are down, what has happened, the trace of one peer, a new start.</summary>
internal static class OperationCommands
{
    private const uint IkePort = 500;

    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> All { get; } =
    [
        new("show security ipsec inactive-tunnels", "Show tunnels that are down, and why", ShowInactive),
        new("show security ipsec tunnel-events-statistics", "Show what has happened to tunnels, and how often", ShowEvents),
        new("show security ike debug-status", "Show whose trace is on", ShowDebug),
        new("request security ike", "Perform functions of IKE"),
        new OperationalCommand("request security ike debug-enable", "Trace one peer into the log file of IKE", EnableDebug).With(
            CommandOption.Named("local", "Address of this router", Values.AnyAddress("address")),
            CommandOption.Named("remote", "Address of the peer", Values.AnyAddress("address")),
            CommandOption.Named("level", "Level; each writes all there is", Values.Integer(1, 15, placeholder: "level"))),
        new("request security ike debug-disable", "End the trace of one peer", DisableDebug),
        new("restart", "Restart a part of the router"),
        new("restart ipsec-key-management", "Delete all associations of IKE and begin anew", Restart),
    ];

    private static async Task<int> ShowInactive(CommandContext context)
    {
        Ike.IkeClient ike = new(context.Bus);
        ListVpnsReply vpns = await ike.ListVpnsAsync(new ListVpnsRequest(), cancellationToken: context.Cancellation);
        ListPhase1Reply phase1 = await ike.ListPhase1Async(new ListPhase1Request(), cancellationToken: context.Cancellation);
        ListPhase2Reply phase2 = await ike.ListPhase2Async(new ListPhase2Request(), cancellationToken: context.Cancellation);
        StatementView security = context.Configuration["security"];
        context.Output.Write(InactiveTunnelLayout.Text(vpns.Vpns.Where(vpn => !vpn.Up).Select(vpn =>
        {
            StatementView view = security["ipsec"].Entry("vpn", vpn.Name);
            string gateway = view["ike"].Text("gateway") ?? string.Empty;
            return new InactiveTunnel(
                vpn.TunnelId,
                security["ike"].Entry("gateway", gateway)["address"].Values is [{ } first, ..] ? first : view["manual"].Text("gateway") ?? gateway,
                phase1.Sas.FirstOrDefault(sa => sa.Gateway == gateway)?.RemotePort ?? IkePort,
                view.Text("establish-tunnels") == "immediately",
                phase2.Failures.FirstOrDefault(failure => failure.Vpn == vpn.Name)
                    ?? phase1.Failures.FirstOrDefault(failure => failure.Gateway == gateway && gateway.Length > 0));
        })));
        return 0;
    }

    private static async Task<int> ShowEvents(CommandContext context)
    {
        context.Output.Write(TunnelEventLayout.Text(
            await new Ike.IkeClient(context.Bus).ListTunnelEventsAsync(new ListTunnelEventsRequest(), cancellationToken: context.Cancellation)));
        return 0;
    }

    private static async Task<int> ShowDebug(CommandContext context)
    {
        DebugState state = await new Ike.IkeClient(context.Bus).GetDebugAsync(new GetDebugRequest(), cancellationToken: context.Cancellation);
        await context.Output.WriteLineAsync(state.Remote.Length == 0
            ? "Disabled"
            : string.Create(CultureInfo.InvariantCulture, $"Enabled\nflag: all\nlevel: {state.Level}\nLocal IP: {state.Local}, Remote IP: {state.Remote}"));
        return 0;
    }

    private static async Task<int> EnableDebug(CommandContext context)
    {
        if (context.Arguments.Text("local") is not { } local || context.Arguments.Text("remote") is not { } remote)
        {
            await context.Output.WriteLineAsync("error: local and remote say whose trace is meant");
            return 1;
        }

        DebugState wanted = new() { Local = local, Remote = remote, Level = (uint)(context.Arguments.Number("level") ?? 7) };
        await new Ike.IkeClient(context.Bus).SetDebugAsync(wanted, cancellationToken: context.Cancellation);
        return 0;
    }

    private static async Task<int> DisableDebug(CommandContext context)
    {
        await new Ike.IkeClient(context.Bus).SetDebugAsync(new DebugState(), cancellationToken: context.Cancellation);
        return 0;
    }

    private static async Task<int> Restart(CommandContext context)
    {
        await new Ike.IkeClient(context.Bus).RestartAsync(new RestartRequest(), cancellationToken: context.Cancellation);
        await context.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"IPSec Key Management daemon started, pid {Environment.ProcessId}"));
        return 0;
    }
}
