using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>What happens to packets with an SPI that no SA has: they are counted and, where somebody wants to answer, told to the control plane.</summary>
internal static class UnknownSpi
{
    private const string Channel = "esp-unknown-spi";

    /// <summary>Takes such a packet, its outer header in front; the edge that it leaves by.</summary>
    public static ushort Take(EspTables tables, WorkerServices worker, nint handle)
    {
        tables.Drops.Add((int)EspDrop.UnknownSpi, 1);
        if (!tables.ReportsUnknownSpi || Outer6.IsHidden(ref PacketBuffer.At(handle)))
        {
            return GraphEdge.Drop;
        }

        worker.Punt(Channel, handle);
        return GraphEdge.Consumed;
    }
}
