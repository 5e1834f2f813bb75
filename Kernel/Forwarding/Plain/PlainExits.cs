using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RouterOS.Forwarding.Graphs;
using RouterOS.Forwarding.Nodes;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Plain;

/// <summary>Plain packets to the router itself that a protocol's node takes out of a tunnel: in place of ip4-local, ip4-deliver and that node.</summary>
internal sealed unsafe class PlainExits
{
    /// <summary>The number of no node.</summary>
    public const byte None = byte.MaxValue;

    private const int Protocols = 256;
    private const int FetchAhead = 8;

    private readonly PlainRows _rows;
    private readonly Graph _graph;
    private readonly PlainFeatures? _features;
    private readonly (IPlainExit Exit, int Node)[] _exits;
    private readonly NextHop* _hops;
    private readonly uint* _plies;
    private readonly int[] _inputNodes;
    private readonly int _input;
    private readonly int _local;
    private readonly int _deliver;
    private readonly FibSet _fibs;
    private readonly ExitCache _known = new();
    private uint _epoch;
    private uint _changes;
    private uint _exitChanges;
    private int _left;

    public PlainExits(ForwardingTables tables, PlainRows rows, Graph graph)
    {
        _rows = rows;
        _graph = graph;
        _fibs = tables.Fibs;
        _hops = tables.Fibs.NextHops.Records;
        _plies = (uint*)tables.Fibs.Plies.Start;
        _input = graph.IndexOf(KernelNodes.Ip4Input);
        _inputNodes = [.. graph.ArcPlaces(Arcs.PreRoute).Select(Graph.NodeAt)];
        _local = Graph.NodeAt(graph.IndexOf(KernelNodes.Ip4Local));
        _deliver = Graph.NodeAt(graph.IndexOf(KernelNodes.Ip4Deliver));
        _features = PlainFeatures.TryMake(graph, Arcs.LocalIn);
        _exits = _features is null ? [] : [.. graph.Nodes.Index().Where(node => node.Item is IPlainExit).Select(node => ((IPlainExit)node.Item, node.Index))];
        var deliver = (Ip4DeliverNode)graph.Nodes[_deliver];
        // Safe: freed by the finalizer; one place for each protocol there can be.
        ExitOf = (byte*)NativeMemory.Alloc(Protocols);
        for (int protocol = 0; protocol < Protocols; protocol++)
        {
            int exit = Array.FindIndex(_exits, each => graph.Nodes[each.Node].Name == deliver.NodeOf((byte)protocol));
            ExitOf[protocol] = exit < 0 ? None : (byte)exit;
        }
    }

    ~PlainExits() => NativeMemory.Free(ExitOf);

    /// <summary>Nodes that open packets.</summary>
    public int Count => _exits.Length;

    /// <summary>Number of the node that opens packets of a protocol, for each of them; <see cref="None"/> for none.</summary>
    public byte* ExitOf { get; }

    /// <summary>Forgets what it knows of tunnels' packets when tables have changed: before the first route of a batch is read.</summary>
    public void Begin()
    {
        uint changes = _fibs.LocalChanges;
        uint exitChanges = 0;
        foreach ((IPlainExit exit, _) in _exits)
        {
            exitChanges += exit.Changes;
        }

        if (changes != _changes || exitChanges != _exitChanges || _rows.Epoch != _epoch)
        {
            (_changes, _exitChanges, _epoch) = (changes, exitChanges, _rows.Epoch);
            _known.Clear();
        }
    }

    /// <summary>
    /// Looks up the routes of packets that such a node may open, the first step of which has been made. Those to the router itself
    /// are moved together and counted as received; their number is returned. The others are in transit, or for the nodes.
    /// </summary>
    public int Select(PlainPacket* packets, int count, ref PlainPacket* transit, ref int left, ushort* rest)
    {
        LinkRow* links = _rows.Links;
        PlainPacket* to = packets;
        PlainPacket* end = packets + count;
        // Packets of one tunnel often come together: the addresses of the last one that was to the router itself, and what it came by.
        IngressRow* ingress = null;
        ulong addresses = 0;
        nint state = 0;
        ulong octets = 0;
        PlainPacket* first = to;
        for (PlainPacket* packet = packets; packet < end; packet++)
        {
            ulong own = Unsafe.ReadUnaligned<ulong>(packet->Header + Ip4.SourceOffset);
            if (own != addresses || packet->Ingress != ingress)
            {
                if ((((own ^ addresses) >> 32) != 0 || packet->Ingress != ingress) && !IsLocal(packet))
                {
                    *transit++ = *packet;
                    continue;
                }

                // RFC 1122 section 3.2.1.3: nobody else sends from our address; ip4-lookup drops it.
                if (!_known.TryFind(packet->Instance, own, out nint found) && !TryLearn(packet, own, out found))
                {
                    rest[left++] = packet->Place;
                    continue;
                }

                CachePrefetch.Line((void*)found);
                if (packet->Ingress != ingress)
                {
                    CountLocal(ingress, to - first, octets);
                    ingress = packet->Ingress;
                    first = to;
                    octets = 0;
                }

                addresses = own;
                state = found;
            }

            if (to != packet)
            {
                *to = *packet;
            }

            octets += packet->Length;
            to->State = state;
            to->Link = links;
            to++;
        }

        CountLocal(ingress, to - first, octets);
        return (int)(to - packets);
    }

