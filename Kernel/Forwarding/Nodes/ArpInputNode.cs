using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Answers ARP requests for the router's own addresses and learns neighbours from what it hears (RFC 826).</summary>
/// <remarks>In: ARP packets with <c>IngressInterface</c>. Out: nothing; replies are packets of their own.</remarks>
internal sealed class ArpInputNode(ForwardingTables tables, WorkerServices worker, NeighborResolver resolver, DropCounters drops)
    : GraphNode(KernelNodes.ArpInput)
{
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            if (tables.InterfaceAt(packet.IngressInterface) is { } ingress)
            {
                ingress.InputPackets++;
                ingress.InputBytes += (uint)packet.Length;
                if (ArpPacket.TryParse(packet.Data, out ArpPacket arp, out _))
                {
                    Read(ingress, arp);
                }
                else
                {
                    drops.Add((int)ArpDrop.Malformed, 1);
                }
            }

            // An ARP packet always ends here: that is not a drop of the interface.
            edges[i] = GraphEdge.Consumed;
            worker.Free(packets[i]);
        }
    }

    private void Read(ForwardingInterface ingress, in ArpPacket arp)
    {
        uint sender = arp.Sender;
        if (ingress.Owns(sender))
        {
            drops.Add((int)ArpDrop.AddressConflict, 1);
            worker.RaiseEvent("interface", ingress.Name, "address-conflict");
            return;
        }

        bool forUs = ingress.Owns(arp.Target);
        Neighbor? neighbor = tables.Neighbors.Find(ingress.Index, sender);
        // RFC 826: a sender that is known is always updated; a new one is learnt only when it talks to us, and RFC 5227's probes
        // (sender 0) are answered but teach nothing.
        if (neighbor is null && forUs && sender != 0)
        {
            if (!IsConnected(ingress, sender))
            {
                drops.Add((int)ArpDrop.NotConnected, 1);
                return;
            }

            neighbor = tables.Neighbors.Add(ingress.Index, sender);
        }

        if (neighbor is { State: not NeighborState.Static })
        {
            resolver.Confirm(neighbor, arp.SenderLinkAddress);
        }

        if (forUs && arp.Operation == ArpOperation.Request)
        {
            resolver.Send(ingress, ArpOperation.Reply, arp.Target, arp.SenderLinkAddress, sender);
        }
    }

    private static bool IsConnected(ForwardingInterface ingress, uint address)
    {
        foreach (InterfaceAddress own in ingress.AddressArray)
        {
            if (own.Contains(address) && (own.PrefixLength >= 31 || (address != own.Broadcast && address != (own.Address & Ipv4Address.Mask(own.PrefixLength)))))
            {
                return true;
            }
        }

        return false;
    }
}
