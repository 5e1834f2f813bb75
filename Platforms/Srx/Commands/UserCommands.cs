using RouterOS.Proto.Ike.V1;
using RouterOS.Proto.Radius.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Layouts;
using RouterOS.Srx.Statements;
using Ike = RouterOS.Proto.Ike.V1.Ike;

namespace RouterOS.Srx.Commands;

/// <summary>Who has logged in by extended authentication, and with which address.</summary>
internal static class UserCommands
{
    private static readonly CommandOption s_peer = CommandOption.Argument("peer", "Address of the peer", Values.AnyAddress("peer"));

    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> All { get; } =
    [
        new OperationalCommand("show security ike active-peer", "Show peers that are connected, their users and addresses", ActivePeers).With(s_peer),
        new("show security dynamic-vpn", "Show information of VPNs of single users"),
        new("show security dynamic-vpn users", "Show users that have logged in", Users),
        new("show network-access", "Show information of network access"),
        new("show network-access address-assignment", "Show addresses that users have"),
        new OperationalCommand("show network-access address-assignment pool", "Show which user has which address of a pool", Pools)
            .With(CommandOption.Argument("pool-name", "Name of a pool", Values.Name("pool-name", SrxValues.NameLength))),
        new("show network-access aaa", "Show who is asked about users"),
        new("show network-access aaa radius-servers", "Show RADIUS servers and whether they answer", Servers),
        new("show network-access aaa statistics", "Show what RADIUS servers were asked and have answered", Statistics),
    ];

    private static async Task<int> ActivePeers(CommandContext context)
    {
        ListPhase1Reply reply = await new Ike.IkeClient(context.Bus).ListPhase1Async(
            new ListPhase1Request { Peer = context.Arguments.Text("peer") ?? string.Empty }, cancellationToken: context.Cancellation);
        // One line for each peer, whatever SAs there are while one replaces another.
        context.Output.Write(UserLayout.ActivePeers(
            reply.Sas.Where(sa => sa.Up).GroupBy(sa => (sa.RemoteAddress, sa.RemotePort, sa.PeerIdentity, sa.User)).Select(g => g.Last())));
        return 0;
    }

    private static async Task<int> Users(CommandContext context)
    {
        Ike.IkeClient ike = new(context.Bus);
        ListPhase1Reply phase1 = await ike.ListPhase1Async(new ListPhase1Request(), cancellationToken: context.Cancellation);
        ListPhase2Reply phase2 = await ike.ListPhase2Async(new ListPhase2Request(), cancellationToken: context.Cancellation);
        context.Output.Write(UserLayout.Users(phase1.Sas.Where(sa => sa.Up && !sa.Initiator && sa.User.Length > 0), phase2.Sas));
        return 0;
    }

    private static async Task<int> Servers(CommandContext context)
    {
        context.Output.Write(UserLayout.Servers((await Ask(context)).Servers));
        return 0;
    }

    private static async Task<int> Statistics(CommandContext context)
    {
        context.Output.Write(UserLayout.Statistics((await Ask(context)).Servers));
        return 0;
    }

    private static async Task<GetStatisticsReply> Ask(CommandContext context) =>
        await new Radius.RadiusClient(context.Bus).GetStatisticsAsync(new GetStatisticsRequest(), cancellationToken: context.Cancellation);

    private static async Task<int> Pools(CommandContext context)
    {
        ListAddressPoolsReply reply = await new Ike.IkeClient(context.Bus).ListAddressPoolsAsync(
            new ListAddressPoolsRequest { Name = context.Arguments.Text("pool-name") ?? string.Empty }, cancellationToken: context.Cancellation);
        context.Output.Write(UserLayout.Pools(reply.Pools));
        return 0;
    }
}
