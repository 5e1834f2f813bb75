using RouterOS.Abstractions.Crypto;

namespace RouterOS.Abstractions.Control;

/// <summary>CBC ciphers for control messages (IKE), one message at a time, without padding.</summary>
public interface ICipher
{
    /// <summary>Encrypts whole blocks; <paramref name="destination"/> may be the source.</summary>
    void Encrypt(CipherAlgorithm algorithm, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination);

    /// <summary>Decrypts whole blocks; <paramref name="destination"/> may be the source.</summary>
    void Decrypt(CipherAlgorithm algorithm, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination);
}
