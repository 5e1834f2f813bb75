using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Writes the Ethernet header; packets whose next hop is unknown wait for its answer.</summary>
/// <remarks>In: IPv4 packets with <c>EgressInterface</c> and <c>NextHop</c>. Out: frames with <c>Port</c>.</remarks>
internal sealed unsafe class EthernetOutputNode(
    ForwardingTables tables, WorkerServices worker, NeighborResolver? resolver, NeighborMap? known, DropCounters drops)
    : GraphNode(KernelNodes.EthernetOutput, KernelNodes.PortOutput)
{
    private const ushort PortEdge = 0;
    private const uint MulticastLow23 = 0x7fffff;

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            if (tables.InterfaceAt(packet.EgressInterface) is not { IsUp: true, PortBelow: { } port } egress)
            {
                drops.Add((int)ArpDrop.InterfaceChanged, 1);
                edges[i] = GraphEdge.Drop;
                continue;
            }

            if (packet.Headroom < egress.LinkHeaderBytes)
            {
                drops.Add((int)ArpDrop.NoBuffer, 1);
                edges[i] = GraphEdge.Drop;
                continue;
            }

            uint first;
            ushort last;
            if ((packet.Flags & PacketFlags.LinkBroadcast) != 0)
            {
                (first, last) = Group(packet.NextHop);
            }
            else if (resolver is null)
            {
                if (!known!.TryFind(Neighbors.Key(egress.Index, packet.NextHop), out first, out last))
                {
                    edges[i] = GraphEdge.Consumed;
                    worker.HandOff(0, worker.NodeIndex(Name), packets[i]);
                    continue;
                }
            }
            else
            {
                Neighbor? neighbor = tables.Neighbors.Find(egress.Index, packet.NextHop);
                if (neighbor is null || neighbor.State == NeighborState.Incomplete)
                {
                    edges[i] = resolver.Queue(egress, neighbor, packets[i]) ? GraphEdge.Consumed : GraphEdge.Drop;
                    continue;
                }

                first = neighbor.LinkFirst;
                last = neighbor.LinkLast;
            }

            // Safe: the headroom was checked above.
            byte* frame = packet.Push(EthernetHeader.Length);
            Unsafe.WriteUnaligned(frame, first);
            Unsafe.WriteUnaligned(frame + 4, last);
            port.LinkAddress.Span.CopyTo(new Span<byte>(frame + 6, EthernetHeader.AddressBytes));
            Ip4.Write16(frame + 12, (ushort)EtherType.Ipv4);
            if (egress.Vlan != 0)
            {
                VlanTag.Insert(ref packet, egress.Vlan);
            }

            packet.Port = (ushort)egress.Port;
            edges[i] = PortEdge;
        }
    }

    // RFC 1112 section 6.4: a group's Ethernet address ends with its low 23 bits.
    private static (uint First, ushort Last) Group(uint nextHop)
    {
        if (!Ipv4Address.IsMulticast(nextHop))
        {
            return (uint.MaxValue, ushort.MaxValue);
        }

        uint low = nextHop & MulticastLow23;
        return (
            BinaryPrimitives.ReverseEndianness(0x01005e00 | (low >> 16)),
            BinaryPrimitives.ReverseEndianness((ushort)low));
    }
}
