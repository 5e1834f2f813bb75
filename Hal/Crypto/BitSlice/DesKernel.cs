namespace RouterOS.Crypto.BitSlice;

/// <summary>Code that runs DES on many blocks at once, one block a lane and every lane with a key of its own.</summary>
/// <remarks>
/// A cipher is one pass (DES) or three (3DES). Decrypting runs the passes in the other order and direction, which the expanded key says
/// already where a kernel can, and <c>decrypt</c> says where it cannot. All memory is aligned to 64 bytes.
/// </remarks>
internal abstract unsafe class DesKernel : IDisposable
{
    /// <summary>The instructions that it needs, for names and <c>show</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Blocks that one call ciphers; a call costs the same with fewer.</summary>
    public abstract int Lanes { get; }

    /// <summary>Bytes of one expanded DES key: a key of three passes has three of them.</summary>
    public abstract int KeyBytes { get; }

    /// <summary>Bytes of the keys of all lanes, as <see cref="LoadKeys"/> lays them out for three passes.</summary>
    public abstract int PlaneBytes { get; }

    /// <summary>Blocks that a call of <see cref="Crypt"/> could cipher while <see cref="LoadKeys"/> runs: what a change of keys costs.</summary>
    public abstract int KeyChangeBlocks { get; }

    /// <summary>Expands one DES key for one pass.</summary>
    public abstract void ExpandKey(ReadOnlySpan<byte> key, bool decrypt, byte* expanded);

    /// <summary>Lays out the keys of all lanes for <see cref="Crypt"/>.</summary>
    public abstract void LoadKeys(byte** keys, int passes, byte* planes);

    /// <summary>Ciphers one block a lane, in place.</summary>
    public abstract void Crypt(ulong* blocks, byte* planes, int passes, bool decrypt);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }
}
