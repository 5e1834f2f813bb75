namespace RouterOS.Abstractions.Crypto;

/// <summary>Bulk cryptography of the data plane: one instance per worker, called on its thread only.</summary>
public interface ICryptoEngine : IDisposable
{
    /// <summary>Jobs that fill any engine.</summary>
    const int UsualFill = 256;

    /// <summary>The engine's name as logs and <c>show</c> print it, with the version of the library behind it.</summary>
    string Name { get; }

    /// <summary>True when the engine does this pair in this direction.</summary>
    bool Supports(CryptoSuite suite, CryptoDirection direction);

    /// <summary>Makes the engine's own form of a raw key. The caller keeps the raw key, so that another engine can take over.</summary>
    /// <returns>A handle for <see cref="CryptoJob.Key"/>, to be given back with <see cref="DestroyKey"/>.</returns>
    nint CreateKey(CryptoSuite suite, CryptoDirection direction, ReadOnlySpan<byte> cipherKey, ReadOnlySpan<byte> macKey);

    /// <summary>Zeroes and frees a key.</summary>
    void DestroyKey(nint key);

    /// <summary>
    /// Jobs that the engine likes to get at a time. A few: it completes each job in <see cref="Submit"/>, and what it reads and writes is
    /// in the first-level cache when they are few.
    /// </summary>
    int FillOf(CryptoSuite suite, CryptoDirection direction) => UsualFill;

    /// <summary>Takes jobs; some may complete only in <see cref="Drain"/>. The span is over native memory and must stay where it is until they have.</summary>
    void Submit(Span<CryptoJob> jobs);

    /// <summary>Completes everything submitted; afterwards every job's <see cref="CryptoJob.Status"/> is set.</summary>
    void Drain();
}
