using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Unit.Forwarding;

/// <summary>A node that notes a copy of every packet and sends it where the test says.</summary>
internal sealed class TestNode(string name, ushort edge, params string[] edges) : GraphNode(name, edges)
{
    public List<(byte[] Bytes, PacketBuffer Metadata)> Seen { get; } = [];

    public Func<nint, ushort>? Decide { get; set; }

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> to)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            Seen.Add((At(packets[i]).Data.ToArray(), At(packets[i])));
            to[i] = Decide?.Invoke(packets[i]) ?? edge;
        }
    }
}
