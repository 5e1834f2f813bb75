using System.Runtime.CompilerServices;
using RouterOS.Forwarding.Nodes;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes6;

/// <summary>Writes the Ethernet header of IPv6 packets; packets whose next hop is unknown wait for its answer. Worker 0's.</summary>
/// <remarks>In: IPv6 packets with <c>EgressInterface</c> and <c>NextHop</c>, the gateway's number. Out: frames with <c>Port</c>.</remarks>
internal sealed unsafe class Ethernet6OutputNode(ForwardingTables tables, NeighborDiscovery discovery, DropCounters drops)
    : GraphNode(KernelNodes.Ethernet6Output, KernelNodes.PortOutput)
{
    private const ushort PortEdge = 0;
    private const uint GroupStart = 0x3333;

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            if (tables.InterfaceAt(packet.EgressInterface) is not { IsUp: true, PortBelow: { } port } egress)
            {
                drops.Add((int)NeighborDrop.InterfaceChanged, 1);
                edges[i] = GraphEdge.Drop;
                continue;
            }

            if (packet.Headroom < egress.LinkHeaderBytes)
            {
                drops.Add((int)NeighborDrop.NoBuffer, 1);
                edges[i] = GraphEdge.Drop;
                continue;
            }

            UInt128 next = packet.NextHop == 0 ? Ip6.Destination(packet.Start) : tables.GatewayAt6(packet.NextHop);
            uint first;
            ushort last;
            if (Ipv6Address.IsMulticast(next))
            {
                // RFC 2464 section 7: 33:33 and the group's last four bytes.
                first = GroupStart | (Swap((uint)next) << 16);
                last = (ushort)(Swap((uint)next) >> 16);
            }
            else if (discovery.Find(egress, next) is { } neighbor)
            {
                first = neighbor.LinkFirst;
                last = neighbor.LinkLast;
            }
            else
            {
                edges[i] = discovery.Queue(egress, next, packets[i]) ? GraphEdge.Consumed : GraphEdge.Drop;
                continue;
            }

            // Safe: the headroom was checked above.
            byte* frame = packet.Push(EthernetHeader.Length);
            Unsafe.WriteUnaligned(frame, first);
            Unsafe.WriteUnaligned(frame + 4, last);
            port.LinkAddress.Span.CopyTo(new Span<byte>(frame + 6, EthernetHeader.AddressBytes));
            Ip4.Write16(frame + 12, (ushort)EtherType.Ipv6);
            if (egress.Vlan != 0)
            {
                VlanTag.Insert(ref packet, egress.Vlan);
            }

            packet.Port = (ushort)egress.Port;
            edges[i] = PortEdge;
        }
    }

    private static uint Swap(uint value) => System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(value);
}
