using System.Runtime.CompilerServices;
using RouterOS.Packets;

namespace RouterOS.Forwarding;

/// <summary>One step of the forwarding graph: reads a batch of packets and says by which edge each one leaves.</summary>
/// <remarks>
/// Called on one worker's thread; one instance per worker. No allocation, lock, exception, log or virtual call per packet.
/// An edge's number is its position in <see cref="Edges"/>; <see cref="GraphEdge"/> has the numbers that every node shares.
/// </remarks>
public abstract class GraphNode
{
    /// <summary>Names the node and the nodes that its edges lead to.</summary>
    protected GraphNode(string name, params string[] edges)
    {
        Name = name;
        Edges = edges;
    }

    /// <summary>Unique name in the graph, as counters and edges use it.</summary>
    public string Name { get; }

    /// <summary>Names of the nodes behind edge 0, 1, 2 …</summary>
    public IReadOnlyList<string> Edges { get; }

    /// <summary>Handles one batch: up to 256 packets; writes the edge of each into <paramref name="edges"/>.</summary>
    public abstract void Process(ReadOnlySpan<nint> packets, Span<ushort> edges);

    /// <summary>The metadata at a handle.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static ref PacketBuffer At(nint handle) => ref PacketBuffer.At(handle);
}
