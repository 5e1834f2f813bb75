using Grpc.Core;
using RouterOS.Proto.Cli.V1;

namespace RouterOS.Host.Terminal;

/// <summary>The command line at a terminal: editing, completion, help, paging, Ctrl-C.</summary>
internal sealed class CliTerminal
{
    // How often a running command looks for Ctrl-C. A key and not a signal, so that a host in the same process does not stop.
    private static readonly TimeSpan s_keyInterval = TimeSpan.FromMilliseconds(50);

    private readonly ITerminal _terminal;
    private readonly CliConnection _connection;
    private readonly LineEditor _editor;
    private readonly TimeProvider _time;

    private CliTerminal(ITerminal terminal, CliConnection connection, TimeProvider time)
    {
        (_terminal, _connection, _time) = (terminal, connection, time);
        _editor = new LineEditor(terminal, new LineHistory());
    }

    /// <summary>Runs a session until the operator leaves; returns 0, or 3 when there is no router.</summary>
    /// <param name="invoker">Reaches the router.</param>
    /// <param name="user">Name in the prompt.</param>
    /// <param name="terminal">The terminal.</param>
    /// <param name="time">Paces the look for Ctrl-C.</param>
    /// <param name="cancellation">Ends the session from outside, between lines.</param>
    public static async Task<int> RunAsync(
        CallInvoker invoker, string user, ITerminal terminal, TimeProvider time, CancellationToken cancellation)
    {
        CliConnection connection = new(invoker, user, (uint)terminal.Columns);
        try
        {
            await connection.OpenAsync(cancellation);
        }
        catch (RpcException e)
        {
            terminal.Write($"error: the router does not answer: {e.Status.Detail}\r\n");
            return ExitCodes.Refused;
        }

        await new CliTerminal(terminal, connection, time).Loop(cancellation);
        await connection.CloseAsync();
        return ExitCodes.Success;
    }

    private async Task Loop(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            string prompt = _connection.Prompt;
            int last = prompt.LastIndexOf('\n') + 1;
            _terminal.Write(prompt[..last].Replace("\n", "\r\n", StringComparison.Ordinal));
            LineResult line = await _editor.ReadAsync(prompt[last..], Complete);
            if (line.Ending == LineEnding.Interrupted)
            {
                continue;
            }

            // Ctrl-D leaves one mode at a time, as 'exit' does.
            string command = line.Ending == LineEnding.EndOfInput ? "exit" : line.Text;
            if (command.Trim().Length > 0 && await Run(command, string.Empty) is { Closed: true })
            {
                return;
            }
        }
    }

    private async Task<Done?> Run(string line, string input)
    {
        using CancellationTokenSource interrupt = new();
        using CancellationTokenSource ended = new();
        bool paging = !line.Split('|').Skip(1).Any(p => p.TrimStart().StartsWith("no-", StringComparison.Ordinal));

        // The pager and the watch must not both read keys.
        SemaphoreSlim keys = new(1, 1);
        Pager pager = new(_terminal, _editor.ReadKey, paging);
        Task watching = Watch(keys, interrupt, ended.Token);
        Done? done = null;
        try
        {
            done = await _connection.ExecuteAsync(
                line,
                input,
                text =>
                {
                    keys.Wait();
                    try
                    {
                        return pager.Write(text);
                    }
                    finally
                    {
                        keys.Release();
                    }
                },
                interrupt.Token);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            _terminal.Write("The session was lost, a new one is open: enter the command again\r\n");
            await Reopen();
        }
        catch (RpcException e)
        {
            _terminal.Write($"error: the router does not answer: {e.Status.Detail}\r\n");
        }
        finally
        {
            await ended.CancelAsync();
            await watching;
            keys.Dispose();
        }

        return done is { WantsInput: true } ? await RunWithInput(line) : done;
    }

    private async Task<Done?> RunWithInput(string line)
    {
        List<string> lines = [];
        while (true)
        {
            LineResult next = await _editor.ReadAsync(string.Empty, null);
            if (next.Ending == LineEnding.Interrupted)
            {
                return null;
            }

            if (next.Ending == LineEnding.EndOfInput)
            {
                return lines.Count == 0 ? null : await Run(line, string.Join('\n', lines) + "\n");
            }

            lines.Add(next.Text);
        }
    }

    private async Task<CompleteReply> Complete(string line, bool help)
    {
        try
        {
            return await _connection.CompleteAsync(line, help, CancellationToken.None);
        }
        catch (RpcException)
        {
            return new CompleteReply();
        }
    }

    private async Task Reopen()
    {
        try
        {
            await _connection.OpenAsync(CancellationToken.None);
        }
        catch (RpcException e)
        {
            _terminal.Write($"error: the router does not answer: {e.Status.Detail}\r\n");
        }
    }

    private async Task Watch(SemaphoreSlim keys, CancellationTokenSource interrupt, CancellationToken ended)
    {
        try
        {
            while (!ended.IsCancellationRequested)
            {
                await Task.Delay(s_keyInterval, _time, ended);
                await keys.WaitAsync(ended);
                try
                {
                    Collect(interrupt);
                }
                finally
                {
                    keys.Release();
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The command has ended.
        }
    }

    private void Collect(CancellationTokenSource interrupt)
    {
        while (_terminal.KeyAvailable)
        {
            ConsoleKeyInfo key = _terminal.ReadKey();
            if (key.KeyChar == '\u0003' || (key.Key == ConsoleKey.C && key.Modifiers.HasFlag(ConsoleModifiers.Control)))
            {
                _terminal.Write("^C\r\n");
                interrupt.Cancel();
            }
            else
            {
                _editor.TypeAhead(key);
            }
        }
    }
}
