using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RouterOS.Forwarding.Graphs;
using RouterOS.Forwarding.Nodes;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Plain;

/// <summary>
/// Takes ordinary packets from a port, or from a tunnel, to where they leave in one pass over the batch, in place of the nodes
/// port-input, ip4-input, ip4-lookup, ip4-rewrite, ethernet-output and port-output, whose counters it keeps.
/// </summary>
/// <remarks>
/// Everything that decides about a packet is looked at before anything is changed: what is not plain (see <see cref="PlainHeader"/>), has no
/// ordinary way out, or is too large for it, is given back untouched and takes the nodes. <see cref="TryMake"/> says when there is a pass.
/// </remarks>
internal sealed unsafe class PlainPass
{
    private const int FetchAhead = 4;

    // Packets that are taken through all steps at a time: so few that they stay in the first cache, with what is kept about them.
    private const int Stride = 64;
    private const ushort Ip4InMemory = 0x0008;

    private readonly PlainRows _rows;
    private readonly Graph _graph;
    private readonly PlainOutput _output;
    private readonly PlainEntries _entries;
    private readonly PlainExits _exits;
    private readonly PlainFeatures _features;
    private readonly uint* _plies;
    private readonly int[] _inputNodes;
    private readonly int _input;
    private readonly int _rewrite;
    private readonly PlainPacket* _packets;
    private readonly PlainPacket* _inward;
    private readonly ushort* _rest;
    private int _left;
    private bool _isInside;

    private PlainPass(ForwardingTables tables, PlainFeatures features, NeighborMap neighbors, Graph graph, PortOutputNode output)
    {
        _rows = new PlainRows(tables, neighbors, graph);
        _graph = graph;
        _features = features;
        _output = new PlainOutput(tables.Ports.Count, graph, output);
        _entries = new PlainEntries(tables, _rows, graph, _output);
        _exits = new PlainExits(tables, _rows, graph);
        _plies = (uint*)tables.Fibs.Plies.Start;
        _input = graph.IndexOf(KernelNodes.Ip4Input);
        _rewrite = Graph.NodeAt(graph.IndexOf(KernelNodes.Ip4Rewrite));
        _inputNodes = [.. graph.ArcPlaces(Arcs.PreRoute).Select(Graph.NodeAt)];
        // Safe: freed by the finalizer. A stride of each kind of packets, and one more as packets are written before they are admitted; a batch of places.
        _packets = (PlainPacket*)NativeMemory.AlignedAlloc(2 * (Stride + 1) * PlainPacket.Bytes, PlainPacket.Bytes);
        _inward = _packets + Stride + 1;
        _rest = (ushort*)NativeMemory.Alloc(Graph.BatchPackets, sizeof(ushort));
    }

    ~PlainPass()
    {
        NativeMemory.AlignedFree(_packets);
        NativeMemory.Free(_rest);
    }

    /// <summary>
    /// The pass of a graph, or null: only reassembly, which lets plain packets by, and features that say whose packets they want may be on
    /// pre-route, and only features that take part on output.
    /// </summary>
    public static PlainPass? TryMake(ForwardingTables tables, NeighborMap neighbors, Graph graph, PortOutputNode output)
    {
        IReadOnlyList<int> preRoute = graph.ArcPlaces(Arcs.PreRoute);
        return preRoute.SkipLast(1).All(place => graph.Nodes[Graph.NodeAt(place)] is Ip4ReassembleNode or IInspectingFeature)
            && PlainFeatures.TryMake(graph, Arcs.Output) is { } features
            ? new PlainPass(tables, features, neighbors, graph, output)
            : null;
    }

    /// <summary>Takes frames as port-input gets them. Returns the places of those that are not plain.</summary>
    public ReadOnlySpan<ushort> FromPorts(ReadOnlySpan<nint> frames)
    {
        Begin();
        for (int first = 0; first < frames.Length; first += Stride)
        {
            FromPorts(frames, first, Math.Min(first + Stride, frames.Length));
        }

        _output.Flush();
        return new ReadOnlySpan<ushort>(_rest, _left);
    }

