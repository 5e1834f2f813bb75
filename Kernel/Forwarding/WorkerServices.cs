using RouterOS.Packets;

namespace RouterOS.Forwarding;

/// <summary>What nodes get from the worker that runs them.</summary>
/// <remarks>Owned by the worker's thread.</remarks>
public abstract class WorkerServices
{
    /// <summary>The worker's packet buffers.</summary>
    public abstract PacketPools Pools { get; }

    /// <summary>Nanoseconds of the module's clock, read once per batch.</summary>
    public abstract long NowNanoseconds { get; }

    /// <summary>Puts a packet that a node made or kept back into the graph, at a named node, after the current batch.</summary>
    /// <remarks>Resolve the name once with <see cref="NodeIndex"/>.</remarks>
    public abstract void Enqueue(int node, nint packet);

    /// <summary>Index of a node for <see cref="Enqueue"/>; valid once the graph is built (use it lazily).</summary>
    public abstract int NodeIndex(string name);

    /// <summary>Hands a packet to the control plane: copied, policed per channel, and freed here.</summary>
    /// <param name="channel">Who listens, for example <c>udp:500</c>.</param>
    /// <param name="packet">The packet, IPv4 header in front.</param>
    public abstract void Punt(string channel, nint packet);

    /// <summary>Tells the control plane that something happened; duplicates of (table, key, name) within a second are merged.</summary>
    public abstract void RaiseEvent(string table, string key, string name);

    /// <summary>Frees a packet.</summary>
    public abstract void Free(nint packet);

    /// <summary>Calls <paramref name="action"/> on the worker's thread every <paramref name="milliseconds"/>, between batches.</summary>
    public abstract void Every(int milliseconds, Action action);
}
