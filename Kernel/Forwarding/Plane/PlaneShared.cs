using RouterOS.Forwarding.Local;
using RouterOS.Forwarding.Tables;

namespace RouterOS.Forwarding.Plane;

/// <summary>What the workers of one plane share, each with one writer or a lock off the packets' path.</summary>
internal sealed class PlaneShared(int workers)
{
    /// <summary>Routes: worker 0 writes them.</summary>
    public FibSet Fibs { get; } = new(workers);

    /// <summary>Numbers of punt channels.</summary>
    public PuntChannels Channels { get; } = new();

    /// <summary>Neighbours that worker 0 has resolved.</summary>
    public NeighborMap Neighbors { get; } = new();
}