    private void FromPorts(ReadOnlySpan<nint> frames, int first, int end)
    {
        PlainPacket* next = _packets;
        PlainPacket* inward = _inward;
        byte* exitOf = _exits.ExitOf;
        uint* plies = _plies;
        IngressRow* ingress = null;
        int port = -1;
        for (int i = first; i < end; i++)
        {
            if (i + FetchAhead < frames.Length)
            {
                CachePrefetch.Line((void*)frames[i + FetchAhead]);
                CachePrefetch.Line((byte*)frames[i + FetchAhead] + PacketBuffer.MetadataBytes + PacketPool.DefaultHeadroom);
            }

            // Safe: a handle is the address of a buffer, whose room is larger than the headers that are read before its length is known.
            var buffer = (PacketBuffer*)frames[i];
            if (buffer->Port != port)
            {
                port = buffer->Port;
                ingress = _rows.OfPort((ushort)port);
            }

            byte* frame = buffer->Start;
            byte* ip = frame + ingress->HeaderBytes;
            if (ingress->HeaderBytes != 0
                && (((Unsafe.ReadUnaligned<ulong>(frame) ^ ingress->Station) << 16) != 0
                    || Unsafe.ReadUnaligned<ushort>(frame + 12) != Ip4InMemory))
            {
                _rest[_left++] = (ushort)i;
                continue;
            }

            bool isTransit = exitOf[ip[Ip4.ProtocolOffset]] == PlainExits.None;
            PlainPacket* to = isTransit ? next : inward;
            if (!PlainPacket.TryAdmit(to, buffer, ingress, plies, ip, buffer->Length - ingress->HeaderBytes))
            {
                _rest[_left++] = (ushort)i;
                continue;
            }

            to->Place = (ushort)i;
            if (isTransit)
            {
                next++;
            }
            else
            {
                inward++;
            }
        }

        Run(next, (int)(inward - _inward), fromPorts: true);
    }

    /// <summary>Takes packets as ip4-input gets them from tunnels. Returns the places of those that are not plain.</summary>
    public ReadOnlySpan<ushort> FromTunnels(ReadOnlySpan<nint> packets)
    {
        Begin();
        for (int first = 0; first < packets.Length; first += Stride)
        {
            FromTunnels(packets, first, Math.Min(first + Stride, packets.Length));
        }

        _output.Flush();
        return new ReadOnlySpan<ushort>(_rest, _left);
    }

    private void FromTunnels(ReadOnlySpan<nint> packets, int first, int end)
    {
        PlainPacket* next = _packets;
        PlainPacket* inward = _inward;
        byte* exitOf = _exits.ExitOf;
        uint* plies = _plies;
        for (int i = first; i < end; i++)
        {
            var buffer = (PacketBuffer*)packets[i];
            byte* ip = buffer->Start;
            bool isTransit = exitOf[ip[Ip4.ProtocolOffset]] == PlainExits.None;
            PlainPacket* to = isTransit ? next : inward;
            if (PlainRows.Knows(buffer->IngressInterface)
                && PlainPacket.TryAdmit(to, buffer, _rows.OfInterface(buffer->IngressInterface), plies, ip, buffer->Length))
            {
                to->Place = (ushort)i;
                next += isTransit ? 1 : 0;
                inward += isTransit ? 0 : 1;
            }
            else
            {
                _rest[_left++] = (ushort)i;
            }
        }

        Run(next, (int)(inward - _inward), fromPorts: false);
    }

    private void Begin()
    {
        _rows.Begin();
        _exits.Begin();
        _left = 0;
        _isInside = false;
    }

    // Forwards what is in transit, and opens what may come out of a tunnel.
    private void Run(PlainPacket* next, int inward, bool fromPorts)
    {
        int opened = inward == 0 ? 0 : _exits.Select(_inward, inward, ref next, ref _left, _rest);
        if (next > _packets)
        {
            Forward(_packets, (int)(next - _packets), fromPorts);
        }

        if (opened > 0)
        {
            Open(_inward, opened, fromPorts);
        }
    }

