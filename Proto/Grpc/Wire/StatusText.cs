using System.Buffers;
using System.Text;

namespace Grpc.Wire;

/// <summary>The value of <c>grpc-message</c>: UTF-8, with every byte outside printable ASCII, and '%', percent-encoded.</summary>
internal static class StatusText
{
    private const string HexDigits = "0123456789ABCDEF";

    private static readonly SearchValues<char> s_plain = SearchValues.Create(
        string.Concat(Enumerable.Range(0x20, 0x7f - 0x20).Select(c => (char)c).Where(c => c != '%')));

    /// <summary>The text as it goes on the wire.</summary>
    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(s_plain))
        {
            return text;
        }

        StringBuilder wire = new(text.Length + 16);
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            if (b is >= 0x20 and < 0x7f and not (byte)'%')
            {
                wire.Append((char)b);
            }
            else
            {
                wire.Append('%').Append(HexDigits[b >> 4]).Append(HexDigits[b & 15]);
            }
        }

        return wire.ToString();
    }

    /// <summary>The text that was meant; what is not well encoded stays as it is.</summary>
    public static string Decode(string wire)
    {
        if (!wire.Contains('%', StringComparison.Ordinal))
        {
            return wire;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(wire);
        int length = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '%' && i + 2 < bytes.Length
                && char.IsAsciiHexDigit((char)bytes[i + 1]) && char.IsAsciiHexDigit((char)bytes[i + 2]))
            {
                bytes[length++] = (byte)((Nibble(bytes[i + 1]) << 4) | Nibble(bytes[i + 2]));
                i += 2;
            }
            else
            {
                bytes[length++] = bytes[i];
            }
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private static int Nibble(byte digit) => HexDigits.IndexOf(char.ToUpperInvariant((char)digit), StringComparison.Ordinal);
}
