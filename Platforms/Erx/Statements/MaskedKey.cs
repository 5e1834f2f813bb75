using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace RouterOS.Erx.Statements;

/// <summary>The form in which JUNOSe shows preshared keys: reversible, so that a line of a shown configuration can be typed in again.</summary>
/// <remarks>
/// The layout is the vendor's: length of what follows the three words, two words of tags, eight bytes, the padded key. What it is masked
/// with is ours, the same on every router and not a secret: it hides a key from a glance and from nothing else. Keys that a vendor's
/// router has masked are recognised by their layout but cannot be read. The eight bytes are of the key's hash: masking is repeatable,
/// and a damaged text is found out.
/// </remarks>
internal static class MaskedKey
{
    private const uint FirstTag = 7;
    private const uint SecondTag = 2;
    private const int HeaderBytes = 12;
    private const int CheckBytes = 8;
    private const int BlockBytes = 8;
    private const int LeastKeyBytes = 16;
    private const int MostBytes = 300;

    private static readonly byte[] s_pepper = "RouterOS E Series masked key"u8.ToArray();

    /// <summary>Masks a key.</summary>
    public static string Mask(string key)
    {
        byte[] clear = Encoding.UTF8.GetBytes(key);
        int padded = Math.Max(LeastKeyBytes, (clear.Length + BlockBytes - 1) / BlockBytes * BlockBytes);
        byte[] text = new byte[HeaderBytes + CheckBytes + padded];
        BinaryPrimitives.WriteUInt32BigEndian(text, (uint)(CheckBytes + padded));
        BinaryPrimitives.WriteUInt32BigEndian(text.AsSpan(4), FirstTag);
        BinaryPrimitives.WriteUInt32BigEndian(text.AsSpan(8), SecondTag);
        Span<byte> check = text.AsSpan(HeaderBytes, CheckBytes);
        CheckOf(clear, check);
        clear.CopyTo(text, HeaderBytes + CheckBytes);
        Cover(text.AsSpan(HeaderBytes + CheckBytes), check);
        return Convert.ToBase64String(text);
    }

    /// <summary>True when a text has the layout of a masked key, whoever masked it.</summary>
    public static bool IsWellFormed(string text)
    {
        Span<byte> bytes = stackalloc byte[HeaderBytes + MostBytes];
        return TryBytes(text, bytes, out _);
    }

    /// <summary>The key, or null when it was masked elsewhere or is damaged.</summary>
    public static string? Unmask(string text)
    {
        Span<byte> bytes = stackalloc byte[HeaderBytes + MostBytes];
        if (!TryBytes(text, bytes, out int length))
        {
            return null;
        }

        Span<byte> check = bytes.Slice(HeaderBytes, CheckBytes);
        Span<byte> key = bytes[(HeaderBytes + CheckBytes)..length];
        Cover(key, check);
        key = key[..(key.LastIndexOfAnyExcept((byte)0) + 1)];
        Span<byte> expected = stackalloc byte[CheckBytes];
        CheckOf(key, expected);
        return key.Length > 0 && expected.SequenceEqual(check) ? Encoding.UTF8.GetString(key) : null;
    }

    private static bool TryBytes(string text, Span<byte> bytes, out int length) =>
        Convert.TryFromBase64String(text, bytes, out length) && length >= HeaderBytes + CheckBytes + LeastKeyBytes
        && BinaryPrimitives.ReadUInt32BigEndian(bytes) == length - HeaderBytes && (length - HeaderBytes) % BlockBytes == 0
        && BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) == FirstTag && BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) == SecondTag;

    private static void CheckOf(ReadOnlySpan<byte> key, Span<byte> check) => HMACSHA256.HashData(s_pepper, key)[..CheckBytes].CopyTo(check);

    private static void Cover(Span<byte> key, ReadOnlySpan<byte> check)
    {
        Span<byte> seed = stackalloc byte[CheckBytes + 1];
        check.CopyTo(seed);
        for (int at = 0; at < key.Length; at += SHA256.HashSizeInBytes)
        {
            seed[^1] = (byte)(at / SHA256.HashSizeInBytes);
            byte[] stream = HMACSHA256.HashData(s_pepper, seed);
            for (int i = at; i < Math.Min(key.Length, at + stream.Length); i++)
            {
                key[i] ^= stream[i - at];
            }
        }
    }
}
