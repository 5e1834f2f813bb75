using System.Globalization;
using System.Text;
using RouterOS.Proto.Pki.V1;

namespace RouterOS.Erx.Layouts;

/// <summary><c>show ipsec certificates</c>.</summary>
internal static class CertificateLayout
{
    /// <summary>Each certificate with its names and validity.</summary>
    public static string Text(string title, IReadOnlyList<CertificateState> certificates)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"---------- {title}: ----------\n");
        foreach (CertificateState one in certificates)
        {
            text.Append(CultureInfo.InvariantCulture, $"SubjectName: {one.Subject}\n");
            text.Append(CultureInfo.InvariantCulture, $"IssuerName: {one.Issuer}\n");
            text.Append(CultureInfo.InvariantCulture, $"SerialNumber: {one.SerialNumber.ToLowerInvariant()}\n");
            text.Append(CultureInfo.InvariantCulture, $"PublicKey: RSA, {one.KeyBits} bits\n");
            text.Append(CultureInfo.InvariantCulture, $"Validity: from {Time(one.NotBefore)} to {Time(one.NotAfter)}\n");
            if (one.AlternativeNames.Count > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"SubjectAlternativeNames: {string.Join(", ", one.AlternativeNames)}\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"Fingerprint (sha1): {one.Sha1.ToLowerInvariant()}\n\n");
        }

        return text.ToString();
    }

    private static string Time(long seconds) =>
        DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";
}
