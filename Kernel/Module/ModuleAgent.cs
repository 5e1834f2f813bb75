using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Plane;
using RouterOS.Proto.Module.V1;

namespace RouterOS.Module;

/// <summary>A module's endpoint: the service that the routing engine programs, over a data plane of its own.</summary>
/// <remarks>Streams may run on any thread; the data plane is reached by posts only. One stream of each kind counts: the newest.</remarks>
public sealed class ModuleAgent : Proto.Module.V1.Module.ModuleBase
{
    // Control packets that wait for the routing engine. More is a flood that policing let through: dropped and counted.
    private const int PuntQueue = 4096;

    // Rows of one reply: well below the 4 MiB that every gRPC client takes.
    private const int SnapshotRows = 4096;

    private static readonly WriteOptions s_moreFollows = new(WriteFlags.BufferHint);

    private readonly ModuleIdentity _identity;
    private readonly IModulePlane _plane;
    private readonly ModuleRows _rows;
    private readonly EventQueue _events = new();
    private readonly Lock _gate = new();
    private Channel<PuntPacket>? _punts;
    private CancellationTokenSource? _watcher;
    private long _puntsLost;

    /// <summary>Makes the endpoint of a data plane.</summary>
    public ModuleAgent(ModuleIdentity identity, IModulePlane plane)
    {
        ArgumentNullException.ThrowIfNull(plane);
        _identity = identity;
        _plane = plane;
        _rows = new(plane);
        plane.Punted = Punt;
        plane.Happened = _events.Add;
    }

    /// <summary>Punted packets that were lost because the routing engine was away or too slow.</summary>
    public long PuntsLost => Interlocked.Read(ref _puntsLost);

    /// <summary>Events that were lost because too many waited.</summary>
    public long EventsLost => _events.Lost;

    /// <inheritdoc/>
    public override Task<ModuleDescription> GetModule(GetModuleRequest request, ServerCallContext context)
    {
        ModuleDescription description = new()
        {
            Name = _identity.Name,
            Epoch = _identity.Epoch,
            ProcessId = Environment.ProcessId,
            HeapBytes = (ulong)GC.GetTotalMemory(false),
            ResidentBytes = (ulong)Environment.WorkingSet,
            StartedUnixSeconds = _identity.Started.ToUnixTimeSeconds(),
        };
        description.CryptoEngines.Add(_identity.CryptoEngines);
        description.Packages.Add(_identity.Packages);
        description.Alarms.Add(_identity.Alarms);
        description.Alarms.Add(_identity.CryptoAlarms());
        description.CryptoUses.Add(_identity.CryptoUses());
        if (PuntsLost > 0)
        {
            description.Alarms.Add($"{PuntsLost} punted packets were lost because the routing engine did not take them.");
        }

        return Task.FromResult(description);
    }

    /// <inheritdoc/>
    public override async Task Program(
        IAsyncStreamReader<ProgramRequest> requestStream, IServerStreamWriter<ProgramReply> responseStream, ServerCallContext context)
    {
        using CancellationTokenSource superseded = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        Channel<ProgramReply> replies = Channel.CreateUnbounded<ProgramReply>(new() { SingleReader = true });
        ProgramSession session = _rows.Attach(
            reply => replies.Writer.TryWrite(reply),
            () =>
            {
                replies.Writer.TryComplete();
                Cancel(superseded);
            });
        Task sending = Send(replies.Reader, responseStream, superseded.Token);
        try
        {
            while (await requestStream.MoveNext(superseded.Token))
            {
                _rows.Take(session, requestStream.Current);
                await ModuleRows.Room(session);
            }
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new(StatusCode.Aborted, "Another routing engine has attached."));
        }
        finally
        {
            replies.Writer.TryComplete();
            await sending.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public override async Task Packets(
        IAsyncStreamReader<InjectPacket> requestStream, IServerStreamWriter<PuntPacket> responseStream, ServerCallContext context)
    {
        Channel<PuntPacket> punts = Channel.CreateBounded<PuntPacket>(
            new BoundedChannelOptions(PuntQueue) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        Interlocked.Exchange(ref _punts, punts)?.Writer.TryComplete();
        Task sending = Send(punts.Reader, responseStream, context.CancellationToken);
        try
        {
            while (await requestStream.MoveNext(context.CancellationToken))
            {
                _plane.Inject(requestStream.Current);
            }
        }
        finally
        {
            Interlocked.CompareExchange(ref _punts, null, punts);
            punts.Writer.TryComplete();
            await sending.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public override async Task WatchEvents(
        WatchEventsRequest request, IServerStreamWriter<ModuleEvent> responseStream, ServerCallContext context)
    {
        using CancellationTokenSource superseded = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        Channel<bool> arrivals = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
        CancellationTokenSource? before;
        lock (_gate)
        {
            before = _watcher;
            _watcher = superseded;
            _events.Watch(() => arrivals.Writer.TryWrite(true));
        }

        if (before is not null)
        {
            Cancel(before);
        }

        try
        {
            do
            {
                while (!superseded.IsCancellationRequested && _events.TryTake(out ModuleEvent? happened))
                {
                    await responseStream.WriteAsync(happened, superseded.Token);
                }
            }
            while (await arrivals.Reader.ReadAsync(superseded.Token));
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new(StatusCode.Aborted, "Another routing engine watches."));
        }
        finally
        {
            lock (_gate)
            {
                if (_watcher == superseded)
                {
                    _watcher = null;
                    _events.Watch(null);
                }
            }
        }
    }

    /// <inheritdoc/>
    public override async Task Snapshot(
        SnapshotRequest request, IServerStreamWriter<SnapshotReply> responseStream, ServerCallContext context)
    {
        TaskCompletionSource<IReadOnlyList<SnapshotRow>?> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _plane.Snapshot(request.Table, request.Key, (rows, known) => done.TrySetResult(known ? rows : null));

        // Not WaitAsync: it would continue on the thread pool, and in simulation there is one thread.
        using CancellationTokenRegistration cancelled = context.CancellationToken.Register(() => done.TrySetCanceled());
        IReadOnlyList<SnapshotRow> all = await done.Task
            ?? throw new RpcException(new(StatusCode.NotFound, $"No table {request.Table} has run-time rows."));
        foreach (SnapshotRow[] rows in all.Chunk(SnapshotRows))
        {
            SnapshotReply reply = new();
            reply.Rows.Add(rows.Select(row => new Row
            {
                Table = request.Table, Key = row.Key, Value = UnsafeByteOperations.UnsafeWrap(row.Value),
            }));
            await responseStream.WriteAsync(reply, context.CancellationToken);
        }
    }

    private static async Task Send<T>(ChannelReader<T> queue, IServerStreamWriter<T> stream, CancellationToken cancellation)
    {
        while (await queue.WaitToReadAsync(cancellation))
        {
            while (queue.TryRead(out T? message))
            {
                // What waits leaves together: a system call and a wake-up for each message would cost more than the message.
                stream.WriteOptions = queue.TryPeek(out _) ? s_moreFollows : null;
                await stream.WriteAsync(message, cancellation);
            }
        }
    }

    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The stream has just ended by itself.
        }
    }

    private void Punt(PuntPacket packet)
    {
        // Copies for captures leave room for what negotiations need.
        if (packet.Channel == PacketTap.Channel && Volatile.Read(ref _punts)?.Reader.Count is null or > PuntQueue / 2)
        {
            return;
        }

        if (Volatile.Read(ref _punts)?.Writer.TryWrite(packet) != true)
        {
            Interlocked.Increment(ref _puntsLost);
        }
    }
}
