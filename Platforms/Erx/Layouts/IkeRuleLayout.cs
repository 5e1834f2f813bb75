using System.Globalization;
using System.Text;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Layouts;

/// <summary><c>show ipsec ike-policy-rule</c>.</summary>
internal static class IkeRuleLayout
{
    /// <summary>The rules, the highest priority first.</summary>
    public static string Text(IEnumerable<StatementView> rules)
    {
        StringBuilder text = new("IKE Policy Rules\n");
        foreach (StatementView rule in rules)
        {
            text.Append(CultureInfo.InvariantCulture, $"Protection suite priority: {rule.Key}\n");
            Line(text, "encryption algorithm", rule.Text("encryption") == "des" ? "DES Data Encryption Standard(56 bit keys)" : "3DES Triple Data Encryption Standard(168 bit keys)");
            Line(text, "hash algorithm", rule.Text("hash") == "md5" ? "MD5 Message Digest 5" : "SHA Secure Hash Standard");
            Line(text, "authentication method", rule.Text("authentication") == "rsa-sig" ? "RSA Signatures" : "Pre Shared Keys");
            Line(text, "Diffie-Hellman group", rule.Text("group") switch { "1" => "1 (768 bit)", "5" => "5 (1536 bit)", _ => "2 (1024 bit)" });
            Line(text, "lifetime", $"{rule.Number("lifetime") ?? Bindings.IkeBinding.Phase1Seconds} seconds");
            Line(text, "aggressive mode", rule.Text("aggressive-mode") switch
            {
                "accepted" => "Accepted",
                "requested" => "Requested",
                "required" => "Required",
                _ => "Not Allowed",
            });
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, string name, string value) =>
        text.Append(CultureInfo.InvariantCulture, $"    {name,-21}:{value}\n");
}
