using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Multicast.Nodes;

/// <summary>Checks that packets to groups come from where their source is, and copies them to the interfaces that want them.</summary>
/// <remarks>In: checked packets to groups beyond the link. Out: copies on the arc output, the last one in the buffer of the packet itself.</remarks>
internal sealed unsafe class MulticastForwardNode(RouteTable routes, InterfaceTable interfaces, WorkerServices worker, DropCounters drops)
    : GraphNode(NodeName, Arcs.Output, KernelNodes.Ip4Local)
{
    /// <summary>Name in the graph.</summary>
    public const string NodeName = "multicast-forward";

    /// <summary>Punt channel of packets without an entry, or without a way out.</summary>
    public const string MissChannel = "multicast-miss";

    private const ushort OutputEdge = 0;
    private const ushort LocalEdge = 1;
    private const int ProtocolOffset = 9;
    private const int TtlOffset = 8;
    private const int SourceOffset = 12;

    // A packet that nobody wants says so to the control plane this often: the router towards the source is then told again.
    private const long AskAgain = 3_000_000_000;

    // Buffers that are rented at a time, and copies that are sent at a time.
    private const int Spares = 32;
    private const int Copies = 256;

    // The largest packet that a small buffer takes: see PacketPools.Rent.
    private const int OrdinaryBytes = PacketPool.SmallCapacity - PacketPool.DefaultHeadroom - 64;

    private readonly MissFilter _misses = new();
    private readonly nint[] _spares = new nint[Spares];
    private readonly nint[] _copies = new nint[Copies];
    private int _spareCount;
    private int _copyCount;
    private int _output = -1;

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        if (_output < 0)
        {
            _output = worker.NodeIndex(Arcs.Output);
        }

        long now = worker.NowNanoseconds;
        for (int i = 0; i < packets.Length; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            // Safe: ip4-input has checked the header.
            byte* ip = packet.Start;
            if (ip[ProtocolOffset] == (byte)IpProtocol.Igmp)
            {
                // RFC 2236 section 9: reports are sent to the group itself.
                packet.Flags |= PacketFlags.LinkBroadcast;
                edges[i] = LocalEdge;
                continue;
            }

            ulong addresses = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(ip + SourceOffset));
            uint source = (uint)(addresses >> 32);
            uint group = (uint)addresses;
            if (interfaces.Of(packet.IngressInterface) is null)
            {
                edges[i] = Drop(MulticastDrop.NotEnabled, packet.SegmentCount);
                continue;
            }

            RouteRecord* route = routes.Find(packet.Instance, source, group);
            if (route != null)
            {
                ushort edge = Forward(ref packet, route, ip[TtlOffset], group, now);
                edges[i] = edge;
                if (edge != GraphEdge.Consumed)
                {
                    continue;
                }
            }
            else if (!_misses.Take(now, packet.Instance, source, group, out bool isRepeated))
            {
                edges[i] = Drop(isRepeated ? MulticastDrop.Pending : MulticastDrop.MissRate, packet.SegmentCount);
                continue;
            }

            edges[i] = GraphEdge.Consumed;
            worker.Punt(MissChannel, packets[i]);
        }

        SendCopies();
        worker.Pools.Return(_spares.AsSpan(0, _spareCount));
        _spareCount = 0;
    }

    // The edge; consumed where the packet is to go up.
    private ushort Forward(ref PacketBuffer packet, RouteRecord* route, byte ttl, uint group, long now)
    {
        if (packet.IngressInterface != route->Incoming)
        {
            route->WrongInterface += packet.SegmentCount;
            return Drop(MulticastDrop.WrongInterface, packet.SegmentCount);
        }

        route->Packets += packet.SegmentCount;
        route->Octets += packet.WireBytes;
        if (route->Count == 0)
        {
            if (now - route->AskedAt < AskAgain)
            {
                return Drop(MulticastDrop.NoReceivers, packet.SegmentCount);
            }

            route->AskedAt = now;
            return GraphEdge.Consumed;
        }

        uint last = 0;
        for (int i = 0; i < route->Count; i++)
        {
            uint egress = route->Outgoing[i];
            if (interfaces.Of(egress) is not { } limits)
            {
                continue;
            }

            if (ttl <= 1 || ttl <= limits.TtlThreshold)
            {
                route->TtlDrops += packet.SegmentCount;
                drops.Add((int)MulticastDrop.Ttl, packet.SegmentCount);
                continue;
            }

            if (limits.RateLimit != 0 && !limits.Bucket.Take(now, packet.WireBytes, limits.RateLimit))
            {
                route->RateDrops += packet.SegmentCount;
                drops.Add((int)MulticastDrop.Rate, packet.SegmentCount);
                continue;
            }

            if (last != 0)
            {
                SendCopy(ref packet, route, last, group);
            }

            last = egress;
        }

        if (last == 0)
        {
            return GraphEdge.Drop;
        }

        route->Copies += packet.SegmentCount;
        Aim(ref packet, last, group);
        return OutputEdge;
    }

    private void SendCopy(ref PacketBuffer packet, RouteRecord* route, uint egress, uint group)
    {
        nint handle = packet.Length <= OrdinaryBytes ? Spare() : worker.Pools.Rent(packet.Length);
        if (handle == 0)
        {
            route->BufferDrops += packet.SegmentCount;
            drops.Add((int)MulticastDrop.NoBuffer, packet.SegmentCount);
            return;
        }

        ref PacketBuffer copy = ref At(handle);
        copy.Length = packet.Length;
        // Safe: the buffer was rented for so many bytes.
        Buffer.MemoryCopy(packet.Start, copy.Start, packet.Length, packet.Length);
        packet.CopyMetadataTo(ref copy);
        Aim(ref copy, egress, group);
        route->Copies += packet.SegmentCount;
        if (_copyCount == Copies)
        {
            SendCopies();
        }

        _copies[_copyCount++] = handle;
    }

    // An empty buffer of the ordinary size; 0 for none.
    private nint Spare()
    {
        if (_spareCount == 0)
        {
            _spareCount = worker.Pools.Rent(0, _spares);
        }

        return _spareCount == 0 ? 0 : _spares[--_spareCount];
    }

    private void SendCopies()
    {
        worker.Enqueue(_output, _copies.AsSpan(0, _copyCount));
        _copyCount = 0;
    }

    private static void Aim(ref PacketBuffer packet, uint egress, uint group)
    {
        packet.EgressInterface = egress;
        packet.NextHop = group;
        packet.Adjacency = 0;
        // The link's header is that of the group.
        packet.Flags |= PacketFlags.LinkBroadcast;
    }

    private ushort Drop(MulticastDrop reason, int count)
    {
        drops.Add((int)reason, count);
        return GraphEdge.Drop;
    }
}
