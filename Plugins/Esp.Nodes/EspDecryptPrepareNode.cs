using RouterOS.Esp.Wire;
using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>Finds the SA of ESP packets to this router and drops what is not worth any cryptography.</summary>
/// <remarks>In: whole local packets of protocol 50, IPv4 header in front. Out: <c>RowIndex</c> is the SA's place.</remarks>
internal sealed unsafe class EspDecryptPrepareNode : GraphNode
{
    /// <summary>Name in the graph.</summary>
    public const string NodeName = "esp-decrypt-prepare";

    private const ushort DecryptEdge = 0;

    private readonly EspTables _tables;

    public EspDecryptPrepareNode(EspTables tables)
        : base(NodeName, EspDecryptNode.NodeName) => _tables = tables;

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = Handle(ref At(packets[i]));
        }
    }

    private ushort Handle(ref PacketBuffer packet)
    {
        ReadOnlySpan<byte> data = packet.Data;
        int outerHeader = data.Length < Ipv4Header.MinimumLength ? 0 : (data[0] & 0x0f) * 4;
        if (outerHeader < Ipv4Header.MinimumLength || outerHeader > data.Length
            || !EspHeader.TryParse(data[outerHeader..], out EspHeader header, out _))
        {
            return Drop(EspDrop.BadHeader);
        }

        int place = _tables.InboundPlace(header.Spi);
        if (_tables.InboundAt((uint)place) is not { } sa || !sa.Protection.IsConfigured)
        {
            return Drop(EspDrop.UnknownSpi);
        }

        EspSizes sizes = sa.Sizes;
        int text = data.Length - outerHeader - EspHeader.Length - sizes.Iv - sizes.Tag;
        if (text < sizes.Block || text % sizes.Block != 0)
        {
            sa.Row->BadHeader++;
            return Drop(EspDrop.BadHeader);
        }

        // A first look, before any cryptography; what counts is the second one, after the integrity check.
        if (sa.WindowPackets != 0 && !ReplayWindow.IsFresh(sa.Row, sa.WindowPackets, header.Sequence))
        {
            sa.Row->Replayed++;
            return Drop(EspDrop.Replayed);
        }

        ref DecryptScratch scratch = ref DecryptScratch.Of(ref packet);
        scratch.Spi = header.Spi;
        scratch.Sequence = header.Sequence;
        scratch.OuterHeader = outerHeader;
        scratch.OuterTos = data[1];
        packet.RowIndex = (uint)place;
        return DecryptEdge;
    }

    private ushort Drop(EspDrop reason)
    {
        _tables.Drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }
}
