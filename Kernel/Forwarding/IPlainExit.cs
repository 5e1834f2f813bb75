using RouterOS.Forwarding.Plain;

namespace RouterOS.Forwarding;

/// <summary>
/// The node of a local IP protocol that can also take plain packets out of its tunnels within the plain pass, which then forwards what was
/// inside, too. Its package need do no more than implement it.
/// </summary>
/// <remarks>
/// Called on the worker's thread with up to 256 packets of such protocols to the router itself: whole, without options, past the arc local-in.
/// What comes out is IPv4, judged after it as input of the tunnel's interface.
/// </remarks>
public interface IPlainExit
{
    /// <summary>Changes after every change of what <see cref="Find"/> says.</summary>
    uint Changes { get; }

    /// <summary>
    /// What it has for packets between two addresses in an instance, which will stand in their <see cref="PlainPacket.State"/>: an address that it
    /// will read from first, or 0 for nothing. Asked once for many packets; where other protocols have such nodes, too, never, and nothing stands there.
    /// </summary>
    nint Find(uint instance, uint source, uint destination);

    /// <summary>
    /// Opens a batch, each packet by <see cref="PlainPacket.Unwrap"/>, with the counters of the node. One whose
    /// <see cref="PlainPacket.Leaves"/> is set goes to the node's own <see cref="GraphNode.Process"/> instead, untouched and uncounted so
    /// far: anything that is not the common case, and what is to be dropped.
    /// </summary>
    void Unwrap(Span<PlainPacket> packets);
}
