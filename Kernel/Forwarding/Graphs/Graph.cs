using System.Diagnostics;
using System.Runtime.CompilerServices;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Graphs;

/// <summary>The forwarding graph of one worker: nodes, what their edges lead to, and the packets that wait for each.</summary>
/// <remarks>Owned by the worker's thread.</remarks>
public sealed class Graph
{
    /// <summary>Packets that a node gets at most at a time.</summary>
    public const int BatchPackets = 256;

    /// <summary>Faults that a graph survives; the next one is thrown on, so that the process is restarted.</summary>
    public const int MaximumFaults = 16;

    private const int PositionBits = 12;
    private const int PositionMask = (1 << PositionBits) - 1;

    private readonly GraphNode[] _nodes;
    private readonly uint[][] _targets;
    private readonly uint[][] _arcs;
    private readonly Dictionary<string, uint> _entries;
    private readonly uint _icmpError;
    private readonly PacketPools _pools;
    private readonly ForwardingTables? _tables;
    private readonly PacketQueue[] _queues;
    private readonly int[] _ready;
    private readonly bool[] _isReady;
    private readonly ulong[] _packets;
    private readonly ulong[] _batches;
    private readonly long[] _ticks;
    private readonly ushort[] _edges = new ushort[BatchPackets];
    private nint[] _spare = new nint[BatchPackets];
    private int _readyHead;
    private int _readyCount;

    internal Graph(
        GraphNode[] nodes,
        uint[][] targets,
        uint[][] arcs,
        Dictionary<string, uint> entries,
        uint icmpError,
        PacketPools pools,
        ForwardingTables? tables)
    {
        _nodes = nodes;
        _targets = targets;
        _arcs = arcs;
        _entries = entries;
        _icmpError = icmpError;
        _pools = pools;
        _tables = tables;
        _queues = [.. nodes.Select(_ => new PacketQueue())];
        _ready = new int[nodes.Length];
        _isReady = new bool[nodes.Length];
        _packets = new ulong[nodes.Length];
        _batches = new ulong[nodes.Length];
        _ticks = new long[nodes.Length];
    }

    /// <summary>The nodes by number.</summary>
    public IReadOnlyList<GraphNode> Nodes => _nodes;

    /// <summary>Batches in which a node threw: a bug of that node. The packets that it had not written an edge for are lost.</summary>
    public ulong Faults { get; private set; }

    /// <summary>Told about every fault: the node and what it threw.</summary>
    public Action<GraphNode, Exception>? OnFault { get; set; }

    /// <summary>True while packets wait for a node.</summary>
    public bool HasWaiting => _readyCount > 0;

    /// <summary>Packets that a node has handled.</summary>
    public ulong PacketsOf(int node) => _packets[node];

    /// <summary>Packets that went from where they came in to where they leave in the plain pass; the nodes that it stands for count them, too.</summary>
    public ulong PlainPackets { get; internal set; }

    /// <summary>True to measure the time of every batch; two reads of the clock for each.</summary>
    public bool MeasuresTime { get; set; }

    /// <summary>Nanoseconds that a node has spent while <see cref="MeasuresTime"/> was set.</summary>
    public double NanosecondsOf(int node) => _ticks[node] * (1e9 / Stopwatch.Frequency);

    /// <summary>Batches that a node has handled.</summary>
    public ulong BatchesOf(int node) => _batches[node];

    /// <summary>Number of a node or arc for <see cref="Enqueue(int, nint)"/>.</summary>
    /// <exception cref="GraphException">There is none of this name.</exception>
    public int IndexOf(string name) => _entries.TryGetValue(name, out uint target)
        ? (int)target
        : throw new GraphException($"The graph has no node or arc '{name}'.");

    /// <summary>The features of an arc in their order, its end last.</summary>
    public IReadOnlyList<string> ArcNodes(string arc)
    {
        uint entry = (uint)IndexOf(arc);
        return [.. _arcs[entry >> 16 >> PositionBits].Select(target => _nodes[target & 0xffff].Name)];
    }

    /// <summary>Puts a packet before a node or at the start of an arc.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enqueue(int index, nint packet) => Send((uint)index, packet);

    /// <summary>Puts packets before a node or at the start of an arc.</summary>
    public void Enqueue(int index, ReadOnlySpan<nint> packets) => SendRun((uint)index, packets);

    /// <summary>Counts packets that have passed what a node does without coming to it: see the plain pass.</summary>
    internal void CountPassed(int node, int packets)
    {
        _packets[node] += (ulong)packets;
        _batches[node]++;
    }

    /// <summary>The node, or the place of an arc, behind an edge of a node, for <see cref="Enqueue(int, nint)"/>.</summary>
    internal int Behind(int node, int edge) => (int)_targets[node][edge];

    /// <summary>The places of an arc for <see cref="Enqueue(int, nint)"/>, its end last.</summary>
    internal IReadOnlyList<int> ArcPlaces(string arc) => [.. _arcs[(uint)IndexOf(arc) >> 16 >> PositionBits].Select(target => (int)target)];

