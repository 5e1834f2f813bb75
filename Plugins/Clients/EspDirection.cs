using System.Buffers.Binary;
using System.Security.Cryptography;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Clients;

/// <summary>One SA of ESP in transport mode (RFC 4303), as plainly as a client needs it: one packet at a time.</summary>
internal sealed class EspDirection(CryptoSuite suite, uint spi, byte[] keys)
{
    /// <summary>Bytes before the IV.</summary>
    private const int HeaderBytes = 8;

    private readonly byte[] _cipherKey = keys[..suite.CipherKeyBytes];
    private readonly byte[] _macKey = keys[suite.CipherKeyBytes..];
    private uint _sequence;

    public uint Spi => spi;

    /// <summary>Highest number so far, sent or taken.</summary>
    public uint Sequence => _sequence;

    /// <summary>Protects a payload.</summary>
    public byte[] Protect(ReadOnlySpan<byte> payload, byte protocol, ClientClock clock)
    {
        int block = suite.PadBlockBytes;
        int padding = (block - ((payload.Length + 2) % block)) % block;
        int front = HeaderBytes + suite.IvBytes;
        byte[] packet = new byte[front + payload.Length + padding + 2 + suite.TagBytes];
        BinaryPrimitives.WriteUInt32BigEndian(packet, spi);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), ++_sequence);
        Span<byte> iv = packet.AsSpan(HeaderBytes, suite.IvBytes);
        clock.Fill(iv);
        payload.CopyTo(packet.AsSpan(front));
        Span<byte> text = packet.AsSpan(front, payload.Length + padding + 2);
        for (int i = 0; i < padding; i++)
        {
            text[payload.Length + i] = (byte)(i + 1);
        }

        text[^2] = (byte)padding;
        text[^1] = protocol;
        ClientCrypto.Cipher.Encrypt(suite.Cipher, _cipherKey, iv, text, text);
        ReadOnlySpan<byte> covered = packet.AsSpan(0, packet.Length - suite.TagBytes);
        ClientCrypto.Mac.Mac(suite.Mac, _macKey, covered).AsSpan(0, suite.TagBytes).CopyTo(packet.AsSpan(covered.Length));
        return packet;
    }

    /// <summary>Opens a packet; null when it is not the peer's. Repetitions are taken: this is a test's client, no gateway.</summary>
    public byte[]? Open(ReadOnlySpan<byte> packet, out byte protocol)
    {
        protocol = 0;
        int front = HeaderBytes + suite.IvBytes;
        int textBytes = packet.Length - front - suite.TagBytes;
        if (textBytes < suite.PadBlockBytes || textBytes % suite.PadBlockBytes != 0)
        {
            return null;
        }

        byte[] tag = ClientCrypto.Mac.Mac(suite.Mac, _macKey, packet[..^suite.TagBytes]);
        if (!CryptographicOperations.FixedTimeEquals(tag.AsSpan(0, suite.TagBytes), packet[^suite.TagBytes..]))
        {
            return null;
        }

        byte[] text = new byte[textBytes];
        ClientCrypto.Cipher.Decrypt(suite.Cipher, _cipherKey, packet.Slice(HeaderBytes, suite.IvBytes), packet.Slice(front, textBytes), text);
        protocol = text[^1];
        int length = textBytes - 2 - text[^2];
        if (length < 0)
        {
            return null;
        }

        _sequence = Math.Max(_sequence, BinaryPrimitives.ReadUInt32BigEndian(packet[4..]));
        return text[..length];
    }
}
