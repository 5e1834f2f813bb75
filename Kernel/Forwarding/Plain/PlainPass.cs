using System.Buffers.Binary;
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
/// Everything that decides about a packet is looked at before anything is changed: what is not plain (see <see cref="IsPlain"/>), has no
/// ordinary way out, or is too large for it, is given back untouched and takes the nodes. <see cref="TryMake"/> says when there is a pass.
/// </remarks>
internal sealed unsafe class PlainPass
{
    private const int FetchAhead = 4;
    private const ushort Ip4InMemory = 0x0008;

    private readonly PlainRows _rows;
    private readonly Graph _graph;
    private readonly PortOutputNode _output;
    private readonly uint* _plies;
    private readonly int[] _inputNodes;
    private readonly (IPlainFeature Feature, int Place)[] _features;
    private readonly int _input;
    private readonly int _rewrite;
    private readonly int _ethernetOutput;
    private readonly int _portOutput;
    private readonly PlainPacket* _packets;
    private readonly ushort* _rest;
    private readonly nint* _staged;
    private readonly int[] _counts;
    private int _left;

    private PlainPass(ForwardingTables tables, NeighborMap neighbors, Graph graph, PortOutputNode output)
    {
        _rows = new PlainRows(tables, neighbors, graph);
        _graph = graph;
        _output = output;
        _plies = (uint*)tables.Fibs.Plies.Start;
        _input = NumberOf(KernelNodes.Ip4Input);
        _rewrite = NumberOf(KernelNodes.Ip4Rewrite);
        _ethernetOutput = NumberOf(KernelNodes.EthernetOutput);
        _portOutput = NumberOf(KernelNodes.PortOutput);
        _inputNodes = [.. graph.ArcPlaces(Arcs.PreRoute).Select(Graph.NodeAt)];
        _features =
        [
            .. graph.ArcPlaces(Arcs.Output).SkipLast(1).Select(place => ((IPlainFeature)graph.Nodes[Graph.NodeAt(place)], place)),
        ];
        _counts = new int[tables.Ports.Count];
        // Safe: freed by the finalizer; each holds a whole batch.
        _packets = (PlainPacket*)NativeMemory.AlignedAlloc(Graph.BatchPackets * PlainPacket.Bytes, PlainPacket.Bytes);
        _rest = (ushort*)NativeMemory.Alloc(Graph.BatchPackets, sizeof(ushort));
        _staged = (nint*)NativeMemory.AllocZeroed((nuint)(tables.Ports.Count + 1) * Graph.BatchPackets, (nuint)sizeof(nint));
    }

    ~PlainPass()
    {
        NativeMemory.AlignedFree(_packets);
        NativeMemory.Free(_rest);
        NativeMemory.Free(_staged);
    }

    /// <summary>
    /// The pass of a graph, or null: only reassembly, which lets plain packets by, and features that say whose packets they want may be on
    /// pre-route, and only features that take part on output.
    /// </summary>
    public static PlainPass? TryMake(ForwardingTables tables, NeighborMap neighbors, Graph graph, PortOutputNode output)
    {
        IReadOnlyList<int> preRoute = graph.ArcPlaces(Arcs.PreRoute);
        IReadOnlyList<int> onward = graph.ArcPlaces(Arcs.Output);
        return preRoute.SkipLast(1).All(place => graph.Nodes[Graph.NodeAt(place)] is Ip4ReassembleNode or IInspectingFeature)
            && onward.SkipLast(1).All(place => graph.Nodes[Graph.NodeAt(place)] is IPlainFeature)
            ? new PlainPass(tables, neighbors, graph, output)
            : null;
    }

    /// <summary>Takes frames as port-input gets them. Returns the places of those that are not plain.</summary>
    public ReadOnlySpan<ushort> FromPorts(ReadOnlySpan<nint> frames)
    {
        _rows.Begin();
        _left = 0;
        PlainPacket* next = _packets;
        uint* plies = _plies;
        IngressRow* ingress = null;
        int port = -1;
        for (int i = 0; i < frames.Length; i++)
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
            bool isOurs = ingress->HeaderBytes == 0
                || (((Unsafe.ReadUnaligned<ulong>(frame) ^ ingress->Station) << 16) == 0
                    && Unsafe.ReadUnaligned<ushort>(frame + 12) == Ip4InMemory);
            if (isOurs && Admit(next, buffer, ingress, plies, frame + ingress->HeaderBytes, buffer->Length - ingress->HeaderBytes))
            {
                next->Place = (ushort)i;
                next++;
            }
            else
            {
                _rest[_left++] = (ushort)i;
            }
        }

