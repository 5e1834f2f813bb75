using System.Runtime.InteropServices;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto.BitSlice;

/// <summary>The engine's key: what a job needs to know.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BitSliceKey
{
    /// <summary>The DES keys in the order of the passes, as the kernel packs them.</summary>
    public fixed ulong Packed[3];

    /// <summary>The hash's key of <see cref="IBatchMac"/>, or 0.</summary>
    public nint MacKey;

    /// <summary>The same keys at the engine for thin batches, or 0.</summary>
    public nint ThinKey;

    /// <summary>DES passes: 1, or 3 for 3DES.</summary>
    public int Passes;

    /// <summary>1 for decryption.</summary>
    public int Decrypts;

    /// <summary>The keyed hash; none for a cipher alone.</summary>
    public MacAlgorithm Mac;
}
