namespace RouterOS.Crypto.BitSlice;

/// <summary>Code that runs DES on many blocks at once, one block a lane and every lane with a key of its own.</summary>
/// <remarks>
/// A cipher is one pass (DES) or three (3DES), of which the second goes the other way: encrypting is encrypt, decrypt, encrypt, and
/// decrypting is decrypt, encrypt, decrypt. All memory is aligned to 64 bytes.
/// </remarks>
internal abstract unsafe class DesKernel : IDisposable
{
    /// <summary>The instructions that it needs, for names and <c>show</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Blocks that one call ciphers; a call costs the same with fewer.</summary>
    public abstract int Lanes { get; }

    /// <summary>Bytes of the keys of all lanes, as <see cref="LoadKeys"/> lays them out for three passes.</summary>
    public abstract int PlaneBytes { get; }

    /// <summary>Blocks that <see cref="Crypt"/> could cipher while <see cref="LoadKeys"/> runs: what a change of keys costs.</summary>
    public abstract int KeyChangeBlocks { get; }

    /// <summary>Blocks that libcrypto ciphers in the time of one call of <see cref="Crypt"/>, both with 3DES.</summary>
    public abstract int CallBlocks { get; }

    /// <summary>Brings the 56 bits of a DES key into the order that <see cref="LoadKeys"/> wants.</summary>
    public abstract ulong PackKey(ReadOnlySpan<byte> key);

    /// <summary>Lays out the keys of all lanes for <see cref="Crypt"/>; each lane's packed keys stand in the order of the passes.</summary>
    public abstract void LoadKeys(ulong** keys, int passes, byte* planes);

    /// <summary>Ciphers one block a lane, in place.</summary>
    public abstract void Crypt(ulong* blocks, byte* planes, int passes, bool decrypt);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }
}
