using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RouterOS.Abstractions.Ports;
using RouterOS.Forwarding.Graphs;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Plain;

/// <summary>The rows of the plain pass: what tables say of ports, interfaces and next hops, each made when it is first needed.</summary>
/// <remarks>
/// A row holds for an epoch. A new one begins with the first batch after an interface, a neighbour, a next hop or an instance has
/// changed, which is rare; until then a row is one cache line in place of the tables, the object and the neighbour behind it.
/// </remarks>
internal sealed unsafe class PlainRows
{
    // Of all kinds of rows: a cache line.
    private const int RowBytes = IngressRow.Bytes;
    private const nuint Interfaces = ForwardingTables.MaximumIndex + 1;
    private const nuint Instances = ForwardingTables.MaximumIndex + 1;

    private readonly ForwardingTables _tables;
    private readonly NeighborMap _neighbors;
    private readonly Graph _graph;
    private readonly int _rewrite;
    private readonly nuint _rows;
    private readonly byte* _memory;
    private readonly IngressRow* _ports;
    private readonly IngressRow* _interfaces;
    private readonly IngressRow* _instances;
    private readonly LinkRow* _links;
    private readonly short[] _entries;
    private int _released = -1;
    private int _made = -1;
    private int _written = -1;
    private int _changes = -1;

    public PlainRows(ForwardingTables tables, NeighborMap neighbors, Graph graph)
    {
        _tables = tables;
        _neighbors = neighbors;
        _graph = graph;
        _rewrite = Graph.NodeAt(graph.IndexOf(KernelNodes.Ip4Rewrite));
        _entries = new short[graph.Nodes.Count];
        Array.Fill(_entries, (short)-1);
        nuint ports = (nuint)tables.Ports.Count + 1;
        _rows = ports + Interfaces + Instances + NextHops.Limit;
        // Safe: freed by the finalizer. Address space only, until a row is first used; one row more than there are, to begin at a line.
        _memory = (byte*)NativeMemory.AllocZeroed(_rows + 1, RowBytes);
        _ports = (IngressRow*)(((nuint)_memory + RowBytes - 1) & ~(nuint)(RowBytes - 1));
        _interfaces = _ports + ports;
        _instances = _interfaces + Interfaces;
        _links = (LinkRow*)(_instances + Instances);
    }

    ~PlainRows() => NativeMemory.Free(_memory);

    /// <summary>The rows of next hops by their numbers; one of another <see cref="Epoch"/> must be made first.</summary>
    public LinkRow* Links => _links;

    /// <summary>Never 0, which is that of rows never made.</summary>
    public uint Epoch { get; private set; }

    /// <summary>Looks whether the tables have changed: before the first route of a batch is read.</summary>
    public void Begin()
    {
        int released = _tables.Fibs.NextHops.Released;
        int made = _tables.Fibs.Made;
        int written = _neighbors.Writes;
        if (released != _released || made != _made || written != _written || _tables.Changes != _changes)
        {
            (_released, _made, _written, _changes) = (released, made, written, _tables.Changes);
            Epoch = Epoch == uint.MaxValue ? Restart() : Epoch + 1;
        }
    }

    /// <summary>The row of a port.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public IngressRow* OfPort(ushort port)
    {
        IngressRow* row = _ports + port;
        if (row->Epoch != Epoch)
        {
            MakePort(row, port);
        }

        return row;
    }

    /// <summary>The row of an interface that <see cref="Knows"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public IngressRow* OfInterface(uint index)
    {
        IngressRow* row = _interfaces + index;
        if (row->Epoch != Epoch)
        {
            MakeInterface(row, index);
        }

        return row;
    }

    /// <summary>Asks for the memory of an interface's row, whatever the number is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint index) => CachePrefetch.Line(_interfaces + index);

    /// <summary>The row of the router's own packets in an instance that <see cref="Knows"/>: no interface, no root where there are no routes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public IngressRow* OfInstance(uint instance)
    {
        IngressRow* row = _instances + instance;
        if (row->Epoch != Epoch)
        {
            MakeInstance(row, instance);
        }

        return row;
    }

