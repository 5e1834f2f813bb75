using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto;

/// <summary>Keyed hashes of many packets at once: the second stage of engines whose cipher is their own.</summary>
/// <remarks>Owned by one worker's thread. Nothing is allocated by <see cref="Compute"/>.</remarks>
internal unsafe interface IBatchMac : IDisposable
{
    /// <summary>Name as it stands behind the cipher's in the engine's name.</summary>
    string Name { get; }

    /// <summary>Makes a key of <see cref="CryptoSuite.MacKeyBytes"/> bytes; the handle is never 0.</summary>
    nint CreateKey(MacAlgorithm mac, ReadOnlySpan<byte> key);

    /// <summary>Zeroes and frees a key.</summary>
    void DestroyKey(MacAlgorithm mac, nint key);

    /// <summary>Writes every job's truncated tag before it returns; all jobs are of one algorithm, each with a key of its own.</summary>
    void Compute(MacAlgorithm mac, MacJob* jobs, int count);
}
