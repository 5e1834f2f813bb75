using RouterOS.Erx.Layouts;
using RouterOS.Erx.Statements;
using RouterOS.Proto.Aaa.V1;
using RouterOS.Sdk.Cli;

namespace RouterOS.Erx.Commands;

/// <summary>Users and their addresses: <c>show ip local pool</c>, <c>show subscribers</c>.</summary>
internal static class UserCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> All { get; } =
    [
        new("show ip local", "Show local address pools"),
        new OperationalCommand("show ip local pool", "Show local address pools", ShowPools).With(
            CommandOption.Argument("name", "One pool", ErxValues.ObjectName("poolName", 31))),
        new("show subscribers", "Show users that are here", ShowUsers),
    ];

    private static async Task<int> ShowPools(CommandContext context)
    {
        ListPoolsReply reply = await new Aaa.AaaClient(context.Bus).ListPoolsAsync(
            new ListPoolsRequest { Name = context.Arguments.Text("name") ?? string.Empty }, cancellationToken: context.Cancellation);
        context.Output.Write(PoolLayout.Text(reply.Pools.Where(
            p => p.VirtualRouter == (context.Instance.Length == 0 ? ErxStatements.DefaultRouter : context.Instance))));
        return 0;
    }

    private static async Task<int> ShowUsers(CommandContext context)
    {
        ListUsersReply reply = await new Aaa.AaaClient(context.Bus).ListUsersAsync(new ListUsersRequest(), cancellationToken: context.Cancellation);
        context.Output.Write(PoolLayout.Users(reply.Sessions));
        return 0;
    }
}
