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

    private static string[] Split(string name) => name.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
