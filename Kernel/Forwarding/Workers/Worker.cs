using System.Collections.Concurrent;
using RouterOS.Abstractions.Ports;
using RouterOS.Forwarding.Graphs;
using RouterOS.Forwarding.Local;
using RouterOS.Forwarding.Nodes;
using RouterOS.Forwarding.Plane;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Workers;

/// <summary>Runs a graph to completion on one thread: ports, nodes, timers, and actions that other threads post.</summary>
/// <remarks>
/// <see cref="RunOnce"/> is one round; a simulation calls it, a real module calls <see cref="Run"/> on a thread of its own. Everything
/// else but <see cref="Post(Action)"/> and <see cref="Wake"/> belongs to that thread.
/// </remarks>
public sealed class Worker : WorkerServices, IDisposable
{
    private const int SpinMicroseconds = 20;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long NanosecondsPerMillisecond = 1_000_000;
    private const int EventFlushMilliseconds = 250;

    // Rows and other posted work may hold up packets for so long at a time; what is left waits for the next round.
    private const int PostedMicroseconds = 200;

    private readonly TimeProvider _time;
    private readonly ConcurrentQueue<WorkerTask> _posted = new();
    private readonly WorkerTimers _timers = new();
    private readonly EventMerger _events;
    private readonly PuntPolicer? _punt;
    private readonly PuntChannels _channels;
    private readonly GracePeriod _grace;
    private readonly (IPort Port, ushort Number, int Queue)[] _ports;
    private readonly nint[] _received = new nint[Graph.BatchPackets];
    private readonly List<Action> _atEndOfRound = [];
    private bool _inputWaits;
    private Graph? _graph;
    private HandOffs? _handOffs;
    private WorkerSignal? _signal;
    private int _input;
    private long _now;
    private int _sleeping;
    private int _woken;

    internal Worker(
        (int Number, int Workers) place,
        TimeProvider time,
        PacketPools pools,
        IReadOnlyList<PlanePort> ports,
        PuntPolicer? punt,
        PlaneShared shared,
        Action<ModuleNotice> deliverEvent)
    {
        (Number, Workers) = place;
        _time = time;
        Pools = pools;
        _punt = punt;
        _channels = shared.Channels;
        _grace = shared.Fibs.Grace;
        _events = new EventMerger(deliverEvent);
        _now = ReadClock();
        _ports =
        [
            .. ports.Select((port, number) => (port.Port, (ushort)number, Queue: PortQueues.QueueOf(port.Port, number, this)))
                .Where(port => port.Queue >= 0),
        ];
        foreach ((IPort port, _, int queue) in _ports)
        {
            port.SetWakeUp(queue, Wake);
        }

        Every(EventFlushMilliseconds, () => _events.Flush(_now));
    }

    /// <inheritdoc/>
    public override int Number { get; }

    /// <inheritdoc/>
    public override int Workers { get; }

    /// <inheritdoc/>
    public override PacketPools Pools { get; }

    /// <inheritdoc/>
    public override long NowNanoseconds => _now;

    /// <summary>When the next periodic action is due, on the clock of <see cref="NowNanoseconds"/>: a simulation advances to it.</summary>
    public long NextTimerNanoseconds => _timers.NextDue;

    /// <summary>The graph that the worker runs.</summary>
    public Graph Graph => _graph ?? throw new InvalidOperationException("The graph is not built yet.");

    /// <inheritdoc/>
    public override void Enqueue(int node, nint packet) => _graph!.Enqueue(node, packet);

    /// <inheritdoc/>
    public override void Enqueue(int node, ReadOnlySpan<nint> packets) => _graph!.Enqueue(node, packets);

    /// <inheritdoc/>
    public override int NodeIndex(string name) => Graph.IndexOf(name);

    /// <inheritdoc/>
    public override void Punt(string channel, nint packet) => Punt(channel, packet, 0);

    /// <inheritdoc/>
    public override void Punt(string channel, nint packet, ulong flow)
    {
        if (_punt is null)
        {
            PacketBuffer.At(packet).IcmpReply = _channels.NumberOf(channel);
            PacketBuffer.At(packet).PuntFlow = flow;
            HandOff(0, NodeIndex(PuntNode.NodeName), packet);
            return;
        }

        _punt.Offer(_now, channel, ref PacketBuffer.At(packet), flow);
        Pools.Return(packet);
    }

    /// <inheritdoc/>
    public override void RaiseEvent(string table, string key, string name) => _events.Raise(_now, table, key, name);

    /// <inheritdoc/>
    public override void Free(nint packet) => Pools.Return(packet);

    /// <inheritdoc/>
    public override bool InputWaits => _inputWaits;

    /// <inheritdoc/>
    public override void AtEndOfRound(Action action) => _atEndOfRound.Add(action);

    /// <inheritdoc/>
    public override void HandOff(int worker, int node, nint packet)
    {
        if (worker == Number)
        {
            Enqueue(node, packet);
        }
        else
        {
            _handOffs!.Send(worker, node, packet);
        }
    }

    /// <inheritdoc/>
    public override void Every(int milliseconds, Action action) => _timers.Add(_now, milliseconds, action);

    /// <summary>Runs an action on the worker's thread, between batches. Any thread.</summary>
    public void Post(Action action) => Post(WorkerTask.Of(action));

