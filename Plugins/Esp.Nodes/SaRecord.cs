using System.Runtime.InteropServices;

namespace RouterOS.Esp.Nodes;

/// <summary>Everything a packet needs of its SA: two cache lines of native memory, and the run-time row.</summary>
/// <remarks>
/// Written between batches by <see cref="SecurityAssociation.Update"/> from the SA and its protection. A record whose
/// <see cref="Protection"/> is 0 passes nothing.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal unsafe struct SaRecord
{
    /// <summary>Bytes of a record.</summary>
    public const int Size = 128;

    /// <summary>Bytes of the outer IPv4 and UDP headers.</summary>
    public const int OuterRoom = 28;

    /// <summary>Sequence, window, counters.</summary>
    [FieldOffset(0)]
    public SaRuntimeRecord* Row;

    /// <summary>The engine's key.</summary>
    [FieldOffset(8)]
    public nint CryptoKey;

    /// <summary>Bytes from which <see cref="SecurityAssociation.CheckLimits"/> has something to say.</summary>
    [FieldOffset(16)]
    public ulong BytesAlarm;

    /// <summary>Outbound: the same for the number sent last.</summary>
    [FieldOffset(24)]
    public ulong SequenceAlarm;

    /// <summary>Inbound: ring of bits of the numbers accepted lately; see <see cref="ReplayWindow"/>.</summary>
    [FieldOffset(24)]
    public ulong* Window;

    /// <summary>SPI as it lies on the wire.</summary>
    [FieldOffset(32)]
    public uint WireSpi;

    /// <summary>Packets of the replay window; 0 switches it off.</summary>
    [FieldOffset(36)]
    public uint WindowPackets;

    /// <summary>Largest inner packet whose outer packet fits the path.</summary>
    [FieldOffset(40)]
    public int LargestInner;

    /// <summary>Place among the records, for what only the <see cref="SecurityAssociation"/> knows.</summary>
    [FieldOffset(44)]
    public uint Number;

    /// <summary>Id of the protection while its row is there.</summary>
    [FieldOffset(48)]
    public uint Protection;

    /// <summary>Routing instance of the outer packets, and of inner packets until their interface says.</summary>
    [FieldOffset(52)]
    public uint Instance;

    /// <summary>Bytes in front of the text when sent: outer headers, ESP header, IV.</summary>
    [FieldOffset(56)]
    public byte Front;

    /// <summary>Bytes of the outer headers when sent: IPv4, or IPv4 and UDP.</summary>
    [FieldOffset(57)]
    public byte OuterBytes;

    /// <summary>Bytes of the IV.</summary>
    [FieldOffset(58)]
    public byte Iv;

    /// <summary>The text is padded to a multiple of this and 1, a power of two.</summary>
    [FieldOffset(59)]
    public byte BlockMask;

    /// <summary>Bytes of the integrity check value.</summary>
    [FieldOffset(60)]
    public byte Tag;

    /// <summary>Number of the queue of the engine that does this SA.</summary>
    [FieldOffset(61)]
    public byte Queue;

    /// <summary>The outer DF bit: 0 clear, 1 copied, 2 set.</summary>
    [FieldOffset(62)]
    public byte Df;

    [FieldOffset(63)]
    public SaFlags Flags;

    /// <summary>Outer headers as they are sent, with TOS, lengths, identification, DF and IPv4 checksum 0.</summary>
    [FieldOffset(64)]
    public fixed byte Outer[OuterRoom];

    /// <summary>Sum of the 16-bit words of the outer IPv4 header above, in the machine's byte order.</summary>
    [FieldOffset(92)]
    public uint HeaderSum;

    /// <summary>Logical interface by which inner packets come; 0 for none.</summary>
    [FieldOffset(96)]
    public uint Interface;

    /// <summary>Blocks of <see cref="Window"/> less 1: a power of two.</summary>
    [FieldOffset(100)]
    public byte WindowMask;

    /// <summary>Of an SA of ESP inside AH the bytes of AH, at least 1; else 0.</summary>
    [FieldOffset(101)]
    public byte Bundle;

    [FieldOffset(104)]
    public TrafficSelector Selector;
}