        int count = (int)(next - _packets);
        if (count > 0)
        {
            Forward(count, fromPorts: true);
        }

        return new ReadOnlySpan<ushort>(_rest, _left);
    }

    /// <summary>Takes packets as ip4-input gets them from tunnels. Returns the places of those that are not plain.</summary>
    public ReadOnlySpan<ushort> FromTunnels(ReadOnlySpan<nint> packets)
    {
        _rows.Begin();
        _left = 0;
        PlainPacket* next = _packets;
        uint* plies = _plies;
        for (int i = 0; i < packets.Length; i++)
        {
            var buffer = (PacketBuffer*)packets[i];
            if (PlainRows.Knows(buffer->IngressInterface)
                && Admit(next, buffer, _rows.OfInterface(buffer->IngressInterface), plies, buffer->Start, buffer->Length))
            {
                next->Place = (ushort)i;
                next++;
            }
            else
            {
                _rest[_left++] = (ushort)i;
            }
        }

        int count = (int)(next - _packets);
        if (count > 0)
        {
            Forward(count, fromPorts: false);
        }

        return new ReadOnlySpan<ushort>(_rest, _left);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Admit(PlainPacket* to, PacketBuffer* buffer, IngressRow* ingress, uint* plies, byte* ip, int room)
    {
        if (ingress->Interface == 0 || buffer->Flags != PacketFlags.None || buffer->SegmentBytes != 0 || !IsPlain(ip, room, out ushort length))
        {
            return false;
        }

        to->Ingress = ingress;
        to->Handle = (nint)buffer;
        to->Header = ip;
        to->Scratch = Fib.First(ingress->Root, plies, Ip4.Destination(ip));
        to->Length = length;
        to->Leaves = false;
        return true;
    }

    // A whole packet without options and with a right header, from one host to one host, with hops left.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPlain(byte* ip, int room, out ushort length)
    {
        // The header in three pieces, in memory order, which is the other way round.
        ulong start = Unsafe.ReadUnaligned<ulong>(ip);
        ulong middle = Unsafe.ReadUnaligned<ulong>(ip + 8);
        uint end = Unsafe.ReadUnaligned<uint>(ip + 16);
        length = BinaryPrimitives.ReverseEndianness((ushort)(start >> 16));
        // RFC 1071 section 2: words of any size add up to the same. Twice folded, nothing but a right sum is 0xffff.
        ulong sum = (uint)start + (start >> 32) + (uint)middle + (middle >> 32) + end;
        sum = (sum & 0xffff) + ((sum >> 16) & 0xffff) + (sum >> 32);
        sum = (sum & 0xffff) + (sum >> 16);
        return (byte)start == 0x45 && length >= Ip4.MinimumHeader && length <= room
            && sum == 0xffff
            && (start & 0xff3f_0000_0000_0000) == 0
            && (byte)middle > 1
            && IsHost((byte)(middle >> 32)) && IsHost((byte)end);
    }

    // Neither 0/8 nor 127/8, and no multicast or reserved address.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsHost(byte first) => (uint)(first - 1) < 223 && first != 127;

    private void Forward(int count, bool fromPorts)
    {
        uint* plies = _plies;
        LinkRow* links = _rows.Links;
        PlainPacket* end = _packets + count;
        for (PlainPacket* packet = _packets; packet < end; packet++)
        {
            packet->Scratch = Fib.Second(plies, packet->Scratch, Ip4.Destination(packet->Header));
        }

        count = Route(count, links);
        if (count == 0)
        {
            return;
        }

        if (fromPorts)
        {
            _graph.CountPassed(_input, count);
        }

        foreach (int node in _inputNodes)
        {
            _graph.CountPassed(node, count);
        }

        foreach ((IPlainFeature feature, int place) in _features)
        {
            feature.Pass(new Span<PlainPacket>(_packets, count));
            count = TakeOut(count, place);
            if (count == 0)
            {
                return;
            }

            _graph.CountPassed(Graph.NodeAt(place), count);
        }

        _graph.CountPassed(_rewrite, count);
        _graph.PlainPackets += (uint)count;
        Send(count);
    }

    // The last step of the look-up, and everything else that may keep a packet from its way. What is left is counted as received.
    private int Route(int count, LinkRow* links)
    {
        uint epoch = _rows.Epoch;
        uint* plies = _plies;
        PlainPacket* to = _packets;
        PlainPacket* end = _packets + count;
        for (PlainPacket* packet = _packets; packet < end; packet++)
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
                _rest[_left++] = packet->Place;
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

        return (int)(to - _packets);
    }

    // Sends what a feature wants to see as a node there, as the nodes before it would have left it.
    private int TakeOut(int count, int place)
    {
        PlainPacket* to = _packets;
        PlainPacket* end = _packets + count;
        for (PlainPacket* packet = _packets; packet < end; packet++)
        {
            if (packet->Leaves)
            {
                Describe(packet);
                _graph.Enqueue(place, packet->Handle);
                continue;
            }

            if (to != packet)
            {
                *to = *packet;
            }

            to++;
        }

        return (int)(to - _packets);
    }

    private void Send(int count)
    {
        int toEthernet = 0;
        int toPorts = 0;
        PlainPacket* end = _packets + count;
        for (PlainPacket* packet = _packets; packet < end; packet++)
        {
            LinkRow* link = packet->Link;
            byte* ip = packet->Header;
            Ip4.LowerTtl(ip);
            link->Counts->OutputPackets++;
            link->Counts->OutputBytes += packet->Length;
            if (link->Port < 0)
            {
                Describe(packet);
                _graph.Enqueue(link->Node, packet->Handle);
                continue;
            }

            var buffer = (PacketBuffer*)packet->Handle;
            int header = link->HeaderBytes;
            if (header != 0)
            {
                // Safe: Route has seen that there is headroom.
                Unsafe.WriteUnaligned(ip - 14, packet->LinkHead);
                Unsafe.WriteUnaligned(ip - 6, link->Tail);
                Unsafe.WriteUnaligned(ip - 2, Ip4InMemory);
                toEthernet++;
            }

            buffer->Offset = (int)(ip - header - PacketBuffer.MetadataBytes - (byte*)buffer);
            buffer->Length = packet->Length + header;
            buffer->EgressInterface = link->Interface;
            buffer->Port = (ushort)link->Port;
            _staged[(link->Port * Graph.BatchPackets) + _counts[link->Port]++] = packet->Handle;
            toPorts++;
        }

        if (toEthernet > 0)
        {
            _graph.CountPassed(_ethernetOutput, toEthernet);
        }

        if (toPorts > 0)
        {
            _graph.CountPassed(_portOutput, toPorts);
            Transmit();
        }
    }

    private void Transmit()
    {
        for (int port = 0; port < _counts.Length; port++)
        {
            int count = _counts[port];
            if (count > 0)
            {
                _counts[port] = 0;
                _output.Transmit(port, new ReadOnlySpan<nint>(_staged + (port * Graph.BatchPackets), count));
            }
        }
    }

    // Writes into the packet's metadata what the nodes up to ip4-lookup would have written.
    private void Describe(PlainPacket* packet)
    {
        var buffer = (PacketBuffer*)packet->Handle;
        LinkRow* link = packet->Link;
        if (packet->Ingress->HeaderBytes != 0)
        {
            Unsafe.CopyBlockUnaligned(buffer->Ethernet, packet->Header - EthernetHeader.Length, EthernetHeader.Length);
        }

        buffer->Offset = (int)(packet->Header - PacketBuffer.MetadataBytes - (byte*)buffer);
        buffer->Length = packet->Length;
        buffer->IngressInterface = packet->Ingress->Interface;
        buffer->Instance = packet->Ingress->Instance;
        buffer->EgressInterface = link->Interface;
        buffer->NextHop = link->Gateway != 0 ? link->Gateway : Ip4.Destination(packet->Header);
        buffer->Adjacency = (uint)(link - _rows.Links);
        buffer->TunnelDepth = 0;
    }

    private int NumberOf(string node) => Graph.NodeAt(_graph.IndexOf(node));
}
