using RouterOS.Forwarding.Plain;

namespace RouterOS.Forwarding;

/// <summary>
/// A node on <see cref="Arcs.Output"/> that can judge plain packets in the plain pass: what goes from port to port without a queue
/// between. An arc with a feature that is not one has no plain pass, and all packets take their nodes. On <see cref="Arcs.LocalIn"/> and
/// <see cref="Arcs.LocalOut"/> it judges the outer packets of tunnels in the clear; with a feature there that is not one, tunnels have no pass.
/// </summary>
/// <remarks>
/// Called on the worker's thread with up to 256 packets, after everything else about them has been decided. What passes here must be
/// what the node itself would let go on with the arc unchanged, with the same counters. The metadata of the buffers is not to be read.
/// On local-in packets have no egress interface, on local-out no ingress interface.
/// </remarks>
public interface IPlainFeature
{
    /// <summary>
    /// Judges a batch. A packet whose <see cref="PlainPacket.Leaves"/> is set goes to the node's own <see cref="GraphNode.Process"/>
    /// instead, untouched and uncounted so far: anything that is not the common case.
    /// </summary>
    void Pass(Span<PlainPacket> packets);
}
