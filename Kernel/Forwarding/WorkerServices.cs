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

    /// <summary>The same of many packets, in order: one call for a batch.</summary>
    public virtual void Enqueue(int node, ReadOnlySpan<nint> packets)
    {
        foreach (nint packet in packets)
        {
            Enqueue(node, packet);
        }
    }

    /// <summary>Index of a node for <see cref="Enqueue(int, nint)"/>; valid once the graph is built (use it lazily).</summary>
    public abstract int NodeIndex(string name);

    /// <summary>Hands a packet to the control plane: copied, policed per channel, and freed here.</summary>
    /// <param name="channel">Who listens, for example <c>udp:500</c>.</param>
    /// <param name="packet">The packet, IPv4 header in front.</param>
    public abstract void Punt(string channel, nint packet);

    /// <summary>The same for what the node knows to belong to a flow that the control plane has let in.</summary>
    /// <param name="channel">Who listens.</param>
    /// <param name="packet">The packet, IPv4 header in front.</param>
    /// <param name="flow">Whose share of the channel it takes, in place of its source address; not 0.</param>
    public virtual void Punt(string channel, nint packet, ulong flow) => Punt(channel, packet);

    /// <summary>Tells the control plane that something happened; duplicates of (table, key, name) within a second are merged.</summary>
    public abstract void RaiseEvent(string table, string key, string name);

    /// <summary>Frees a packet.</summary>
    public abstract void Free(nint packet);

    /// <summary>Calls <paramref name="action"/> on the worker's thread every <paramref name="milliseconds"/>, between batches.</summary>
    public abstract void Every(int milliseconds, Action action);

    /// <summary>Copies packets for captures; ask <see cref="PacketTap.IsOn"/> once per batch. Null where there are none, as in tests of a node.</summary>
    public PacketTap? Tap { get; internal init; }

    /// <summary>Number of this worker among those of its module, from 0.</summary>
    public virtual int Number => 0;

    /// <summary>Workers of the module. A protection belongs to worker <c>id % Workers</c>; see <see cref="OwnerOf"/>.</summary>
    public virtual int Workers => 1;

    /// <summary>
    /// True when more input is known to wait than this round has taken: a node that gathers packets may then keep them until the end
    /// of the next round. When false, nothing may be kept beyond the action of <see cref="AtEndOfRound"/>.
    /// </summary>
    public virtual bool InputWaits => false;

    /// <summary>The worker that owns a protection, its SAs and everything stacked on it.</summary>
    public int OwnerOf(uint protection) => Workers == 1 ? 0 : (int)(protection % (uint)Workers);

    /// <summary>
    /// Calls <paramref name="action"/> at the end of every round, once the graph is empty; it may enqueue packets, which then run in the
    /// same round. Registered while the module boots.
    /// </summary>
    public virtual void AtEndOfRound(Action action) => throw new NotSupportedException("This worker has no rounds.");

    /// <summary>
    /// Gives a packet to another worker of the module, at the node of <see cref="NodeIndex"/> (the same number there); packets from one
    /// worker to another keep their order. The packet's metadata goes with it, but for <see cref="PacketBuffer.Link"/>. A full ring
    /// drops it and counts <c>worker/handoff-full</c>. The caller writes <see cref="GraphEdge.Consumed"/> first.
    /// </summary>
    public virtual void HandOff(int worker, int node, nint packet) => throw new NotSupportedException("This worker is alone.");
}
