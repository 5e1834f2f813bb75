using System.Security.Cryptography;
using RouterOS.Abstractions.Control;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto.Control;

/// <summary>Hashes and keyed hashes for control messages, by the .NET library.</summary>
/// <remarks>Safe on any thread.</remarks>
public sealed class BclMac : IMac
{
    /// <inheritdoc/>
    public int OutputBytes(MacAlgorithm algorithm) => algorithm switch
    {
        MacAlgorithm.HmacMd5 => MD5.HashSizeInBytes,
        MacAlgorithm.HmacSha1 => SHA1.HashSizeInBytes,
        MacAlgorithm.HmacSha256 => SHA256.HashSizeInBytes,
        _ => throw Unknown(algorithm),
    };

    /// <inheritdoc/>
    public byte[] Hash(MacAlgorithm algorithm, ReadOnlySpan<byte> data) => algorithm switch
    {
        MacAlgorithm.HmacMd5 => MD5.HashData(data),
        MacAlgorithm.HmacSha1 => SHA1.HashData(data),
        MacAlgorithm.HmacSha256 => SHA256.HashData(data),
        _ => throw Unknown(algorithm),
    };

    /// <inheritdoc/>
    public byte[] Mac(MacAlgorithm algorithm, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data) => algorithm switch
    {
        MacAlgorithm.HmacMd5 => HMACMD5.HashData(key, data),
        MacAlgorithm.HmacSha1 => HMACSHA1.HashData(key, data),
        MacAlgorithm.HmacSha256 => HMACSHA256.HashData(key, data),
        _ => throw Unknown(algorithm),
    };

    private static ArgumentOutOfRangeException Unknown(MacAlgorithm algorithm) =>
        new(nameof(algorithm), algorithm, "No such keyed hash.");
}
