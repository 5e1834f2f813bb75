using System.Runtime.InteropServices;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto.Native;

/// <summary>A key in ipsec-mb's own form: what every job of one SA and direction repeats, and the expanded keys.</summary>
/// <remarks>Lives in <see cref="LockedMemory"/>, aligned to 64 bytes; the library wants 16 for key tables.</remarks>
[StructLayout(LayoutKind.Explicit, Size = Bytes)]
internal unsafe struct IpsecMbKey
{
    /// <summary>Bytes of a key; those of AES-GCM are <see cref="GcmBytes"/> long.</summary>
    public const int Bytes = 1024;

    /// <summary>Where AES-GCM's key table lies: 1,008 bytes in version 1.3, 1,264 in 2.x.</summary>
    public const int GcmTable = Bytes;

    /// <summary>Bytes of an AES-GCM key with its table.</summary>
    public const int GcmBytes = GcmTable + 1536;

    [FieldOffset(0)]
    public int CipherMode;

    [FieldOffset(4)]
    public int HashAlgorithm;

    [FieldOffset(8)]
    public int Direction;

    [FieldOffset(12)]
    public int ChainOrder;

    [FieldOffset(16)]
    public ulong KeyBytes;

    [FieldOffset(24)]
    public ulong IvBytes;

    [FieldOffset(32)]
    public ulong TagBytes;

    [FieldOffset(40)]
    public void* EncryptKeys;

    [FieldOffset(48)]
    public void* DecryptKeys;

    /// <summary>AES-GCM: the library's function for this size and direction; null for every other cipher.</summary>
    [FieldOffset(56)]
    public nint Gcm;

    /// <summary>Where the jobs of this key are counted.</summary>
    [FieldOffset(1008)]
    public CryptoCounts* Counts;

    /// <summary>Which of the engine's bursts takes the jobs of this key; negative when the job calls do.</summary>
    [FieldOffset(1016)]
    public int Burst;

    /// <summary>HMAC's state after the inner and the outer pad, 64 bytes each.</summary>
    [FieldOffset(64)]
    public fixed byte InnerPad[64];

    [FieldOffset(128)]
    public fixed byte OuterPad[64];

    /// <summary>AES: 240 bytes for each direction, from 0 and 256. DES: up to three schedules of 128 bytes.</summary>
    [FieldOffset(192)]
    public fixed byte Expanded[512];

    /// <summary>3DES: the addresses of its three schedules.</summary>
    [FieldOffset(704)]
    public fixed ulong Schedules[3];

    /// <summary>AES-GCM: salt and, once a job runs, its explicit IV behind it.</summary>
    [FieldOffset(736)]
    public fixed byte Nonce[16];

    /// <summary>AES-GCM: the library's scratch for a message (struct gcm_context_data: 96 bytes).</summary>
    [FieldOffset(768)]
    public fixed byte GcmContext[240];
}
