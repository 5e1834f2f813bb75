using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace RouterOS.Sdk.Configuration;

/// <summary>The <c>$9$</c> form in which Junos writes keys: reversible, so it hides a key from a glance and from nothing else.</summary>
/// <remarks>
/// The salt is taken from a hash of the key and not at random: loading the same clear key twice gives the same text and thus no
/// difference in <c>show | compare</c>. The form protects nothing that a predictable salt could weaken; sealing does that.
/// </remarks>
public static class ObfuscatedSecret
{
    private const string Magic = "$9$";

    // Letters in families: a salt of family n is followed by 3 - n letters without meaning.
    private static readonly string[] s_families = ["QzF3n6/9CAtpu0O", "B1IREhcSyrleKvMW8LXx", "7N-dVbwsY2g4oaJZGUDj", "iHkq.mPf5T"];
    private static readonly string s_alphabet = string.Concat(s_families);

    // Weights of the letters that make one byte, in rotation over the bytes of the key.
    private static readonly int[][] s_weights = [[1, 4, 32], [1, 16, 32], [1, 8, 32], [1, 64], [1, 32], [1, 4, 16, 128], [1, 32, 64]];

    /// <summary>True when a text claims to be in this form.</summary>
    public static bool IsObfuscated([NotNullWhen(true)] string? text) =>
        text is not null && text.StartsWith(Magic, StringComparison.Ordinal);

    /// <summary>Writes a key.</summary>
    public static string Encode(string clear)
    {
        ArgumentNullException.ThrowIfNull(clear);
        byte[] key = Encoding.UTF8.GetBytes(clear);
        byte[] hash = SHA256.HashData(key);
        StringBuilder text = new(Magic);
        char salt = s_alphabet[hash[0] % s_alphabet.Length];
        text.Append(salt);
        for (int i = 0; i < Filler(salt); i++)
        {
            text.Append(s_alphabet[hash[1 + i] % s_alphabet.Length]);
        }

        int previous = s_alphabet.IndexOf(salt, StringComparison.Ordinal);
        Span<int> scratch = stackalloc int[4];
        for (int i = 0; i < key.Length; i++)
        {
            int[] weights = s_weights[i % s_weights.Length];
            Span<int> gaps = scratch[..weights.Length];
            int rest = key[i];
            for (int w = weights.Length - 1; w >= 0; w--)
            {
                gaps[w] = rest / weights[w];
                rest %= weights[w];
            }

            foreach (int gap in gaps)
            {
                previous = (previous + gap + 1) % s_alphabet.Length;
                text.Append(s_alphabet[previous]);
            }
        }

        return text.ToString();
    }

    /// <summary>Reads a key; false when the text is damaged.</summary>
    public static bool TryDecode(string text, [NotNullWhen(true)] out string? clear)
    {
        clear = null;
        if (!IsObfuscated(text) || text.Length < Magic.Length + 1 || text.AsSpan(Magic.Length).ContainsAnyExcept(s_alphabet))
        {
            return false;
        }

        int at = Magic.Length + 1 + Filler(text[Magic.Length]);
        int previous = s_alphabet.IndexOf(text[Magic.Length], StringComparison.Ordinal);
        List<byte> key = new((text.Length / 3) + 1);
        while (at < text.Length)
        {
            int[] weights = s_weights[key.Count % s_weights.Length];
            if (at + weights.Length > text.Length)
            {
                return false;
            }

            int value = 0;
            foreach (int weight in weights)
            {
                int letter = s_alphabet.IndexOf(text[at++], StringComparison.Ordinal);
                int gap = letter - previous - 1;
                value += (gap < 0 ? gap + s_alphabet.Length : gap) * weight;
                previous = letter;
            }

            // The vendor's writer wraps a byte that its weights overshoot.
            key.Add((byte)value);
        }

        if (at != text.Length || key.Count == 0)
        {
            return false;
        }

        try
        {
            clear = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. key]);
            return true;
        }
        catch (DecoderFallbackException)
        {
            clear = Encoding.Latin1.GetString([.. key]);
            return true;
        }
    }

    private static int Filler(char salt)
    {
        int family = Array.FindIndex(s_families, f => f.Contains(salt, StringComparison.Ordinal));
        return 3 - family;
    }
}
