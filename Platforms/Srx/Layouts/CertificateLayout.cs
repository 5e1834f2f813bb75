using System.Globalization;
using RouterOS.Proto.Pki.V1;

namespace RouterOS.Srx.Layouts;

/// <summary><c>show security pki local-certificate</c> and <c>ca-certificate</c>.</summary>
internal static class CertificateLayout
{
    /// <summary>Each certificate with its names and validity.</summary>
    public static string Text(IEnumerable<CertificateState> certificates, bool authorities, bool detail)
    {
        Lines lines = new();
        foreach (CertificateState one in certificates)
        {
            lines.Add($"{(authorities ? "CA profile" : "Certificate identifier")}: {one.Name}");
            lines.Add($"  Issued to: {Common(one.Subject)}, Issued by: {(detail ? one.Issuer : Common(one.Issuer))}");
            if (detail)
            {
                lines.Add($"  Serial number: {one.SerialNumber.ToLowerInvariant()}");
                lines.Add($"  Subject string: {one.Subject}");
                if (one.AlternativeNames.Count > 0)
                {
                    lines.Add($"  Alternate subject: {string.Join(", ", one.AlternativeNames)}");
                }
            }

            lines.Add("  Validity:");
            lines.Add($"    Not before: {Time(one.NotBefore)}");
            lines.Add($"    Not after: {Time(one.NotAfter)}");
            lines.Add($"  Public key algorithm: rsaEncryption({one.KeyBits} bits)");
            if (detail)
            {
                lines.Add($"  Fingerprint: {one.Sha1.ToLowerInvariant()} (sha1)");
                lines.Add($"               {one.Sha256.ToLowerInvariant()} (sha256)");
            }

            lines.Add();
        }

        return lines.ToString();
    }

    private static string Common(string name) =>
        name.Split(',', StringSplitOptions.TrimEntries).FirstOrDefault(p => p.StartsWith("CN=", StringComparison.Ordinal))?[3..] ?? name;

    private static string Time(long seconds) =>
        DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("MM-dd-yyyy HH:mm", CultureInfo.InvariantCulture) + " UTC";
}