    /// <summary>Ends the worker's sleep, if it sleeps. Any thread.</summary>
    public void Wake()
    {
        Interlocked.Exchange(ref _woken, 1);
        if (Volatile.Read(ref _sleeping) == 1)
        {
            _signal?.Wake();
        }
    }

    /// <summary>One round: posted work, timers, one batch from every port and every other worker, and the graph until it is empty.</summary>
    /// <returns>True when there was something to do.</returns>
    public bool RunOnce()
    {
        _grace.Enter(Number);
        // A full fence: what was enqueued before the last Wake is seen by the look at the ports below, and shared tables as they are.
        Interlocked.Exchange(ref _woken, 0);
        _now = ReadClock();
        bool busy = RunPosted();
        busy |= _timers.Run(_now);
        busy |= Receive();
        busy |= RunGraph();
        _grace.Leave(Number);
        return busy;
    }

    /// <summary>Runs rounds until <paramref name="stop"/>; sleeps in poll(2) when there is nothing to do.</summary>
    public void Run(CancellationToken stop)
    {
        using var signal = new WorkerSignal([.. _ports.Select(port => port.Port.PollDescriptorOf(port.Queue))]);
        _signal = signal;
        try
        {
            using CancellationTokenRegistration registration = stop.Register(Wake);
            Loop(signal, stop);
        }
        finally
        {
            _signal = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((IPort port, _, int queue) in _ports)
        {
            port.SetWakeUp(queue, null);
        }
    }

    /// <summary>True when packets from other workers wait. Any thread.</summary>
    internal bool HasHandOffs => _handOffs is { HasWaiting: true };

    internal void Post(WorkerTask task)
    {
        _posted.Enqueue(task);
        Wake();
    }

    internal void Attach(Graph graph, HandOffs? handOffs)
    {
        _graph = graph;
        _handOffs = handOffs;
        _input = graph.IndexOf(Arcs.Input);
        graph.OnFault = (node, _) => RaiseEvent("node", node.Name, "fault");
    }

    private void Loop(WorkerSignal signal, CancellationToken stop)
    {
        long idleSince = -1;
        bool portsReady = false;
        while (!stop.IsCancellationRequested)
        {
            if (RunOnce())
            {
                idleSince = -1;
                portsReady = false;
                continue;
            }

            long ticks = _time.GetTimestamp();
            idleSince = idleSince < 0 ? ticks : idleSince;
            if (_time.GetElapsedTime(idleSince, ticks).TotalMicroseconds < SpinMicroseconds)
            {
                Thread.SpinWait(8);
                continue;
            }

            // A port that poll(2) calls ready although nothing can be received (an error state, or no free buffer) must not turn
            // the sleep into a busy loop: for a millisecond only timers and Wake end it.
            portsReady = Sleep(signal, portsReady);
        }
    }

    private bool Sleep(WorkerSignal signal, bool fruitless)
    {
        bool portsReady = false;
        // Set before looking at _woken: whoever wakes us after that look sees that we sleep.
        Interlocked.Exchange(ref _sleeping, 1);
        if (Volatile.Read(ref _woken) == 0)
        {
            portsReady = signal.Sleep(fruitless ? 1 : SleepMilliseconds(), withPorts: !fruitless);
        }

        Volatile.Write(ref _sleeping, 0);
        return portsReady;
    }

    private int SleepMilliseconds()
    {
        long due = _timers.NextDue;
        if (due == long.MaxValue)
        {
            return -1;
        }

        long milliseconds = (Math.Max(0, due - ReadClock()) + NanosecondsPerMillisecond - 1) / NanosecondsPerMillisecond;
        return (int)Math.Min(milliseconds, int.MaxValue);
    }

    private bool RunPosted()
    {
        if (_posted.IsEmpty)
        {
            return false;
        }

        // Bounded by what is there now, so that tasks that post again cannot starve the ports, and by time.
        long start = _time.GetTimestamp();
        for (int left = _posted.Count; left > 0 && _posted.TryDequeue(out WorkerTask? task); left--)
        {
            task.Run(Number);
            if (_time.GetElapsedTime(start).TotalMicroseconds >= PostedMicroseconds)
            {
                break;
            }
        }

        return true;
    }

    private bool RunGraph()
    {
        bool any = false;
        do
        {
            any |= _graph!.Run() > 0;
            foreach (Action action in _atEndOfRound)
            {
                action();
            }
        }
        while (_graph.HasWaiting);

        _handOffs?.Publish();
        return any;
    }

    private bool Receive()
    {
        bool any = false;
        bool more = false;
        if (_handOffs is not null)
        {
            any = _handOffs.Receive(_graph!, _received, ref more);
        }

        foreach ((IPort port, ushort number, int queue) in _ports)
        {
            int count = port.Receive(queue, _received, Pools);
            for (int p = 0; p < count; p++)
            {
                PacketBuffer.At(_received[p]).Port = number;
            }

            if (count > 0)
            {
                _graph!.Enqueue(_input, _received.AsSpan(0, count));
            }

            any |= count > 0;
            more |= count == _received.Length;
        }

        _inputWaits = more;
        return any;
    }

    private long ReadClock()
    {
        long ticks = _time.GetTimestamp();
        long frequency = _time.TimestampFrequency;
        return frequency == NanosecondsPerSecond ? ticks : (long)((Int128)ticks * NanosecondsPerSecond / frequency);
    }
}
