using RouterOS.Forwarding;
using RouterOS.Forwarding.Plain;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>Drops what comes to the router itself in the clear though a protection wants it (RFC 4301 section 5.2).</summary>
/// <remarks>On the arc local-in: whole packets.</remarks>
internal sealed class OwnInNode(OwnProtections own, DropCounters drops, string name) : GraphNode(name), IPlainFeature
{
    /// <summary>Name in the graph.</summary>
    public const string NodeName = "esp-own-in";

    /// <summary>Its name on the path of IPv6.</summary>
    public const string NodeName6 = "esp-own-in6";

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        edges[..packets.Length].Fill(GraphEdge.Continue);
        for (int i = 0; i < packets.Length && !own.IsEmpty; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            if ((packet.Flags & PacketFlags.FromItself) == 0 && own.Find(ref packet, isOutbound: false) is { } protection
                && packet.Protection != protection.Id)
            {
                drops.Add((int)EspDrop.Unprotected, 1);
                edges[i] = GraphEdge.Drop;
            }
        }
    }

    /// <inheritdoc/>
    public void Pass(Span<PlainPacket> packets)
    {
        if (own.IsEmpty)
        {
            return;
        }

        foreach (ref PlainPacket packet in packets)
        {
            packet.Leaves = own.KnowsPeer(packet, isOutbound: false);
        }
    }
}