    /// <summary>Says that the node of a link type wraps in the pass, and its number there.</summary>
    public void Enter(int node, short entry) => _entries[node] = entry;

    /// <summary>True for what may be an interface's or an instance's index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Knows(uint index) => index <= ForwardingTables.MaximumIndex;

    /// <summary>Makes the row of a next hop.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Make(LinkRow* row, uint number)
    {
        *row = default;
        row->Epoch = Epoch;
        row->Entry = -1;
        ref readonly NextHop hop = ref _tables.Fibs.NextHops[number];
        row->IsLocal = hop.Kind == RouteKind.Local;
        if (hop.Kind != RouteKind.Forward || _tables.InterfaceAt(hop.Interface) is not { IsUp: true } egress
            || egress.OutputEdge == GraphEdge.Drop)
        {
            return;
        }

        row->Interface = egress.Index;
        row->Gateway = hop.Gateway;
        row->Counts = egress.Counts;
        row->Port = egress.Port;
        if (egress.OutputEdge == _tables.LinkEdges[ForwardingTables.EthernetLink])
        {
            row->Mtu = MakeEthernet(row, egress) ? egress.Mtu : 0;
        }
        else if (egress.OutputEdge == _tables.RawEdge)
        {
            row->Mtu = egress.Port >= 0 ? egress.Mtu : 0;
        }
        else
        {
            row->Port = -1;
            row->Node = _graph.Behind(_rewrite, egress.OutputEdge);
            row->Entry = _entries[Graph.NodeAt(row->Node)];
            row->Mtu = egress.Mtu;
        }
    }

    /// <summary>The first eight bytes of the Ethernet header to a neighbour on a row's link.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryResolve(LinkRow* row, uint address, out ulong head)
    {
        bool found = _neighbors.TryFind(Neighbors.Key(row->Interface, address), out uint first, out ushort last);
        head = row->Head | first | ((ulong)last << 32);
        return found;
    }

    private bool MakeEthernet(LinkRow* row, ForwardingInterface egress)
    {
        // Frames with a tag take the nodes.
        if (egress.PortBelow is not { Link: PortLink.Ethernet } port || egress.Port < 0 || egress.Vlan != 0)
        {
            return false;
        }

        ReadOnlySpan<byte> own = port.LinkAddress.Span;
        row->HeaderBytes = EthernetHeader.Length;
        row->Head = (ulong)Unsafe.ReadUnaligned<ushort>(in own[0]) << 48;
        row->Tail = Unsafe.ReadUnaligned<uint>(in own[2]);
        if (row->Gateway == 0)
        {
            return true;
        }

        bool known = TryResolve(row, row->Gateway, out ulong head);
        row->Head = head;
        return known;
    }

    private void MakeInterface(IngressRow* row, uint index)
    {
        *row = default;
        row->Epoch = Epoch;
        if (!_tables.IsInspected(index) && _tables.InterfaceAt(index) is { IsUp: true } ingress && _tables.Fibs.Of(ingress.Instance) is { } fib)
        {
            row->Interface = index;
            row->Instance = ingress.Instance;
            row->Root = fib.Root;
            row->Counts = ingress.Counts;
        }
    }

    private void MakeInstance(IngressRow* row, uint instance)
    {
        Fib? fib = _tables.Fibs.Of(instance);
        *row = new IngressRow { Epoch = Epoch, Instance = instance, Root = fib is null ? null : fib.Root };
    }

    private void MakePort(IngressRow* row, ushort number)
    {
        MakeInterface(row, _tables.InterfaceOfPort[number]);
        if (_tables.Ports[number].Port is { Link: PortLink.Ethernet } port)
        {
            ReadOnlySpan<byte> own = port.LinkAddress.Span;
            row->HeaderBytes = EthernetHeader.Length;
            row->Station = Unsafe.ReadUnaligned<uint>(in own[0]) | ((ulong)Unsafe.ReadUnaligned<ushort>(in own[4]) << 32);
        }
    }

    private uint Restart()
    {
        NativeMemory.Clear(_ports, _rows * RowBytes);
        return 1;
    }
}
