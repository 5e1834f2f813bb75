using System.Threading.Channels;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using RouterOS.Core.Strands;
using RouterOS.Core.Supervision;
using RouterOS.Proto.Module.V1;

namespace RouterOS.Core.Tables;

/// <summary>The routing engine's end of one module: programs it, exchanges control packets, watches events, and comes back after a loss.</summary>
/// <remarks>Everything runs on the strand. A hung module is found by the channel's keepalive, which breaks the streams.</remarks>
public sealed class ModuleClient : IAsyncDisposable
{
    private const int InjectQueue = 4096;

    // What waits leaves together: a system call and a wake-up for each message would cost more than the message.
    private static readonly WriteOptions s_moreFollows = new(WriteFlags.BufferHint);
    private static readonly TimeSpan s_firstDelay = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromSeconds(1);

    private readonly Module.ModuleClient _client;
    private readonly ModuleJournal _journal;
    private readonly Strand _strand;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Channel<InjectPacket>? _injects;
    private bool _started;

    /// <summary>Makes the client of one module; <see cref="Start"/> begins.</summary>
    public ModuleClient(CallInvoker invoker, ModuleJournal journal, Strand strand, TimeProvider time, ILogger log)
    {
        _client = new(invoker);
        _journal = journal;
        _strand = strand;
        _time = time;
        _log = log;
    }

    /// <summary>Raised when the module answers and its streams are open; everything is being sent to it.</summary>
    public event Action<ModuleDescription>? Attached;

    /// <summary>Raised when the module is lost, with the reason.</summary>
    public event Action<string>? Detached;

    /// <summary>Raised for every event of the module.</summary>
    public event Action<ModuleEvent>? Happened;

    /// <summary>Raised for every punted packet.</summary>
    public event Action<PuntPacket>? Punted;

    /// <summary>The module's name in the chassis.</summary>
    public string Name => _journal.Name;

    /// <summary>The module as it described itself when it attached; null while it is lost.</summary>
    public ModuleDescription? Description { get; private set; }

    /// <summary>Injected packets that were lost because the module was not attached or too slow.</summary>
    public long InjectsLost { get; private set; }

    /// <summary>Begins to attach, and to re-attach whenever the module is lost.</summary>
    public void Start()
    {
        _started = true;
        _strand.Run(Run);
    }

    /// <summary>Closes the streams; what the module has stays in force.</summary>
    public async ValueTask DisposeAsync()
    {
        // Cancelled on the strand, where everything that reacts to it lives.
        _strand.Post(_stopping.Cancel);
        if (_started)
        {
            await _stopped.Task;
        }

        _stopping.Dispose();
    }

    /// <summary>Sends a control packet; on the strand only.</summary>
    public void Inject(InjectPacket packet)
    {
        if (_injects is null || !_injects.Writer.TryWrite(packet))
        {
            InjectsLost++;
        }
    }

    /// <summary>Reads run-time rows of a table.</summary>
    public async Task<List<Row>> Snapshot(string table, string key, CancellationToken cancellation = default)
    {
        List<Row> rows = [];
        using AsyncServerStreamingCall<SnapshotReply> call = _client.Snapshot(new() { Table = table, Key = key }, cancellationToken: cancellation);
        while (await call.ResponseStream.MoveNext(cancellation))
        {
            rows.AddRange(call.ResponseStream.Current.Rows);
        }

        return rows;
    }

    /// <summary>Asks the module what it is now.</summary>
    public async Task<ModuleDescription> Describe(CancellationToken cancellation = default) =>
        await _client.GetModuleAsync(new(), cancellationToken: cancellation);

