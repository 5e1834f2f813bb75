using RouterOS.Abstractions.Ports;
using RouterOS.Packets;
using RouterOS.Simulation;

namespace RouterOS.Scenario.Simulated;

/// <summary>A port that stays on its wire when the data process that used it is killed.</summary>
internal sealed class LastingPort(MemoryPort port) : IPort
{
    public PortLink Link => port.Link;

    public ReadOnlyMemory<byte> LinkAddress => port.LinkAddress;

    public int Mtu => port.Mtu;

    public bool IsUp => port.IsUp;

    public int PollDescriptor => port.PollDescriptor;

    public Action? WakeUp
    {
        get => port.WakeUp;
        set => port.WakeUp = value;
    }

    public int Receive(Span<nint> packets, PacketPools pools) => port.Receive(packets, pools);

    public int Transmit(ReadOnlySpan<nint> packets) => port.Transmit(packets);

    public PortCounters ReadCounters() => port.ReadCounters();

    public void Dispose()
    {
        // What arrives while nobody listens is lost.
        while (port.Take() is not null)
        {
        }
    }
}