    // What was inside of tunnels goes the same way, as input of their interfaces.
    private void Open(PlainPacket* packets, int count, bool fromPorts)
    {
        _isInside = true;
        PlainPacket* end = packets + count;
        while (packets < end)
        {
            byte exit = _exits.ExitOf[packets->Header[Ip4.ProtocolOffset]];
            PlainPacket* next = _exits.Count == 1 ? end : packets + 1;
            while (next < end && _exits.ExitOf[next->Header[Ip4.ProtocolOffset]] == exit)
            {
                next++;
            }

            int admitted = _exits.Open(packets, (int)(next - packets), exit, fromPorts);
            if (admitted > 0)
            {
                Forward(packets, admitted, fromPorts: true);
            }

            packets = next;
        }

        _isInside = false;
    }

    private void Forward(PlainPacket* packets, int count, bool fromPorts)
    {
        uint* plies = _plies;
        LinkRow* links = _rows.Links;
        PlainPacket* end = packets + count;
        for (PlainPacket* packet = packets; packet < end; packet++)
        {
            packet->Scratch = Fib.Second(plies, packet->Scratch, Ip4.Destination(packet->Header));
        }

        count = Route(packets, count, links);
        if (count == 0)
        {
            return;
        }

        if (fromPorts)
        {
            _graph.CountPassed(Graph.NodeAt(_input), count);
        }

        foreach (int node in _inputNodes)
        {
            _graph.CountPassed(node, count);
        }

        count = _features.Pass(packets, count, PlainStage.Transit, links);
        if (count == 0)
        {
            return;
        }

        _graph.CountPassed(_rewrite, count);
        _graph.PlainPackets += (uint)count;
        Send(packets, count);
    }

    // The last step of the look-up, and everything else that may keep a packet from its way. What is left is counted as received.
    private int Route(PlainPacket* packets, int count, LinkRow* links)
    {
        uint epoch = _rows.Epoch;
        uint* plies = _plies;
        PlainPacket* to = packets;
        PlainPacket* end = packets + count;
        for (PlainPacket* packet = packets; packet < end; packet++)
        {
            uint destination = Ip4.Destination(packet->Header);
            uint number = Fib.Last(packet->Ingress->Root, plies, packet->Scratch, destination);
            LinkRow* link = links + number;
            if (link->Epoch != epoch)
            {
                _rows.Make(link, number);
            }

            ulong head = link->Head;
            if (packet->Length > link->Mtu
                || packet->Header - (byte*)packet->Handle < PacketBuffer.MetadataBytes + link->HeaderBytes
                || (link->Gateway == 0 && link->HeaderBytes != 0 && !_rows.TryResolve(link, destination, out head)))
            {
                Refuse(packet);
                continue;
            }

            if (to != packet)
            {
                *to = *packet;
            }

            to->Link = link;
            to->LinkHead = head;
            to->Ingress->Counts->InputPackets++;
            to->Ingress->Counts->InputBytes += to->Length;
            to++;
        }

        return (int)(to - packets);
    }

    // Not plain: the node takes it, and for what came out of a tunnel that is ip4-input.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Refuse(PlainPacket* packet)
    {
        if (_isInside)
        {
            packet->DescribeLocal();
            _graph.Enqueue(_input, packet->Handle);
        }
        else
        {
            _rest[_left++] = packet->Place;
        }
    }

    // Sends what leaves by a port, and leaves the rest to link types' nodes: those that wrap in the pass get theirs together.
    private void Send(PlainPacket* packets, int count)
    {
        PlainPacket* to = packets;
        PlainPacket* end = packets + count;
        for (PlainPacket* packet = packets; packet < end; packet++)
        {
            LinkRow* link = packet->Link;
            Ip4.LowerTtl(packet->Header);
            link->Counts->OutputPackets++;
            link->Counts->OutputBytes += packet->Length;
            if (link->Port >= 0)
            {
                _output.Stage(packet, link);
            }
            else if (link->Entry < 0)
            {
                packet->Describe(PlainStage.Transit, _rows.Links);
                _graph.Enqueue(link->Node, packet->Handle);
            }
            else
            {
                if (to != packet)
                {
                    *to = *packet;
                }

                to++;
            }
        }

        if (to > packets)
        {
            _entries.Run(packets, (int)(to - packets));
        }
    }
}
