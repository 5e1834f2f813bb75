using System.Runtime.InteropServices;

namespace RouterOS.Multicast.Nodes;

/// <summary>One (source, group) of one worker: counters, the way in and the ways out. Two cache lines.</summary>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal unsafe struct RouteRecord
{
    /// <summary>Bytes of a record.</summary>
    public const int Bytes = 128;

    /// <summary>Interfaces that fit into the record; more have memory of their own.</summary>
    public const int InlineInterfaces = 12;

    /// <summary>Packets received by the right interface.</summary>
    public ulong Packets;

    /// <summary>Their bytes.</summary>
    public ulong Octets;

    /// <summary>Copies sent.</summary>
    public ulong Copies;

    /// <summary>Packets that came by another interface.</summary>
    public ulong WrongInterface;

    /// <summary>Copies not sent for their TTL.</summary>
    public ulong TtlDrops;

    /// <summary>Copies not sent for the rate of their interface.</summary>
    public ulong RateDrops;

    /// <summary>Copies not sent for want of a buffer.</summary>
    public ulong BufferDrops;

    /// <summary>Index of the interface towards the source.</summary>
    public uint Incoming;

    /// <summary>How many interfaces packets are copied to.</summary>
    public int Count;

    /// <summary>Their indices: <see cref="Inline"/>, or memory of its own.</summary>
    public uint* Outgoing;

    /// <summary>When a packet without a way out last went up, in nanoseconds of the worker's clock.</summary>
    public long AskedAt;

    /// <summary>Room for a few interfaces.</summary>
    public fixed uint Inline[InlineInterfaces];
}
