using RouterOS.Forwarding.Plain;

namespace RouterOS.Forwarding;

/// <summary>
/// A node on <see cref="Arcs.Output"/> that can judge plain packets in the plain pass: what goes from port to port without a queue
/// between. An arc with a feature that is not one has no plain pass, and all packets take their nodes.
/// </summary>
/// <remarks>
/// Called on the worker's thread with up to 256 packets, after everything else about them has been decided. What passes here must be
/// what the node itself would let go on with the arc unchanged, with the same counters.
/// </remarks>
public interface IPlainFeature
{
    /// <summary>
    /// Judges a batch. A packet whose <see cref="PlainPacket.Leaves"/> is set goes to the node's own <see cref="GraphNode.Process"/>
    /// instead, untouched and uncounted so far: anything that is not the common case.
    /// </summary>
    void Pass(Span<PlainPacket> packets);
}
