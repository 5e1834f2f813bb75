using Grpc.Core;
using RouterOS.Proto.Cli.V1;

namespace RouterOS.Host.Terminal;

/// <summary>One session of the router's command line.</summary>
internal sealed class CliConnection(CallInvoker invoker, string user, uint columns)
{
    private readonly Cli.CliClient _client = new(invoker);
    private string _session = string.Empty;

    /// <summary>What stands before the next line; banners above it, each on a line.</summary>
    public string Prompt { get; private set; } = string.Empty;

    /// <summary>Opens the session.</summary>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        OpenReply reply = await _client.OpenAsync(new OpenRequest { User = user, Columns = columns }, cancellationToken: cancellation);
        (_session, Prompt) = (reply.Session, reply.Prompt);
    }

    /// <summary>Runs a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="input">What the operator typed for it; empty for nothing.</param>
    /// <param name="write">Takes whole lines of output; false ends the command.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    /// <returns>How it ended; null when it was cancelled.</returns>
    public async Task<Done?> ExecuteAsync(string line, string input, Func<string, bool> write, CancellationToken cancellation)
    {
        ExecuteRequest request = new() { Session = _session, Line = line, TerminalInput = input };
        using AsyncServerStreamingCall<ExecuteReply> call = _client.Execute(request, cancellationToken: cancellation);
        try
        {
            while (await call.ResponseStream.MoveNext(cancellation))
            {
                ExecuteReply reply = call.ResponseStream.Current;
                if (reply.Text.Length > 0 && !write(reply.Text))
                {
                    return null;
                }

                if (reply.Done is { } done)
                {
                    Prompt = done.Prompt;
                    return done;
                }
            }
        }
        catch (Exception e) when (cancellation.IsCancellationRequested
            && e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            return null;
        }

        throw new RpcException(new Status(StatusCode.Unavailable, "the router ended the command without a result"));
    }

    /// <summary>Completes the line up to the cursor.</summary>
    public async Task<CompleteReply> CompleteAsync(string line, bool help, CancellationToken cancellation) =>
        await _client.CompleteAsync(new CompleteRequest { Session = _session, Line = line, Help = help }, cancellationToken: cancellation);

    /// <summary>Closes the session; a router that is gone has closed it.</summary>
    public async Task CloseAsync()
    {
        try
        {
            await _client.CloseAsync(new CloseRequest { Session = _session });
        }
        catch (RpcException)
        {
            // Nothing to close.
        }
    }
}
