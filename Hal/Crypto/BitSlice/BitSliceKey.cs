using System.Runtime.InteropServices;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto.BitSlice;

/// <summary>The engine's key: what a job needs to know, and behind it three expanded DES keys in the order of the passes.</summary>
[StructLayout(LayoutKind.Explicit, Size = HeaderBytes)]
internal unsafe struct BitSliceKey
{
    public const int HeaderBytes = 64;

    /// <summary>DES passes: 1, or 3 for 3DES.</summary>
    [FieldOffset(0)]
    public int Passes;

    /// <summary>1 for decryption.</summary>
    [FieldOffset(4)]
    public int Decrypts;

    /// <summary>The keyed hash; none for a cipher alone.</summary>
    [FieldOffset(8)]
    public MacAlgorithm Mac;

    /// <summary>The hash's key of <see cref="IBatchMac"/>.</summary>
    [FieldOffset(16)]
    public nint MacKey;

    /// <summary>The expanded keys of a handle.</summary>
    public static byte* Expanded(BitSliceKey* key) => (byte*)key + HeaderBytes;
}
