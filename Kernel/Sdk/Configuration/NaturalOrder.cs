namespace RouterOS.Sdk.Configuration;

/// <summary>Order of names in which numbers count as numbers: <c>ge-0/0/2</c> before <c>ge-0/0/10</c>.</summary>
public static class NaturalOrder
{
    /// <summary>Compares keys one by one; where all are alike, the shorter list stands before.</summary>
    public static int Compare(IReadOnlyList<string> left, IReadOnlyList<string> right)
    {
        for (int i = 0; i < left.Count && i < right.Count; i++)
        {
            int order = Compare(left[i], right[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return left.Count.CompareTo(right.Count);
    }

    private static int Compare(string left, string right)
    {
        int l = 0;
        int r = 0;
        while (l < left.Length && r < right.Length)
        {
            if (char.IsAsciiDigit(left[l]) && char.IsAsciiDigit(right[r]))
            {
                ReadOnlySpan<char> a = Digits(left, ref l);
                ReadOnlySpan<char> b = Digits(right, ref r);
                int order = a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.SequenceCompareTo(b);
                if (order != 0)
                {
                    return order;
                }
            }
            else if (left[l] != right[r])
            {
                return left[l].CompareTo(right[r]);
            }
            else
            {
                l++;
                r++;
            }
        }

        int rest = (left.Length - l).CompareTo(right.Length - r);

        // Leading zeros: equal as numbers, still two names.
        return rest != 0 ? rest : string.CompareOrdinal(left, right);
    }

    private static ReadOnlySpan<char> Digits(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return text.AsSpan(start..at).TrimStart('0');
    }
}
