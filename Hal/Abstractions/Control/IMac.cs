using RouterOS.Abstractions.Crypto;

namespace RouterOS.Abstractions.Control;

/// <summary>Hashes and keyed hashes for control messages.</summary>
public interface IMac
{
    /// <summary>Bytes of the untruncated output.</summary>
    int OutputBytes(MacAlgorithm algorithm);

    /// <summary>The plain hash under the keyed one (MD5 for HMAC-MD5).</summary>
    byte[] Hash(MacAlgorithm algorithm, ReadOnlySpan<byte> data);

    /// <summary>The keyed hash, untruncated.</summary>
    byte[] Mac(MacAlgorithm algorithm, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data);
}
