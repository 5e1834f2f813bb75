using RouterOS.Erx.Layouts;
using RouterOS.Erx.Statements;
using RouterOS.Proto.Gre.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Commands;

/// <summary><c>show gre tunnel</c>, <c>show dvmrp tunnel</c> and their baselines.</summary>
internal static class TunnelCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> All { get; } =
    [
        new("show gre", "Show GRE"),
        Show("gre", Encapsulation.Gre),
        new("show dvmrp", "Show DVMRP tunnels"),
        Show("dvmrp", Encapsulation.Ip),
        new("show ip tunnel", "Show what concerns tunnels of IP"),
        new("show ip tunnel reassembly", "Show what comes in fragments"),
        new("show ip tunnel reassembly statistics", "Count fragments of tunnels' packets to the virtual router", ShowReassembly),
        new("baseline gre", "Count GRE tunnels' packets anew"),
        Baseline("gre"),
        new("baseline dvmrp", "Count DVMRP tunnels' packets anew"),
        Baseline("dvmrp"),
    ];

    private static OperationalCommand Show(string kind, Encapsulation encapsulation) =>
        new OperationalCommand($"show {kind} tunnel", "Show tunnels", context => ShowTunnels(context, encapsulation)).With(
            CommandOption.Flag("detail", "All about each", "form"), CommandOption.Flag("summary", "How many there are", "form"),
            CommandOption.Named("state", "Tunnels in a state", Values.OneOf(
                Values.Choice("up", "Up"), Values.Choice("down", "Down"), Values.Choice("disabled", "Disabled"))),
            CommandOption.Named("ip", "Tunnels to an address", Values.Address()),
            CommandOption.Named("virtual-router", "Tunnels that a virtual router carries", ErxValues.VirtualRouter),
            CommandOption.Argument("name", "One tunnel", ErxValues.ObjectName("tunnelName")));

    private static OperationalCommand Baseline(string kind) =>
        new OperationalCommand($"baseline {kind} tunnel", "Count packets anew", ClearCounters).With(
            CommandOption.Argument("name", "One tunnel", ErxValues.ObjectName("tunnelName")));

    private static async Task<int> ShowTunnels(CommandContext context, Encapsulation encapsulation)
    {
        ListTunnelsReply reply = await new Gre.GreClient(context.Bus).ListTunnelsAsync(
            new ListTunnelsRequest { Name = context.Arguments.Text("name") ?? string.Empty, Counters = true }, cancellationToken: context.Cancellation);
        string? state = context.Arguments.Text("state");
        string? remote = context.Arguments.Text("ip");
        string? router = context.Arguments.Text("virtual-router");
        TunnelState[] tunnels =
        [
            .. reply.Tunnels.Where(t => t.Tunnel.Encapsulation == encapsulation)
                .Where(t => state is null || t.Status == StatusOf(state))
                .Where(t => remote is null || t.Tunnel.RemoteAddress == remote)
                .Where(t => router is null || t.Tunnel.TransportInstance == router),
        ];
        string kind = encapsulation == Encapsulation.Gre ? "GRE" : "DVMRP";
        if (context.Arguments.Text("name") is { } name && tunnels.Length == 0)
        {
            context.Output.WriteLine($"% {kind} tunnel {name} does not exist");
            return 1;
        }

        context.Output.Write(context.Arguments.Has("summary")
            ? TunnelLayout.Summary(tunnels) : TunnelLayout.Text(kind, tunnels, context.Arguments.Has("detail")));
        return 0;
    }

    private static async Task<int> ShowReassembly(CommandContext context)
    {
        ListReassemblyReply reply = await new Gre.GreClient(context.Bus).ListReassemblyAsync(
            new ListReassemblyRequest { Instance = context.Interfaces.FindInstance(context.Instance) ?? 0 }, cancellationToken: context.Cancellation);
        context.Output.Write(TunnelLayout.Reassembly(reply.Protocols));
        return 0;
    }

    private static TunnelState.Types.Status StatusOf(string word) => word switch
    {
        "up" => TunnelState.Types.Status.Up,
        "down" => TunnelState.Types.Status.Down,
        _ => TunnelState.Types.Status.Disabled,
    };

    private static async Task<int> ClearCounters(CommandContext context)
    {
        _ = await new Gre.GreClient(context.Bus).ClearCountersAsync(
            new ClearCountersRequest { Name = context.Arguments.Text("name") ?? string.Empty }, cancellationToken: context.Cancellation);
        return 0;
    }
}
