using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Puts fragments together: those to the router always, those in transit where a package attaches the node to pre-route.</summary>
/// <remarks>In: packets with a right IPv4 header. Out: whole packets, by way of the node or arc that the constructor names.</remarks>
internal sealed unsafe class Ip4ReassembleNode : GraphNode
{
    private const int ExpireMilliseconds = 1000;

    private readonly ReassemblyTable<Ip4FragmentFormat> _table;
    private readonly WorkerServices _worker;
    private readonly string _onward;
    private int _onwardIndex = -1;

    /// <summary>A node that sends whole datagrams to <paramref name="onward"/>.</summary>
    public Ip4ReassembleNode(string name, WorkerServices worker, ReassemblyTable<Ip4FragmentFormat> table, string onward)
        : base(name, onward)
    {
        _worker = worker;
        _table = table;
        _onward = onward;
        worker.Every(ExpireMilliseconds, table.Expire);
    }

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        if (_onwardIndex < 0)
        {
            _onwardIndex = _worker.NodeIndex(_onward);
        }

        for (int i = 0; i < packets.Length; i++)
        {
            if (!Ip4.IsFragment(At(packets[i]).Start))
            {
                edges[i] = GraphEdge.Continue;
                continue;
            }

            edges[i] = GraphEdge.Consumed;
            int owner = _worker.Workers == 1 ? 0 : OwnerOf(ref At(packets[i]));
            if (owner != _worker.Number)
            {
                _worker.HandOff(owner, _worker.NodeIndex(Name), packets[i]);
                continue;
            }

            nint whole = _table.Add(packets[i]);
            if (whole != 0)
            {
                _worker.Enqueue(_onwardIndex, whole);
            }
        }
    }

    // All fragments of a datagram meet on one worker: that of the protection which they came by, or else one by addresses and number.
    private int OwnerOf(ref PacketBuffer packet)
    {
        if (packet.Protection != 0)
        {
            return _worker.OwnerOf(packet.Protection);
        }

        byte* ip = packet.Start;
        uint mixed = (Ip4.Source(ip) ^ Ip4.Destination(ip) ^ ((uint)Ip4.Read16(ip + 4) << 8) ^ ip[9]) * 0x9E37_79B1;
        return (int)((mixed >> 16) % (uint)_worker.Workers);
    }
}
