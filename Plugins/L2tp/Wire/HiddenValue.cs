using System.Buffers.Binary;
using RouterOS.Abstractions.Control;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.L2tp.Wire;

/// <summary>Hides values of attributes by the tunnel's secret, RFC 2661 section 4.3.</summary>
internal static class HiddenValue
{
    private const int Block = 16;
    private const int LengthField = 2;

    /// <summary>The hidden form of a value; <paramref name="padding"/> bytes more than it needs.</summary>
    public static byte[] Hide(
        IMac mac, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> randomVector, ushort type, ReadOnlySpan<byte> value, int padding = 0)
    {
        byte[] text = new byte[LengthField + value.Length + padding];
        BinaryPrimitives.WriteUInt16BigEndian(text, checked((ushort)value.Length));
        value.CopyTo(text.AsSpan(LengthField));
        byte[] pad = First(mac, secret, randomVector, type);
        for (int start = 0; start < text.Length; start += Block)
        {
            Span<byte> part = text.AsSpan(start, Math.Min(Block, text.Length - start));
            Apply(part, pad);
            pad = part.Length == Block ? Following(mac, secret, part) : pad;
        }

        return text;
    }

    /// <summary>The value in clear; null when the bytes hold none under this secret.</summary>
    public static byte[]? Reveal(IMac mac, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> randomVector, ushort type, ReadOnlySpan<byte> hidden)
    {
        if (hidden.Length < LengthField)
        {
            return null;
        }

        byte[] text = hidden.ToArray();
        byte[] pad = First(mac, secret, randomVector, type);
        for (int start = 0; start < text.Length; start += Block)
        {
            Span<byte> part = text.AsSpan(start, Math.Min(Block, text.Length - start));
            Apply(part, pad);
            pad = part.Length == Block ? Following(mac, secret, hidden.Slice(start, Block)) : pad;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(text);
        return length > text.Length - LengthField ? null : text[LengthField..(LengthField + length)];
    }

    private static byte[] First(IMac mac, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> randomVector, ushort type) =>
        mac.Hash(MacAlgorithm.HmacMd5, [(byte)(type >> 8), (byte)type, .. secret, .. randomVector]);

    private static byte[] Following(IMac mac, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> previous) =>
        mac.Hash(MacAlgorithm.HmacMd5, [.. secret, .. previous]);

    private static void Apply(Span<byte> part, ReadOnlySpan<byte> pad)
    {
        for (int i = 0; i < part.Length; i++)
        {
            part[i] ^= pad[i];
        }
    }
}
