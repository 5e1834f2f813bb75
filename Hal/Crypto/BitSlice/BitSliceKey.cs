using System.Runtime.InteropServices;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Managed;

namespace RouterOS.Crypto.BitSlice;

/// <summary>The engine's key: what a job needs to know.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BitSliceKey
{
    /// <summary>The DES keys in the order of the passes, as the kernel packs them.</summary>
    public fixed ulong Packed[3];

    /// <summary>The same keys at the engine for thin batches, or 0.</summary>
    public nint ThinKey;

    /// <summary>What jobs of the key's suite and direction add to.</summary>
    public CryptoCounts* Counts;

    /// <summary>DES passes: 1, or 3 for 3DES.</summary>
    public int Passes;

    /// <summary>1 for decryption.</summary>
    public int Decrypts;

    /// <summary>The keyed hash; none for a cipher alone.</summary>
    public MacAlgorithm Mac;

    /// <summary>Bytes of the truncated tag.</summary>
    public int TagBytes;

    /// <summary>The hash's key.</summary>
    public fixed byte MacStates[HmacStates.Bytes];
}