    /// <summary>
    /// Opens packets, all of which are one node's. What was inside and is plain stays, as input of the tunnels' interfaces, and their number is
    /// returned; the others are with their nodes.
    /// </summary>
    public int Open(PlainPacket* packets, int count, byte exit, bool fromPorts)
    {
        if (fromPorts)
        {
            _graph.CountPassed(Graph.NodeAt(_input), count);
        }

        foreach (int node in _inputNodes)
        {
            _graph.CountPassed(node, count);
        }

        _graph.CountPassed(_local, count);
        count = _features!.Pass(packets, count, PlainStage.Local, _rows.Links);
        if (count == 0)
        {
            return 0;
        }

        _graph.CountPassed(_deliver, count);
        _exits[exit].Exit.Unwrap(new Span<PlainPacket>(packets, count));
        return Admit(packets, count, _exits[exit].Node);
    }

    private int Admit(PlainPacket* packets, int count, int node)
    {
        uint* plies = _plies;
        PlainPacket* to = packets;
        PlainPacket* end = packets + count;
        // Packets of one tunnel often come together: the last one's row.
        IngressRow* row = null;
        uint known = 0;
        _left = 0;
        for (PlainPacket* packet = packets; packet < end; packet++)
        {
            uint ingress = packet->Scratch;
            if (ingress != known)
            {
                if (packet + FetchAhead < end)
                {
                    _rows.Prefetch(packet[FetchAhead].Scratch);
                }

                known = ingress;
                row = PlainRows.Knows(ingress) ? _rows.OfInterface(ingress) : null;
                if (row != null)
                {
                    CachePrefetch.Line(row->Counts);
                }
            }

            if (packet->Leaves || row == null || !PlainPacket.TryReadmit(packet, row, plies))
            {
                Leave(packet, ingress, node);
                continue;
            }

            if (to != packet)
            {
                *to = *packet;
            }

            to++;
        }

        if (_left < count)
        {
            _graph.CountPassed(node, count - _left);
        }

        return (int)(to - packets);
    }

    // As ip4-deliver would have left it, or as the protocol's node.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Leave(PlainPacket* packet, uint ingress, int node)
    {
        packet->DescribeLocal();
        if (packet->Leaves)
        {
            _left++;
            _graph.Enqueue(node, packet->Handle);
        }
        else
        {
            ((PacketBuffer*)packet->Handle)->IngressInterface = ingress;
            _graph.Enqueue(_input, packet->Handle);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsLocal(PlainPacket* packet)
    {
        uint destination = Ip4.Destination(packet->Header);
        uint number = Fib.Last(packet->Ingress->Root, _plies, Fib.Second(_plies, packet->Scratch, destination), destination);
        LinkRow* link = _rows.Links + number;
        if (link->Epoch != _rows.Epoch)
        {
            _rows.Make(link, number);
        }

        return link->IsLocal;
    }

    // What the node knows of a packet's addresses; false when it says that it is from the router.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryLearn(PlainPacket* packet, ulong addresses, out nint state)
    {
        state = 0;
        if (_hops[Fib.Find(packet->Ingress->Root, _plies, Ip4.Source(packet->Header))].Kind == RouteKind.Local)
        {
            return false;
        }

        // Where there are several nodes each of them looks by itself.
        state = _exits.Length == 1 ? _exits[0].Exit.Find(packet->Instance, Ip4.Source(packet->Header), Ip4.Destination(packet->Header)) : 0;
        _known.Set(packet->Instance, addresses, state);
        return true;
    }

    private static void CountLocal(IngressRow* ingress, long packets, ulong octets)
    {
        if (packets > 0)
        {
            InterfaceCounts* counts = ingress->Counts;
            counts->InputPackets += (ulong)packets;
            counts->InputBytes += octets;
            counts->LocalInputPackets += (ulong)packets;
            counts->LocalInputBytes += octets;
        }
    }
}
