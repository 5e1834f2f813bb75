using System.Runtime.InteropServices;

namespace RouterOS.Crypto.BitSlice;

/// <summary>Blocks that one lane ciphers one after the other: a packet to encrypt, or a part of a packet to decrypt.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Strip
{
    /// <summary>First block, ciphered in place.</summary>
    public byte* Data;

    /// <summary>The packed keys of the passes.</summary>
    public ulong* Key;

    /// <summary>The ciphertext before the first block: the IV, or the block before a part.</summary>
    public ulong Chain;

    /// <summary>Blocks, at least one.</summary>
    public int Blocks;
}
