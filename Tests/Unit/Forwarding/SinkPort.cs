using RouterOS.Abstractions.Ports;
using RouterOS.Packets;

namespace RouterOS.Unit.Forwarding;

/// <summary>A port that swallows what is sent and receives nothing by itself.</summary>
internal sealed class SinkPort(PortLink link = PortLink.Ethernet) : IPort
{
    public static readonly byte[] Address = [2, 0, 0, 0, 0, 0xaa];

    public PortLink Link => link;

    public ReadOnlyMemory<byte> LinkAddress { get; } = Address;

    public int Mtu => 1500;

    public bool IsUp { get; set; } = true;

    public int PollDescriptor => -1;

    public Action? WakeUp { get; set; }

    public PortOffloads Offloads { get; set; }

    public long Sent { get; private set; }

    public bool Keep { get; set; }

    public List<byte[]> Frames { get; } = [];

    public int Receive(Span<nint> packets, PacketPools pools) => 0;

    public int Transmit(ReadOnlySpan<nint> packets)
    {
        Sent += packets.Length;
        for (int i = 0; i < packets.Length && Keep; i++)
        {
            Frames.Add(PacketBuffer.At(packets[i]).Data.ToArray());
        }

        return packets.Length;
    }

    public PortCounters ReadCounters() => default;

    public void Dispose()
    {
    }
}
