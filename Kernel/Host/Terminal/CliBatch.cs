using Grpc.Core;
using RouterOS.Proto.Cli.V1;

namespace RouterOS.Host.Terminal;

/// <summary>Runs commands without a terminal: those of <c>-c</c>, or the lines of standard input.</summary>
internal static class CliBatch
{
    // Ends the text of 'load … terminal' within a script, as the key does at a terminal.
    private const string EndOfInput = "\u0004";

    /// <summary>Runs commands in one session and returns the worst status: 0 done, 1 failed, 2 not understood, 3 no router.</summary>
    public static Task<int> RunAsync(
        CallInvoker invoker, string user, IEnumerable<string> commands, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        IEnumerator<string> each = commands.GetEnumerator();
        return RunAsync(invoker, user, () => each.MoveNext() ? each.Current : null, hasInput: false, output, error, cancellation);
    }

    /// <summary>Runs the lines of a reader.</summary>
    public static Task<int> RunAsync(
        CallInvoker invoker, string user, TextReader commands, TextWriter output, TextWriter error, CancellationToken cancellation) =>
        RunAsync(invoker, user, commands.ReadLine, hasInput: true, output, error, cancellation);

    private static async Task<int> RunAsync(
        CallInvoker invoker, string user, Func<string?> next, bool hasInput, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        CliConnection connection = new(invoker, user, columns: 0);
        int worst = ExitCodes.Success;
        try
        {
            await connection.OpenAsync(cancellation);
            while (next() is { } line && !cancellation.IsCancellationRequested)
            {
                Done? done = await Execute(connection, line, string.Empty, output, cancellation);
                if (done is { WantsInput: true })
                {
                    string input = hasInput ? Rest(next) : string.Empty;
                    if (input.Length == 0)
                    {
                        await error.WriteLineAsync($"error: '{line}' needs text on standard input; load a file instead");
                        worst = Math.Max(worst, ExitCodes.Failed);
                        continue;
                    }

                    done = await Execute(connection, line, input, output, cancellation);
                }

                worst = Math.Max(worst, done?.Status ?? ExitCodes.Failed);
                if (done is { Closed: true })
                {
                    return worst;
                }
            }

            await connection.CloseAsync();
            return cancellation.IsCancellationRequested ? Math.Max(worst, ExitCodes.Failed) : worst;
        }
        catch (RpcException e)
        {
            await error.WriteLineAsync($"error: the router does not answer: {e.Status.Detail}");
            return ExitCodes.Refused;
        }
    }

    private static Task<Done?> Execute(
        CliConnection connection, string line, string input, TextWriter output, CancellationToken cancellation) =>
        connection.ExecuteAsync(
            line,
            input,
            text =>
            {
                output.Write(text);
                output.Flush();
                return true;
            },
            cancellation);

    private static string Rest(Func<string?> next)
    {
        List<string> lines = [];
        while (next() is { } line && line != EndOfInput)
        {
            lines.Add(line);
        }

        return lines.Count == 0 ? string.Empty : string.Join('\n', lines) + "\n";
    }
}
