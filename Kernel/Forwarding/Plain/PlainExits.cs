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

    public PlainExits(ForwardingTables tables, PlainRows rows, Graph graph)
    {
        _rows = rows;
        _graph = graph;
        _hops = tables.Fibs.NextHops.Records;
        _plies = (uint*)tables.Fibs.Plies.Start;
        _input = Graph.NodeAt(graph.IndexOf(KernelNodes.Ip4Input));
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

    /// <summary>Number of the node that opens packets of a protocol, for each of them; <see cref="None"/> for none.</summary>
    public byte* ExitOf { get; }

    /// <summary>
    /// Looks up the routes of packets that such a node may open, the first step of which has been made. Those to the router itself
    /// are moved together and counted as received; their number is returned. The others are in transit, or for the nodes.
    /// </summary>
    public int Select(PlainPacket* packets, int count, ref PlainPacket* transit, ref int left, ushort* rest)
    {
        uint* plies = _plies;
        LinkRow* links = _rows.Links;
        uint epoch = _rows.Epoch;
        PlainPacket* to = packets;
        PlainPacket* end = packets + count;
        // Packets of one tunnel often come together: a source that is not the router's own.
        uint* lastRoot = null;
        uint lastSource = 0;
        for (PlainPacket* packet = packets; packet < end; packet++)
        {
            uint* root = packet->Ingress->Root;
            uint destination = Ip4.Destination(packet->Header);
            uint number = Fib.Last(root, plies, Fib.Second(plies, packet->Scratch, destination), destination);
            LinkRow* link = links + number;
            if (link->Epoch != epoch)
            {
                _rows.Make(link, number);
            }

            if (!link->IsLocal)
            {
                *transit++ = *packet;
                continue;
            }

            // RFC 1122 section 3.2.1.3: nobody else sends from our address; ip4-lookup drops it.
            uint source = Ip4.Source(packet->Header);
            if (root != lastRoot || source != lastSource)
            {
                if (_hops[Fib.Find(root, plies, source)].Kind == RouteKind.Local)
                {
                    rest[left++] = packet->Place;
                    continue;
                }

                lastRoot = root;
                lastSource = source;
            }

            if (to != packet)
            {
                *to = *packet;
            }

            IngressRow* ingress = packet->Ingress;
            InterfaceCounts* counts = ingress->Counts;
            uint length = packet->Length;
            counts->InputPackets++;
            counts->InputBytes += length;
            counts->LocalInputPackets++;
            counts->LocalInputBytes += length;
            to->Link = links;
            to->Frame = (ushort)(ingress->HeaderBytes == 0 ? 0 : packet->Header - EthernetHeader.Length - (byte*)packet->Handle);
            to++;
        }

        return (int)(to - packets);
    }

    /// <summary>
    /// Opens packets, all of which are one node's; returns how many, at their beginning, it has been asked to open. One that
    /// <see cref="PlainPacket.Leaves"/> is for <see cref="Leave"/>; the others have the index of their tunnel's interface in
    /// <see cref="PlainPacket.Scratch"/>.
    /// </summary>
    public int Open(PlainPacket* packets, int count, byte exit, bool fromPorts)
    {
        if (fromPorts)
        {
            _graph.CountPassed(_input, count);
        }

        foreach (int node in _inputNodes)
        {
            _graph.CountPassed(node, count);
        }

        _graph.CountPassed(_local, count);
        count = _features!.Pass(packets, count, PlainStage.Local, _rows.Links);
        if (count > 0)
        {
            _graph.CountPassed(_deliver, count);
            _exits[exit].Exit.Unwrap(new Span<PlainPacket>(packets, count));
            _graph.CountPassed(_exits[exit].Node, count);
        }

        return count;
    }

    /// <summary>Sends a packet to its node, as ip4-deliver would have left it.</summary>
    public void Leave(PlainPacket* packet, byte exit)
    {
        int node = _exits[exit].Node;
        _graph.CountPassed(node, -1);
        packet->DescribeLocal();
        _graph.Enqueue(node, packet->Handle);
    }
}
