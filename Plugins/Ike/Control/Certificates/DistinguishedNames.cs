using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace RouterOS.Ike.Control.Certificates;

/// <summary>Names of certificates' subjects (ID_DER_ASN1_DN) in words, and parts that are asked of them.</summary>
internal static class DistinguishedNames
{
    private const int Longest = 4096;

    /// <summary>A name in words: a peer's bytes end up in logs and on terminals.</summary>
    public static string Text(ReadOnlySpan<byte> name)
    {
        if (name.Length > Longest)
        {
            return "nothing valid";
        }

        try
        {
            StringBuilder text = new();
            foreach (char one in new X500DistinguishedName(name).Name)
            {
                text.Append(char.IsControl(one) || one > 0x7e ? '?' : one);
            }

            return text.ToString();
        }
        catch (CryptographicException)
        {
            return "nothing valid";
        }
    }

    /// <summary>True when every one of <paramref name="parts"/> (<c>CN=a, O=b</c>) is in the name, in any order.</summary>
    public static bool Has(ReadOnlySpan<byte> name, string parts)
    {
        string[] present = Split(Text(name));
        return Split(parts).All(part => present.Contains(part, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>True when all of <paramref name="parts"/> are in the name in their order, as the name is encoded or as it is read aloud, which is the other way round.</summary>
    public static bool HasInOrder(ReadOnlySpan<byte> name, string parts)
    {
        string[] present = Split(Text(name));
        string[] wanted = Split(parts);
        return IsWithin(wanted, present) || IsWithin(wanted, [.. present.AsEnumerable().Reverse()]);
    }

    private static bool IsWithin(string[] wanted, string[] present)
    {
        int found = 0;
        foreach (string part in present)
        {
            found += found < wanted.Length && string.Equals(wanted[found], part, StringComparison.OrdinalIgnoreCase) ? 1 : 0;
        }

        return found == wanted.Length;
    }

    // A value in quotes may hold a comma.
    private static string[] Split(string name)
    {
        List<string> parts = [];
        bool isQuoted = false;
        int from = 0;
        for (int i = 0; i <= name.Length; i++)
        {
            isQuoted ^= i < name.Length && name[i] == '"';
            if (i == name.Length || (name[i] == ',' && !isQuoted))
            {
                string part = name[from..i].Trim();
                from = i + 1;
                if (part.Length > 0)
                {
                    parts.Add(part);
                }
            }
        }

        return [.. parts];
    }
}
