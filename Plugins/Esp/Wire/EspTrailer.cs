namespace RouterOS.Esp.Wire;

// ESP trailer, RFC 4303 section 2: the end of the deciphered text.
//
// +---------------------------------------------------------------+
// |               |     Padding (0-255 bytes)                     |
// +-+-+-+-+-+-+-+-+               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                               |  Pad Length   | Next Header   |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

/// <summary>The trailer of a deciphered ESP packet: how long its payload is and what it holds.</summary>
/// <param name="PayloadLength">Bytes before the padding.</param>
/// <param name="NextHeader">Protocol of the payload.</param>
public readonly record struct EspTrailer(int PayloadLength, byte NextHeader)
{
    /// <summary>Bytes behind the padding: pad length and next header.</summary>
    public const int Length = 2;

    /// <summary>Next header of tunnel mode over IPv4.</summary>
    public const byte Ipv4 = 4;

    /// <summary>Next header of a dummy packet, to be thrown away (RFC 4303 section 2.6).</summary>
    public const byte NoNextHeader = 59;

    // 1, 2, 3 … as far as padding can reach.
    private static ReadOnlySpan<byte> Pattern =>
    [
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
    ];

    /// <summary>Reads and checks the trailer of <paramref name="text"/>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out EspTrailer trailer, out EspError error)
    {
        trailer = default;
        if (text.Length < Length)
        {
            error = EspError.Truncated;
            return false;
        }

        int padding = text[^2];
        if (padding > text.Length - Length)
        {
            error = EspError.BadPadLength;
            return false;
        }

        ReadOnlySpan<byte> pad = text.Slice(text.Length - Length - padding, padding);
        if (!IsCounting(pad))
        {
            error = EspError.BadPadding;
            return false;
        }

        trailer = new EspTrailer(text.Length - Length - padding, text[^1]);
        error = EspError.None;
        return true;
    }

    /// <summary>Writes padding, pad length and next header so that they fill <paramref name="destination"/>.</summary>
    public static void Write(Span<byte> destination, byte nextHeader)
    {
        int padding = destination.Length - Length;
        for (int i = 0; i < padding; i++)
        {
            destination[i] = (byte)(i + 1);
        }

        destination[padding] = (byte)padding;
        destination[padding + 1] = nextHeader;
    }

    private static bool IsCounting(ReadOnlySpan<byte> pad)
    {
        if (pad.Length <= Pattern.Length)
        {
            return pad.SequenceEqual(Pattern[..pad.Length]);
        }

        for (int i = 0; i < pad.Length; i++)
        {
            if (pad[i] != i + 1)
            {
                return false;
            }
        }

        return true;
    }
}
