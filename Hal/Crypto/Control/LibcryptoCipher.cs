using System.Security.Cryptography;
using RouterOS.Abstractions.Control;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Native;

namespace RouterOS.Crypto.Control;

/// <summary>DES, 3DES and AES in CBC mode for control messages, by libcrypto.</summary>
/// <remarks>Safe on any thread: nothing is kept between calls.</remarks>
public sealed unsafe class LibcryptoCipher : ICipher
{
    private readonly Libcrypto _library = Libcrypto.Require();

    /// <inheritdoc/>
    public void Encrypt(
        CipherAlgorithm algorithm, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination) =>
        Run(algorithm, true, key, iv, source, destination);

    /// <inheritdoc/>
    public void Decrypt(
        CipherAlgorithm algorithm, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination) =>
        Run(algorithm, false, key, iv, source, destination);

    private void Run(
        CipherAlgorithm algorithm, bool encrypt, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source,
        Span<byte> destination)
    {
        int block = algorithm == CipherAlgorithm.AesCbc ? 16 : 8;
        if (iv.Length != block)
        {
            throw new ArgumentException($"The IV has {iv.Length} bytes in place of {block}.", nameof(iv));
        }

        if (source.Length % block != 0 || destination.Length < source.Length)
        {
            throw new ArgumentException("The text is not whole blocks, or the destination is too short.", nameof(source));
        }

        using CbcCipher cipher = new(_library, algorithm, encrypt, key);
        // Safe: lengths are checked above; libcrypto allows source and destination to be the same.
        fixed (byte* vector = iv, from = source, to = destination)
        {
            if (!source.IsEmpty && !cipher.Run(vector, from, to, source.Length))
            {
                throw new CryptographicException("libcrypto failed to run a cipher.");
            }
        }
    }
}
