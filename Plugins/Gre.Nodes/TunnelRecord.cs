using System.Runtime.InteropServices;

namespace RouterOS.Gre.Nodes;

/// <summary>A tunnel as the nodes of one worker see it, in native memory: three cache lines.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = Bytes)]
internal unsafe struct TunnelRecord
{
    /// <summary>Bytes of a record.</summary>
    public const int Bytes = 192;

    /// <summary>Bytes of a cache line.</summary>
    public const int LineBytes = 64;

    /// <summary>Most bytes before a packet: IPv4, GRE with all options.</summary>
    public const int LargestHeader = 20 + 16;

    // What every packet out of the tunnel needs.

    /// <summary>The next record whose addresses and key have the same hash.</summary>
    public TunnelRecord* Next;
    public uint LocalAddress;
    public uint RemoteAddress;
    public uint Key;
    public uint Interface;

    /// <summary>Instance of the outer packets.</summary>
    public uint Instance;
    public uint Protection;
    public ulong ReceivedPackets;
    public ulong ReceivedOctets;
    public TunnelFlags Flags;

    /// <summary>Bytes of <see cref="Header"/> that are used.</summary>
    public byte HeaderBytes;
    public ushort Identification;

    // What every packet into the tunnel needs.
    public ulong SentPackets;
    public ulong SentOctets;

    /// <summary>Largest packet that must not be fragmented.</summary>
    public int Largest;

    /// <summary>Sum of the outer header but for TOS, length, identification and flags.</summary>
    public uint HeaderSum;

    /// <summary>Numbers of a tunnel that has them, at the worker that it belongs to; null elsewhere.</summary>
    public SequenceRow* Sequence;

    /// <summary>What stands before every packet that leaves, but for lengths, checksums and numbers.</summary>
    public fixed byte Header[LargestHeader];

    // The rest.
    public ulong ReceivedDiscards;
    public ulong ReceivedErrors;
    public ulong SentDiscards;
    public ulong SentErrors;
    public ulong KeepalivesReturned;
    public ulong KeepalivesAnswered;

    /// <summary>True when nothing may be sent: blocked, or without the protection that it needs.</summary>
    public readonly bool IsClosed =>
        (Flags & TunnelFlags.Blocked) != 0 || ((Flags & TunnelFlags.Secured) != 0 && Protection == 0);

    /// <summary>True when packets are numbered and this worker is not the one that does it.</summary>
    public readonly bool IsElsewhere => (Flags & TunnelFlags.Sequence) != 0 && Sequence == null;
}
