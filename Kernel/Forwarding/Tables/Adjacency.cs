namespace RouterOS.Forwarding.Tables;

/// <summary>Where packets of a route go next: an interface, and what to resolve on its link.</summary>
/// <remarks>
/// The interface's link type names the node and the interface's index is the record there, so adjacencies stack: a tunnel's node
/// wraps the packet and sends it to <see cref="KernelNodes.Ip4LocalOut"/>, where the outer destination chooses the next adjacency.
/// </remarks>
public struct Adjacency
{
    /// <summary>Index of the egress interface.</summary>
    public uint Interface { get; internal set; }

    /// <summary>Gateway on the egress link; 0: the destination itself.</summary>
    public uint Gateway { get; internal set; }
}
