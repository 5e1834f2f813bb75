using System.Runtime.CompilerServices;
using RouterOS.Abstractions.Ports;
using RouterOS.Forwarding.Plain;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Reads the link header of received frames and finds their logical interface.</summary>
/// <remarks>In: frames with <c>Port</c>. Out: IP packets or ARP bodies with <c>IngressInterface</c>.</remarks>
internal sealed unsafe class PortInputNode(ForwardingTables tables, DropCounters drops)
    : GraphNode(KernelNodes.PortInput, KernelNodes.Ip4Input, KernelNodes.ArpInput, KernelNodes.Ip6Input)
{
    private const ushort Ip4Edge = 0;
    private const ushort ArpEdge = 1;
    private const ushort Ip6Edge = 2;

    private readonly Station[] _stations = [.. tables.Ports.Select(port => new Station(port.Port))];

    /// <summary>Takes plain packets all the way; null when the arcs do not permit it.</summary>
    public PlainPass? Pass { get; set; }

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        if (Pass is null)
        {
            for (int i = 0; i < packets.Length; i++)
            {
                edges[i] = Read(ref At(packets[i]));
            }

            return;
        }

        edges.Fill(GraphEdge.Consumed);
        foreach (ushort i in Pass.FromPorts(packets))
        {
            edges[i] = Read(ref At(packets[i]));
        }
    }

    private ushort Read(ref PacketBuffer packet)
    {
        ref readonly Station station = ref _stations[packet.Port];
        bool isTagged = station.IsEthernet && packet.Length >= EthernetHeader.Length + VlanTag.Length
            && Ip4.Read16(packet.Start + EthernetHeader.Length - sizeof(ushort)) == (ushort)EtherType.Vlan;
        uint index = isTagged ? tables.InterfaceOfTag(packet.Port, VlanTag.Remove(ref packet)) : tables.InterfaceOfPort[packet.Port];
        if (tables.InterfaceAt(index) is not { IsUp: true } ingress)
        {
            return Drop(isTagged ? PortDrop.UnknownVlan : PortDrop.NoInterface);
        }

        packet.IngressInterface = index;
        return station.IsEthernet ? ReadEthernet(ref packet, station, ingress.HasIpv6) : ReadRaw(ref packet, ingress.HasIpv6);
    }

    private ushort ReadEthernet(ref PacketBuffer packet, in Station station, bool hasIpv6)
    {
        if (packet.Length < EthernetHeader.Length)
        {
            return Drop(PortDrop.Truncated);
        }

        // Safe: the length was checked above; the field holds exactly the header's 14 bytes.
        byte* frame = packet.Start;
        fixed (byte* header = packet.Ethernet)
        {
            Unsafe.CopyBlockUnaligned(header, frame, EthernetHeader.Length);
        }

        if ((frame[0] & 1) != 0)
        {
            packet.Flags |= PacketFlags.LinkBroadcast;
        }
        else if (Unsafe.ReadUnaligned<uint>(frame) != station.First || Unsafe.ReadUnaligned<ushort>(frame + 4) != station.Last)
        {
            return Drop(PortDrop.OtherStation);
        }

        packet.Pull(EthernetHeader.Length);
        return (EtherType)Ip4.Read16(frame + 12) switch
        {
            EtherType.Ipv4 => Ip4Edge,
            EtherType.Arp => ArpEdge,
            EtherType.Ipv6 when hasIpv6 => Ip6Edge,
            _ => Drop(PortDrop.UnknownProtocol),
        };
    }

    private ushort ReadRaw(ref PacketBuffer packet, bool hasIpv6) =>
        packet.Length == 0 ? Drop(PortDrop.Truncated)
        : *packet.Start >> 4 == 4 ? Ip4Edge
        : hasIpv6 && *packet.Start >> 4 == 6 ? Ip6Edge
        : Drop(PortDrop.UnknownProtocol);

    private ushort Drop(PortDrop reason)
    {
        drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }

    // The port's own Ethernet address as two words in memory order.
    private readonly struct Station
    {
        public Station(IPort port)
        {
            IsEthernet = port.Link == PortLink.Ethernet;
            if (IsEthernet)
            {
                ReadOnlySpan<byte> address = port.LinkAddress.Span;
                First = Unsafe.ReadUnaligned<uint>(in address[0]);
                Last = Unsafe.ReadUnaligned<ushort>(in address[4]);
            }
        }

        public bool IsEthernet { get; }

        public uint First { get; }

        public ushort Last { get; }
    }
}
