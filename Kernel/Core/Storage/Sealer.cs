using System.Security.Cryptography;
using System.Text;

namespace RouterOS.Core.Storage;

/// <summary>Seals small values with AES-GCM under the master key. A seal is bound to a context: one value cannot stand in for another.</summary>
public sealed class Sealer(MasterKey key)
{
    private const byte Version = 1;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int Overhead = 1 + NonceLength + TagLength;

    /// <summary>Seals a value: version, nonce, ciphertext, tag.</summary>
    public byte[] Seal(ReadOnlySpan<byte> value, string context)
    {
        byte[] seal = new byte[Overhead + value.Length];
        seal[0] = Version;
        Span<byte> nonce = seal.AsSpan(1, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using AesGcm cipher = new(key.Bytes, TagLength);
        cipher.Encrypt(
            nonce, value, seal.AsSpan(1 + NonceLength, value.Length), seal.AsSpan(seal.Length - TagLength), Encoding.UTF8.GetBytes(context));
        return seal;
    }

    /// <summary>Opens a seal; null when it is damaged, of another context or of another key.</summary>
    public byte[]? Open(ReadOnlySpan<byte> seal, string context)
    {
        if (seal.Length < Overhead || seal[0] != Version)
        {
            return null;
        }

        byte[] value = new byte[seal.Length - Overhead];
        using AesGcm cipher = new(key.Bytes, TagLength);
        try
        {
            cipher.Decrypt(
                seal.Slice(1, NonceLength),
                seal.Slice(1 + NonceLength, value.Length),
                seal[^TagLength..],
                value,
                Encoding.UTF8.GetBytes(context));
            return value;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
