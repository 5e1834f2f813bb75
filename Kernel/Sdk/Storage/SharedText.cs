namespace RouterOS.Sdk.Storage;

/// <summary>One copy of texts that many objects made at about the same time hold: each message that is decoded brings its own.</summary>
/// <remarks>A bounded number of places, in which newer texts displace older ones. Any thread.</remarks>
public static class SharedText
{
    private const int Places = 1024;
    private const int LongestText = 256;

    private static readonly string?[] s_texts = new string?[Places];

    /// <summary>The copy that is shared, which equals the text.</summary>
    /// <param name="text">The text.</param>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length is 0 or > LongestText)
        {
            return text.Length == 0 ? string.Empty : text;
        }

        ref string? place = ref s_texts[(uint)text.GetHashCode(StringComparison.Ordinal) % Places];
        string? known = Volatile.Read(ref place);
        if (known == text)
        {
            return known;
        }

        Volatile.Write(ref place, text);
        return text;
    }
}
