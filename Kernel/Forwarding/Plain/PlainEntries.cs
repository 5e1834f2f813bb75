using System.Runtime.CompilerServices;
using RouterOS.Forwarding.Graphs;
using RouterOS.Forwarding.Nodes;
using RouterOS.Forwarding.Tables;

namespace RouterOS.Forwarding.Plain;

/// <summary>Plain packets into tunnels: wrapped by the link type's node, then routed and sent in place of ip4-local-out and what follows it.</summary>
internal sealed unsafe class PlainEntries
{
    private const uint FirstGroup = 0xe000_0000;

    private readonly PlainRows _rows;
    private readonly Graph _graph;
    private readonly PlainOutput _output;
    private readonly PlainFeatures? _features;
    private readonly (IPlainEntry Entry, int Node)[] _entries;
    private readonly FibSet _fibs;
    private readonly uint* _plies;
    private readonly int _localOut;
    private readonly int _rewrite;

    public PlainEntries(ForwardingTables tables, PlainRows rows, Graph graph, PlainOutput output)
    {
        _rows = rows;
        _graph = graph;
        _output = output;
        _fibs = tables.Fibs;
        _plies = (uint*)tables.Fibs.Plies.Start;
        _localOut = graph.IndexOf(KernelNodes.Ip4LocalOut);
        _rewrite = Graph.NodeAt(graph.IndexOf(KernelNodes.Ip4Rewrite));
        _features = PlainFeatures.TryMake(graph, Arcs.LocalOut);
        _entries = _features is null ? [] : [.. graph.Nodes.Index().Where(node => node.Item is IPlainEntry).Select(node => ((IPlainEntry)node.Item, node.Index))];
        for (short i = 0; i < _entries.Length; i++)
        {
            rows.Enter(_entries[i].Node, i);
        }
    }

    /// <summary>Wraps packets that are ready for link types' nodes, all of which wrap in the pass, and sends them.</summary>
    public void Run(PlainPacket* packets, int count)
    {
        PlainPacket* end = packets + count;
        while (packets < end)
        {
            short entry = packets->Link->Entry;
            PlainPacket* next = _entries.Length == 1 ? end : packets + 1;
            while (next < end && next->Link->Entry == entry)
            {
                next++;
            }

            Wrap(packets, (int)(next - packets), _entries[entry]);
            packets = next;
        }
    }

    private void Wrap(PlainPacket* packets, int count, (IPlainEntry Entry, int Node) entry)
    {
        entry.Entry.Wrap(new Span<PlainPacket>(packets, count));
        count = Route(packets, count, entry.Node);
        if (count == 0)
        {
            return;
        }

        _graph.CountPassed(Graph.NodeAt(_localOut), count);
        count = _features!.Pass(packets, count, PlainStage.Outer, _rows.Links);
        if (count > 0)
        {
            _graph.CountPassed(_rewrite, count);
            Send(packets, packets + count);
        }
    }

    // Looks up the routes of what has been wrapped; what has not goes to the node. What has no ordinary way out takes the nodes from
    // ip4-local-out on.
    private int Route(PlainPacket* packets, int count, int node)
    {
        LinkRow* links = _rows.Links;
        PlainPacket* to = packets;
        PlainPacket* end = packets + count;
        int left = 0;
        uint changes = _fibs.Changes;
        // Packets of one tunnel often come together: the last look-up.
        IngressRow* own = null;
        LinkRow* link = null;
        ulong head = 0;
        uint lastInstance = 0;
        uint lastDestination = 0;
        int largest = 0;
        for (PlainPacket* packet = packets; packet < end; packet++)
        {
            if (packet->Leaves)
            {
                left++;
                packet->Describe(PlainStage.Transit, links);
                _graph.Enqueue(packet->Link->Node, packet->Handle);
                continue;
            }

            uint instance = packet->Scratch;
            uint destination = Ip4.Destination(packet->Header);
            if (destination != lastDestination || instance != lastInstance || own == null)
            {
                if (instance != lastInstance || own == null)
                {
                    own = PlainRows.Knows(instance) ? _rows.OfInstance(instance) : null;
                }

                // Neither the tunnel's last way nor the last link is worked out anew while no table has changed.
                LinkRow* inner = packet->Link;
                ulong way = ((ulong)instance << 32) | destination;
                if (inner->Head != way || inner->OuterChanges != changes)
                {
                    inner->OuterNumber = own == null || own->Root == null ? 0 : Fib.Find(own->Root, _plies, destination);
                    inner->OuterChanges = changes;
                    inner->Head = way;
                }

                LinkRow* outer = links + inner->OuterNumber;
                if (outer != link || outer->Gateway == 0)
                {
                    link = outer;
                    largest = Largest(link, destination, out head);
                }

                (lastInstance, lastDestination) = (instance, destination);
            }

            if (packet->Length > largest || packet->Headroom < link->HeaderBytes)
            {
                packet->DescribeOuter(instance);
                _graph.Enqueue(_localOut, packet->Handle);
                continue;
            }

            if (to != packet)
            {
                *to = *packet;
            }

            to->Ingress = own;
            to->Link = link;
            to->LinkHead = head;
            to++;
        }

        if (left < count)
        {
            _graph.CountPassed(node, count - left);
        }

        return (int)(to - packets);
    }

    // The largest packet to a destination that may leave by a row, and the beginning of its link header; 0 for none.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Largest(LinkRow* link, uint destination, out ulong head)
    {
        if (link->Epoch != _rows.Epoch)
        {
            _rows.Make(link, (uint)(link - _rows.Links));
        }

        head = link->Head;
        return link->Port < 0 || destination >= FirstGroup
            || (link->Gateway == 0 && link->HeaderBytes != 0 && !_rows.TryResolve(link, destination, out head)) ? 0 : link->Mtu;
    }

    private void Send(PlainPacket* packets, PlainPacket* end)
    {
        while (packets < end)
        {
            InterfaceCounts* counts = packets->Link->Counts;
            PlainPacket* next = _output.Stage(packets, end, out ulong octets);
            var sent = (ulong)(next - packets);
            counts->OutputPackets += sent;
            counts->OutputBytes += octets;
            counts->LocalOutputPackets += sent;
            counts->LocalOutputBytes += octets;
            packets = next;
        }
    }
}
