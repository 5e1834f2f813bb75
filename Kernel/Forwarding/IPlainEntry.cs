using RouterOS.Forwarding.Plain;

namespace RouterOS.Forwarding;

/// <summary>
/// The node of a link type that can also put plain packets into its tunnels within the plain pass, which then routes the outer packets and
/// sends them, too. Its package need do no more than implement it.
/// </summary>
/// <remarks>
/// Called on the worker's thread with up to 256 packets that are ready to be wrapped, as the node gets them. Its outer packets must be plain:
/// IPv4, a header of 20 bytes with a right checksum, in the clear, and from the router itself.
/// </remarks>
public interface IPlainEntry
{
    /// <summary>
    /// Wraps a batch, each packet by <see cref="PlainPacket.Wrap"/>, with the counters of the node. One whose
    /// <see cref="PlainPacket.Leaves"/> is set goes to the node's own <see cref="GraphNode.Process"/> instead, untouched and uncounted so
    /// far: anything that is not the common case.
    /// </summary>
    void Wrap(Span<PlainPacket> packets);
}
