using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using Grpc.Core;
using RouterOS.Proto.Cli.V1;

namespace RouterOS.Core.Cli;

/// <summary>The command line over gRPC.</summary>
public sealed class CliService(CliEngine engine) : RouterOS.Proto.Cli.V1.Cli.CliBase
{
    private const int MaximumSessions = 128;
    private const int MaximumLine = 64 * 1024;
    private const int LongestUser = 32;

    // Output is sent in pieces of about this size: fewer messages for long output, no delay for short.
    private const int PieceLength = 16 * 1024;

    private readonly ConcurrentDictionary<string, ICliSession> _sessions = new(StringComparer.Ordinal);
    private long _uses;

    /// <inheritdoc/>
    public override Task<OpenReply> Open(OpenRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        MakeRoom();
        string user = new([.. request.User.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.').Take(LongestUser)]);
        ICliSession session = engine.Open(user.Length > 0 ? user : "user", (int)Math.Min(request.Columns, 1000));
        session.LastUsed = Interlocked.Increment(ref _uses);
        string id = Guid.NewGuid().ToString("n");
        _sessions[id] = session;
        engine.Log.SessionOpened(user);
        return Task.FromResult(new OpenReply { Session = id, Prompt = session.Prompt });
    }

    /// <inheritdoc/>
    public override async Task Execute(ExecuteRequest request, IServerStreamWriter<ExecuteReply> responseStream, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(responseStream);
        ArgumentNullException.ThrowIfNull(context);
        ICliSession session = Find(request.Session);
        if (request.Line.Length > MaximumLine || request.Line.AsSpan().IndexOfAny('\n', '\r') >= 0)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"a line of at most {MaximumLine} characters is expected"));
        }

        Channel<string> lines = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
        Task<CliOutcome> running = Finish(
            session.Execute(request.Line, request.TerminalInput, line => lines.Writer.TryWrite(line), context.CancellationToken), lines.Writer);
        StringBuilder piece = new();
        while (await lines.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (lines.Reader.TryRead(out string? line))
            {
                piece.Append(line).Append('\n');
                if (piece.Length >= PieceLength)
                {
                    await Send(piece, responseStream, context);
                }
            }

            await Send(piece, responseStream, context);
        }

        CliOutcome outcome = await running;
        if (outcome.Closed)
        {
            _sessions.TryRemove(request.Session, out _);
        }

        await responseStream.WriteAsync(new ExecuteReply
        {
            Done = new Done
            {
                Status = outcome.Status,
                Prompt = session.Prompt,
                Closed = outcome.Closed,
                WantsInput = outcome.WantsInput,
            },
        });
    }

    /// <inheritdoc/>
    public override Task<CompleteReply> Complete(CompleteRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ICliSession session = Find(request.Session);
        CompleteReply reply = new();
        if (request.Line.Length <= MaximumLine)
        {
            IReadOnlyList<CompletionItem> items = session.Complete(request.Line, out string partial);
            reply.Replace = (uint)Encoding.UTF8.GetByteCount(partial);
            reply.Candidates.AddRange(items.Select(i => new Candidate
            {
                Text = i.Text,
                Help = request.Help ? i.Help : string.Empty,
                Literal = i.Literal,
                Mark = i.Mark,
            }));
        }

        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override Task<CloseReply> Close(CloseRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        _sessions.TryRemove(request.Session, out _);
        return Task.FromResult(new CloseReply());
    }

    // When the client is gone, the rest is not sent; the command sees the same cancellation.
    private static async Task Send(StringBuilder piece, IServerStreamWriter<ExecuteReply> stream, ServerCallContext context)
    {
        if (piece.Length > 0 && !context.CancellationToken.IsCancellationRequested)
        {
            await stream.WriteAsync(new ExecuteReply { Text = piece.ToString() });
        }

        piece.Clear();
    }

    private static async Task<CliOutcome> Finish(Task<CliOutcome> command, ChannelWriter<string> lines)
    {
        try
        {
            return await command;
        }
        finally
        {
            lines.TryComplete();
        }
    }

    private ICliSession Find(string id)
    {
        ICliSession session = _sessions.GetValueOrDefault(id)
            ?? throw new RpcException(new Status(StatusCode.NotFound, "there is no such session: open one"));
        session.LastUsed = Interlocked.Increment(ref _uses);
        return session;
    }

    // Clients that died left their sessions behind: the one that was not used for longest goes.
    private void MakeRoom()
    {
        while (_sessions.Count >= MaximumSessions)
        {
            _sessions.TryRemove(_sessions.MinBy(s => s.Value.LastUsed).Key, out _);
        }
    }
}
