using System.Buffers.Binary;
using RouterOS.Abstractions.Control;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Crypto;

/// <summary>Encryption of the messages of one exchange: CBC with the IV carried from message to message (RFC 2409 appendix B).</summary>
internal sealed class MessageCipher(ICipher cipher, Phase1Algorithms algorithms, byte[] key, byte[] iv)
{
    /// <summary>IV of the next message: the last cipher block of the message before.</summary>
    public byte[] Iv { get; private set; } = iv;

    /// <summary>Encrypts what follows the header of a message in the clear, padded with zeros, and moves the IV on.</summary>
    public byte[] Encrypt(ReadOnlySpan<byte> message)
    {
        int block = algorithms.BlockBytes;
        int body = message.Length - IsakmpHeader.Length;
        byte[] result = new byte[IsakmpHeader.Length + ((body + block - 1) / block * block)];
        message.CopyTo(result);
        result[IsakmpHeader.FlagsOffset] |= (byte)IsakmpFlags.Encryption;
        BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(IsakmpHeader.LengthOffset), (uint)result.Length);
        Span<byte> text = result.AsSpan(IsakmpHeader.Length);
        cipher.Encrypt(algorithms.Cipher, key, Iv, text, text);
        Iv = text[^block..].ToArray();
        return result;
    }

    /// <summary>Decrypts a body; null when it is not whole blocks. The IV moves only by <see cref="Accept"/>, so garbage leaves no trace.</summary>
    public byte[]? Decrypt(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty || body.Length % algorithms.BlockBytes != 0)
        {
            return null;
        }

        byte[] text = new byte[body.Length];
        cipher.Decrypt(algorithms.Cipher, key, Iv, body, text);
        return text;
    }

    /// <summary>Moves the IV behind a message that has proved to be the peer's.</summary>
    public void Accept(ReadOnlySpan<byte> body) => Iv = body[^algorithms.BlockBytes..].ToArray();
}