    /// <summary>The number of the node at a place.</summary>
    internal static int NodeAt(int place) => place & 0xffff;

    /// <summary>Frees a packet and counts it against the interface that it was to leave by, or else came in by.</summary>
    public void Drop(nint handle)
    {
        if (_tables is not null)
        {
            ref PacketBuffer packet = ref PacketBuffer.At(handle);
            if (_tables.InterfaceAt(packet.EgressInterface) is { } egress)
            {
                egress.OutputDrops += packet.SegmentCount;
            }
            else if (_tables.InterfaceAt(packet.IngressInterface) is { } ingress)
            {
                ingress.InputDrops += packet.SegmentCount;
            }
        }

        _pools.Return(handle);
    }

    /// <summary>Runs nodes until no packet waits; returns the number of batches.</summary>
    public int Run()
    {
        int batches = 0;
        while (_readyCount > 0)
        {
            int number = _ready[_readyHead];
            _readyHead = _readyHead + 1 == _ready.Length ? 0 : _readyHead + 1;
            _readyCount--;
            _isReady[number] = false;
            int count = _queues[number].Count;
            nint[] waiting = _queues[number].Swap(_spare);
            for (int first = 0; first < count; first += BatchPackets)
            {
                RunBatch(number, waiting.AsSpan(first, Math.Min(BatchPackets, count - first)));
                batches++;
            }

            _spare = waiting;
        }

        return batches;
    }

    internal static uint Target(int node, int arc, int position) => ((uint)((arc << PositionBits) | position) << 16) | (uint)node;

    private void RunBatch(int number, ReadOnlySpan<nint> packets)
    {
        Span<ushort> edges = _edges.AsSpan(0, packets.Length);
        edges.Fill(GraphEdge.Consumed);
        _packets[number] += (uint)packets.Length;
        _batches[number]++;
        long start = MeasuresTime ? Stopwatch.GetTimestamp() : 0;
        try
        {
            _nodes[number].Process(packets, edges);
        }
        catch (Exception fault) when (Faults < MaximumFaults)
        {
            // A node's bug must not stop the traffic of others. Who owns a packet without an edge is unknown, so its buffer is never
            // used again (the fill above): better a few buffers less than one buffer with two owners.
            Faults++;
            OnFault?.Invoke(_nodes[number], fault);
        }

        if (start != 0)
        {
            _ticks[number] += Stopwatch.GetTimestamp() - start;
        }

        uint[] targets = _targets[number];
        while (edges.Length > 0)
        {
            // Neighbours mostly go the same way: a run of them at a time.
            ushort edge = edges[0];
            int run = edges.IndexOfAnyExcept(edge);
            run = run < 0 ? edges.Length : run;
            if (edge < targets.Length)
            {
                SendRun(targets[edge], packets[..run]);
            }
            else if (edge == GraphEdge.Continue)
            {
                ContinueRun(packets[..run]);
            }
            else if (edge != GraphEdge.Consumed)
            {
                foreach (nint packet in packets[..run])
                {
                    SendSpecial(edge, packet);
                }
            }

            edges = edges[run..];
            packets = packets[run..];
        }
    }

    private void SendRun(uint target, ReadOnlySpan<nint> packets)
    {
        if (target >> 16 != 0)
        {
            foreach (nint packet in packets)
            {
                PacketBuffer.At(packet).ArcPosition = (ushort)(target >> 16);
            }
        }

        int number = (int)(target & 0xffff);
        _queues[number].AddRange(packets);
        if (!_isReady[number])
        {
            MakeReady(number);
        }
    }

    // Packets of one run are mostly at the same place of the same arc.
    private void ContinueRun(ReadOnlySpan<nint> packets)
    {
        while (packets.Length > 0)
        {
            ushort position = PacketBuffer.At(packets[0]).ArcPosition;
            int run = 1;
            while (run < packets.Length && PacketBuffer.At(packets[run]).ArcPosition == position)
            {
                run++;
            }

            uint[] chain = _arcs[position >> PositionBits];
            int next = (position & PositionMask) + 1;
            if (next < chain.Length)
            {
                SendRun(chain[next], packets[..run]);
            }
            else
            {
                foreach (nint packet in packets[..run])
                {
                    Drop(packet);
                }
            }

            packets = packets[run..];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Send(uint target, nint packet)
    {
        if (target >> 16 != 0)
        {
            PacketBuffer.At(packet).ArcPosition = (ushort)(target >> 16);
        }

        int number = (int)(target & 0xffff);
        _queues[number].Add(packet);
        if (!_isReady[number])
        {
            MakeReady(number);
        }
    }

    private void MakeReady(int number)
    {
        _isReady[number] = true;
        int tail = _readyHead + _readyCount;
        _ready[tail >= _ready.Length ? tail - _ready.Length : tail] = number;
        _readyCount++;
    }

    private void SendSpecial(ushort edge, nint packet)
    {
        switch (edge)
        {
            case GraphEdge.IcmpError:
                Send(_icmpError, packet);
                break;
            default:
                Drop(packet);
                break;
        }
    }
}
