using RouterOS.Esp.Wire;
using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>Gives sealed packets of tunnels over IPv6 their outer header.</summary>
/// <remarks>
/// In: outer packets with the stand-in header of <see cref="Outer6"/>, <c>AvoidProtection</c> set. Out: IPv6 packets of the router's own, or
/// those that AH goes around.
/// </remarks>
internal sealed unsafe class EspOuter6Node(EspTables tables, WorkerServices worker)
    : GraphNode(NodeName, KernelNodes.Ip6LocalOut, AhEncryptNode.BundleName)
{
    /// <summary>Name in the graph.</summary>
    public const string NodeName = "esp-outer6";

    private const ushort OutEdge = 0;
    private const ushort BundleEdge = 1;

    // What the kernel puts in front of the packet on its way.
    private const int RoomForLinks = 64;

    private int _localOut = -1;
    private int _ah;

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = Change(packets[i]);
        }
    }

    private ushort Change(nint handle)
    {
        ref PacketBuffer packet = ref At(handle);
        if (tables.Protections.Find(packet.AvoidProtection) is not { IsVersion6: true } protection)
        {
            tables.Drops.Add((int)EspDrop.NoProtection, 1);
            return GraphEdge.Drop;
        }

        if (packet.Headroom >= Outer6.MoreBytes + RoomForLinks)
        {
            return Write(ref packet, protection) ? BundleEdge : OutEdge;
        }

        nint copy = worker.Pools.Rent(packet.Length + Outer6.MoreBytes);
        if (copy == 0)
        {
            tables.Drops.Add((int)EspDrop.NoBuffer, 1);
            return GraphEdge.Drop;
        }

        // Safe: the buffer was rented for these bytes and the longer header.
        ref PacketBuffer moved = ref At(copy);
        moved.Offset += Outer6.MoreBytes;
        packet.Data.CopyTo(new Span<byte>(moved.Append(packet.Length), packet.Length));
        packet.CopyMetadataTo(ref moved);
        if (_localOut < 0)
        {
            _localOut = worker.NodeIndex(KernelNodes.Ip6LocalOut);
            _ah = worker.NodeIndex(AhEncryptNode.BundleName);
        }

        worker.Enqueue(Write(ref moved, protection) ? _ah : _localOut, copy);
        worker.Free(handle);
        return GraphEdge.Consumed;
    }

    // True for ESP that AH goes around, which the stand-in header says already.
    private static bool Write(ref PacketBuffer packet, Protection protection)
    {
        ReadOnlySpan<byte> before = packet.Data;
        byte trafficClass = before[1];
        byte protocol = before[9];
        bool isBundle = protocol == AhHeader.Protocol;
        packet.Push(Outer6.MoreBytes);
        Ipv6Header.Write(
            packet.Data, packet.Length - Ipv6Header.Length, isBundle ? EspHeader.Protocol : protocol, protection.LocalAddress6,
            protection.RemoteAddress6, Outer6.Hops, trafficClass);
        if (protocol == (byte)IpProtocol.Udp)
        {
            TransportPacket.WriteChecksum6(packet.Data, Ipv6Header.Length, protocol);
        }

        return isBundle;
    }
}
