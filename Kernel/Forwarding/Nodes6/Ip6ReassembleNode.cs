using RouterOS.Forwarding.Nodes;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes6;

/// <summary>Puts IPv6 fragments together: those to the router always, those in transit where a package attaches the node to pre-route6.</summary>
/// <remarks>In: packets with a right IPv6 header. Out: whole packets without fragment header, by way of the node or arc that the constructor names.</remarks>
internal sealed unsafe class Ip6ReassembleNode : GraphNode
{
    private const int ExpireMilliseconds = 1000;

    private readonly ReassemblyTable<Ip6FragmentFormat> _table;
    private readonly WorkerServices _worker;
    private readonly DropCounters _drops;
    private readonly string _onward;
    private int _onwardIndex = -1;

    /// <summary>A node that sends whole datagrams to <paramref name="onward"/>.</summary>
    public Ip6ReassembleNode(string name, WorkerServices worker, ReassemblyTable<Ip6FragmentFormat> table, DropCounters drops, string onward)
        : base(name, onward)
    {
        _worker = worker;
        _table = table;
        _drops = drops;
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
            edges[i] = GraphEdge.Consumed;
            ref PacketBuffer packet = ref At(packets[i]);
            if (packet.IsSuper)
            {
                edges[i] = GraphEdge.Continue;
                continue;
            }

            if (!Ipv6Extensions.TryWalk(packet.Data, out Ipv6Extensions walked))
            {
                _drops.Add((int)Ip6Drop.BadExtensions, 1);
                edges[i] = GraphEdge.Drop;
                continue;
            }

            if (walked.FragmentAt == 0)
            {
                edges[i] = GraphEdge.Continue;
                continue;
            }

            if (!walked.IsFragment)
            {
                Ip6FragmentFormat.Unwrap(ref packet);
                _worker.Enqueue(_onwardIndex, packets[i]);
                continue;
            }

            int owner = _worker.Workers == 1 ? 0 : OwnerOf(ref packet, walked.FragmentAt);
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
    private int OwnerOf(ref PacketBuffer packet, int fragmentAt)
    {
        if (packet.Protection != 0)
        {
            return _worker.OwnerOf(packet.Protection);
        }

        byte* ip = packet.Start;
        uint mixed = Ip4.Read32(ip + fragmentAt + 4);
        for (int at = Ipv6Header.SourceOffset; at < Ip6.Header; at += sizeof(uint))
        {
            mixed = (mixed * 31) ^ Ip4.Read32(ip + at);
        }

        return (int)(((mixed * 0x9E37_79B1) >> 16) % (uint)_worker.Workers);
    }
}
