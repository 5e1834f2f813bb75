using System.Runtime.InteropServices;

namespace RouterOS.Gre.Nodes;

/// <summary>A tunnel as the nodes of one worker see it, in native memory: a cache line for each way, and one for the rest.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = Bytes)]
internal unsafe struct TunnelRecord
{
    /// <summary>Bytes of a record.</summary>
    public const int Bytes = 192;

    /// <summary>Where what every packet into the tunnel needs begins: the second line.</summary>
    public const int EntryLine = 64;

    /// <summary>Most bytes before a packet: IPv4, GRE with all options.</summary>
    public const int LargestHeader = 20 + 16;

    /// <summary>Bytes of the outer header before <see cref="Header"/>: they are every packet's own.</summary>
    public const int HeaderStart = 8;

    /// <summary>TOS in a header's first eight bytes, in memory order.</summary>
    public const ulong TosBits = 0xff00;

    /// <summary>That a packet must not be fragmented, there.</summary>
    public const ulong DontFragment = 1UL << 54;

    // What every packet out of the tunnel needs.

    /// <summary>The next record whose addresses and key have the same hash.</summary>
    public TunnelRecord* Next;
    public uint LocalAddress;
    public uint RemoteAddress;
    public uint Key;

    /// <summary>Instance of the outer packets.</summary>
    public uint Instance;
    public uint Interface;
    public uint Protection;
    public ulong ReceivedPackets;
    public ulong ReceivedOctets;

    /// <summary>Numbers of a tunnel that has them, at the worker that it belongs to; null elsewhere.</summary>
    public SequenceRow* Sequence;
    public TunnelFlags Flags;

    // What every packet into the tunnel needs.

    /// <summary>Outer packets are numbered by it, too.</summary>
    public ulong SentPackets;
    public ulong SentOctets;

    /// <summary>What of a plain packet's first eight bytes the outer header repeats, in memory order: TOS, and mostly <see cref="DontFragment"/>.</summary>
    public ulong CopiedBits;

    /// <summary>Largest packet that must not be fragmented.</summary>
    public int Largest;

    /// <summary><see cref="Instance"/> once more.</summary>
    public uint EntryInstance;

    /// <summary>Sum of the outer header behind its first eight bytes, of words in memory order.</summary>
    public ushort HeaderSum;

    /// <summary><see cref="Flags"/> once more.</summary>
    public TunnelFlags EntryFlags;

    /// <summary>Bytes before every packet that leaves.</summary>
    public byte HeaderBytes;

    /// <summary>What stands before every packet that leaves, from <see cref="HeaderStart"/> on, but for checksums and numbers.</summary>
    public fixed byte Header[LargestHeader - HeaderStart];

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
