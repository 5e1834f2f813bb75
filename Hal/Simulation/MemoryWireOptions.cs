using RouterOS.Abstractions.Ports;

namespace RouterOS.Simulation;

/// <summary>How a memory wire behaves. The defaults make a perfect wire.</summary>
public sealed class MemoryWireOptions
{
    /// <summary>Link layer of the frames.</summary>
    public PortLink Link { get; init; } = PortLink.Ethernet;

    /// <summary>Largest network-layer packet.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>Frames that wait at most in each direction; more are not taken.</summary>
    public int QueueFrames { get; init; } = 4096;

    /// <summary>Clock of the delays; needed where <see cref="Latency"/> or <see cref="Reorder"/> is set.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>How long a frame is under way.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Probability that a frame is lost.</summary>
    public double Loss { get; init; }

    /// <summary>Probability that a frame comes twice.</summary>
    public double Duplicate { get; init; }

    /// <summary>Probability that one bit of a frame is turned.</summary>
    public double Corrupt { get; init; }

    /// <summary>Probability that a frame is held back by up to <see cref="ReorderDelay"/> more, so that others overtake it.</summary>
    public double Reorder { get; init; }

    /// <summary>Longest extra delay of a frame that is held back.</summary>
    public TimeSpan ReorderDelay { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Seed of everything that happens by chance.</summary>
    public ulong Seed { get; init; } = 1;
}
