using System.Text;
using RouterOS.Core.Storage;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration;

/// <summary>Secrets of configuration files on disk: sealed where the tree has its obfuscated form.</summary>
internal sealed class SealedSecrets(Sealer sealer)
{
    private const string Prefix = "$sealed$";
    private const string Context = "configuration";

    /// <summary>The form of a secret on disk.</summary>
    public string Seal(string obfuscated) => Prefix + Convert.ToBase64String(sealer.Seal(Encoding.UTF8.GetBytes(obfuscated), Context));

    /// <summary>The secret of a form on disk; null when a text is no such form, or when its seal is broken.</summary>
    public string? Open(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        byte[] seal = new byte[text.Length];
        byte[]? value = Convert.TryFromBase64Chars(text.AsSpan(Prefix.Length), seal, out int length)
            ? sealer.Open(seal.AsSpan(0, length), Context) : null;
        string? secret = value is null ? null : Encoding.UTF8.GetString(value);
        return ObfuscatedSecret.IsObfuscated(secret) ? secret : null;
    }
}
