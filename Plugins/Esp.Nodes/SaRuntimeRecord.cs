using System.Runtime.InteropServices;

namespace RouterOS.Esp.Nodes;

/// <summary>Run-time row of one SA in the arena: sequence, window and counters; survives the data process, holds no key.</summary>
/// <remarks>What every packet writes, but for the window, is the first cache line. Written by the SA's worker only. A change of this layout raises <see cref="Version"/>.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal unsafe struct SaRuntimeRecord
{
    /// <summary>Layout's version.</summary>
    public const ushort Version = 2;

    /// <summary>Words of 64 packets in the window's ring.</summary>
    public const int WindowWords = 16;

    /// <summary>Outbound: last number sent. Inbound: highest number accepted.</summary>
    [FieldOffset(0)]
    public ulong Sequence;

    [FieldOffset(8)]
    public ulong Packets;

    [FieldOffset(16)]
    public ulong Bytes;

    /// <summary>Outbound: bytes of the packets inside. Inbound: bytes of whole outer packets. ESP's alone.</summary>
    [FieldOffset(24)]
    public ulong OtherBytes;

    [FieldOffset(32)]
    public ulong AuthenticationFailed;

    [FieldOffset(40)]
    public ulong DecryptionFailed;

    [FieldOffset(48)]
    public ulong BadHeader;

    [FieldOffset(56)]
    public ulong BadTrailer;

    [FieldOffset(64)]
    public ulong SelectorMismatch;

    /// <summary>First 8 bytes of a hash over suite and keys: tells a surviving SA from a new one that got the same SPI.</summary>
    [FieldOffset(72)]
    public ulong Fingerprint;

    /// <summary>Packets of the window whose ring is <see cref="Window"/>; 0: there is none, or it is elsewhere and did not survive.</summary>
    [FieldOffset(80)]
    public uint KeptWindow;

    [FieldOffset(88)]
    public ulong Replayed;

    /// <summary>Outbound: packets that could not be sent.</summary>
    [FieldOffset(96)]
    public ulong NotSent;

    /// <summary>Ring of bits of the numbers accepted lately, of a window that fits; see <see cref="ReplayWindow"/>.</summary>
    [FieldOffset(128)]
    public fixed ulong Window[WindowWords];
}
