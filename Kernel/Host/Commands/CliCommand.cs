using System.CommandLine;
using Grpc.Core;
using RouterOS.Host.Composition;
using RouterOS.Host.Terminal;
using RouterOS.Proto.Sockets;

namespace RouterOS.Host.Commands;

/// <summary><c>routeros cli</c>: attaches to a running chassis.</summary>
internal static class CliCommand
{
    public static Command Create()
    {
        Option<string?> socket = CommonOptions.Socket();
        Option<string[]> commands = new("--command", "-c")
        {
            Description = "Run this command and end; may be given several times. Without it, commands come from the terminal or from standard input.",
            HelpName = "COMMAND",
        };
        Command command = new("cli", "Attach to the command line of a running chassis.") { socket, commands };
        command.SetAction((parsed, stop) => CommonOptions.Guard(() => Run(parsed.GetValue(socket) ?? StatePaths.DefaultSocket, parsed.GetValue(commands) ?? [], stop)));
        return command;
    }

    private static async Task<int> Run(string socket, string[] commands, CancellationToken stop)
    {
        if (!File.Exists(socket))
        {
            throw new RefusedException($"no chassis answers on {socket}; start one with `routeros run`, or name its socket with --socket");
        }

        using Grpc.Net.Client.GrpcChannel channel = UnixChannel.Create(socket);
        CallInvoker invoker = channel.CreateCallInvoker();
        return commands.Length > 0
            ? await CliBatch.RunAsync(invoker, Environment.UserName, commands, Console.Out, Console.Error, stop)
            : ConsoleTerminal.IsPossible
                ? await Interactive(invoker, stop)
                : await CliBatch.RunAsync(invoker, Environment.UserName, Console.In, Console.Out, Console.Error, stop);
    }

    /// <summary>The command line on this terminal.</summary>
    public static async Task<int> Interactive(CallInvoker invoker, CancellationToken stop)
    {
        using ConsoleTerminal terminal = new();
        return await CliTerminal.RunAsync(invoker, Environment.UserName, terminal, TimeProvider.System, stop);
    }
}