    private async Task Run()
    {
        TimeSpan delay = s_firstDelay;
        ulong epoch = 0;
        while (!_stopping.IsCancellationRequested)
        {
            string reason;
            try
            {
                ModuleDescription description = await _client.GetModuleAsync(new(), cancellationToken: _stopping.Token);
                delay = s_firstDelay;
                if (epoch != 0 && epoch != description.Epoch)
                {
                    _log.ModuleRestarted(Name);
                }

                epoch = description.Epoch;
                reason = await Serve(description);
            }
            catch (RpcException e)
            {
                reason = e.Status.Detail;
            }
            catch (OperationCanceledException)
            {
                break;
            }

            if (_stopping.IsCancellationRequested)
            {
                break;
            }

            _log.ModuleSilent(Name, reason);
            try
            {
                await Task.Delay(delay, _time, _stopping.Token);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            delay = delay * 2 < s_longestDelay ? delay * 2 : s_longestDelay;
        }

        _stopped.SetResult();
    }

    private async Task<string> Serve(ModuleDescription description)
    {
        using CancellationTokenSource session = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        using AsyncDuplexStreamingCall<ProgramRequest, ProgramReply> program = _client.Program(cancellationToken: session.Token);
        using AsyncDuplexStreamingCall<InjectPacket, PuntPacket> packets = _client.Packets(cancellationToken: session.Token);
        using AsyncServerStreamingCall<ModuleEvent> events = _client.WatchEvents(new(), cancellationToken: session.Token);
        Channel<InjectPacket> injects = Channel.CreateBounded<InjectPacket>(
            new BoundedChannelOptions(InjectQueue) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        Channel<bool> pending = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
        void Wake() => pending.Writer.TryWrite(true);

        string reason;
        _journal.Pending += Wake;
        try
        {
            _injects = injects;
            _journal.Attach();
            Description = description;
            _log.ModuleAttached(Name, description.Epoch);
            Attached?.Invoke(description);

            Task[] streams =
            [
                SendRows(program.RequestStream, pending.Reader, session.Token),
                Read(program.ResponseStream, _journal.Accept, session.Token),
                SendPackets(packets.RequestStream, injects.Reader, session.Token),
                Read(packets.ResponseStream, packet => Punted?.Invoke(packet), session.Token),
                Read(events.ResponseStream, happened => Happened?.Invoke(happened), session.Token),
            ];
            Task first = await Task.WhenAny(streams);
            reason = Reason(first);
            session.Cancel();
            foreach (Task stream in streams)
            {
                // Each ends by the cancellation; the first one's reason is the one that counts.
                await stream.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            _journal.Pending -= Wake;
            _injects = null;
            Description = null;
            _journal.Detach();
        }

        if (!_stopping.IsCancellationRequested)
        {
            _log.ModuleLost(Name, reason);
        }

        Detached?.Invoke(reason);
        return reason;
    }

    private async Task SendRows(IClientStreamWriter<ProgramRequest> requests, ChannelReader<bool> pending, CancellationToken cancellation)
    {
        do
        {
            while (_journal.TryTake(out ProgramRequest? request))
            {
                requests.WriteOptions = _journal.Waiting > 0 ? s_moreFollows : null;
                await requests.WriteAsync(request, cancellation);
            }

            if (_journal.IsOverrun)
            {
                throw new InvalidOperationException("it takes rows too slowly and is told everything anew");
            }
        }
        while (await pending.ReadAsync(cancellation));
    }

    private static async Task SendPackets(
        IClientStreamWriter<InjectPacket> packets, ChannelReader<InjectPacket> injects, CancellationToken cancellation)
    {
        while (true)
        {
            InjectPacket packet = await injects.ReadAsync(cancellation);
            packets.WriteOptions = injects.TryPeek(out _) ? s_moreFollows : null;
            await packets.WriteAsync(packet, cancellation);
        }
    }

    private static async Task Read<T>(IAsyncStreamReader<T> stream, Action<T> take, CancellationToken cancellation)
    {
        while (await stream.MoveNext(cancellation))
        {
            take(stream.Current);
        }
    }

    private static string Reason(Task ended) => ended.Exception?.InnerException switch
    {
        RpcException e => e.Status.Detail,
        { } e => e.Message,
        null => "the module closed the stream",
    };
}
