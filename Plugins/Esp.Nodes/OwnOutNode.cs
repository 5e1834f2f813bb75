using RouterOS.Forwarding;
using RouterOS.Forwarding.Plain;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>Leads what the router itself sends into the protection that wants it.</summary>
/// <remarks>On the arc local-out, before whatever notes sessions. What has its protection already, and outer packets, pass.</remarks>
internal sealed class OwnOutNode(OwnProtections own, string name) : GraphNode(name), IPlainFeature
{
    /// <summary>Name in the graph.</summary>
    public const string NodeName = "esp-own-out";

    /// <summary>Its name on the path of IPv6.</summary>
    public const string NodeName6 = "esp-own-out6";

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        edges[..packets.Length].Fill(GraphEdge.Continue);
        for (int i = 0; i < packets.Length && !own.IsEmpty; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            if ((packet.RequiredProtection | packet.AvoidProtection) == 0 && own.Find(ref packet, isOutbound: true) is { } protection)
            {
                packet.RequiredProtection = protection.Id;
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
            packet.Leaves = own.KnowsPeer(packet, isOutbound: true);
        }
    }
}
