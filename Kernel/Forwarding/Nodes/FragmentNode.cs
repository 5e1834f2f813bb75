using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Cuts super-packets into packets, and packets into fragments, of either family.</summary>
/// <remarks>
/// In: packets from rewrite that are too large and may be cut, super-packets that the link does not take. Out: packets and fragments,
/// straight to the interface's link.
/// </remarks>
internal abstract class FragmentNode(
    string name, string[] links, ForwardingTables tables, WorkerServices worker, DropCounters drops, FragmentFaults faults)
    : GraphNode(name, links)
{
    private readonly int[] _links = new int[links.Length];
    private bool _resolved;

    protected WorkerServices Worker => worker;

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        Resolve();
        for (int i = 0; i < packets.Length; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            // The original is freed by its edge; a packet that could not be cut is counted against the interface there.
            int? fault = tables.InterfaceAt(packet.EgressInterface) is not { IsUp: true } egress || egress.OutputEdge >= _links.Length
                ? faults.EgressDown
                : packet.IsSuper ? CutSuper(ref packet, egress) : Cut(ref packet, egress);
            if (fault is { } reason)
            {
                drops.Add(reason, 1);
                edges[i] = GraphEdge.Drop;
            }
            else
            {
                edges[i] = GraphEdge.Consumed;
                worker.Free(packets[i]);
            }
        }
    }

    /// <summary>Sends a packet's fragments, or says which drop counter it is to be counted by; the packet stays the caller's.</summary>
    protected abstract int? Cut(ref PacketBuffer packet, ForwardingInterface egress);

    /// <summary>True when a packet of a super-packet has to be cut further.</summary>
    protected abstract bool IsTooLarge(in PacketBuffer piece, ForwardingInterface egress);

    /// <summary>Sends what has been cut.</summary>
    protected void Send(nint handle, ForwardingInterface egress, bool own)
    {
        uint required = At(handle).RequiredProtection;
        if (required != 0 && tables.ProtectionOf(egress.Index) != required)
        {
            worker.Enqueue(_links[tables.ProtectorEdge], handle);
            return;
        }

        egress.CountOutput(At(handle), own);
        worker.Enqueue(_links[egress.OutputEdge], handle);
    }

    private int? CutSuper(ref PacketBuffer packet, ForwardingInterface egress)
    {
        if (!SuperPacket.TryParse(packet.Data, packet.SegmentBytes, out SuperPacket super))
        {
            return faults.BadSegments;
        }

        bool own = (packet.Flags & PacketFlags.LocallyOriginated) != 0;
        for (int i = 0; i < super.Count; i++)
        {
            nint handle = super.Cut(ref packet, i, worker.Pools);
            if (handle == 0)
            {
                return faults.NoBuffer;
            }

            ref PacketBuffer piece = ref At(handle);
            if (!IsTooLarge(piece, egress))
            {
                Send(handle, egress, own);
                continue;
            }

            int? fault = Cut(ref piece, egress);
            worker.Free(handle);
            if (fault is not null)
            {
                return fault;
            }
        }

        return null;
    }

    private void Resolve()
    {
        if (!_resolved)
        {
            for (int i = 0; i < _links.Length; i++)
            {
                _links[i] = worker.NodeIndex(Edges[i]);
            }

            _resolved = true;
        }
    }
}
