using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RouterOS.Scenario.Simulated;

namespace RouterOS.Scenario.Diagnosis;

/// <summary>Certificates for both sites, of which site A's has a flaw: made once, loaded through the command line.</summary>
internal static class SiteCertificates
{
    private static readonly DateTimeOffset s_start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly X509Certificate2 s_authority = Authority("CN=Our CA");
    private static readonly X509Certificate2 s_other = Authority("CN=Another CA");

    /// <summary>Loads an authority and certificates; site A's is expired, not-yet, untrusted, other-name or other-use.</summary>
    public static void Load(SimulatedRouter siteA, SimulatedRouter siteB, string flaw)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("certificates");
        try
        {
            Load(siteA, folder, "203.0.113.1", flaw);
            Load(siteB, folder, "203.0.113.2", string.Empty);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Load(SimulatedRouter router, DirectoryInfo folder, string address, string flaw)
    {
        string File(string name, byte[] bytes)
        {
            string path = Path.Combine(folder.FullName, name);
            System.IO.File.WriteAllBytes(path, bytes);
            return path;
        }

        using RSA key = RSA.Create(2048);
        CertificateRequest request = new($"CN={address}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Parse(flaw == "other-name" ? "203.0.113.99" : address));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(flaw == "other-use" ? X509KeyUsageFlags.KeyEncipherment : X509KeyUsageFlags.DigitalSignature, true));
        using X509Certificate2 made = request.Create(
            flaw == "untrusted" ? s_other : s_authority, flaw == "not-yet" ? s_start.AddDays(1) : s_start.AddYears(-1),
            flaw == "expired" ? s_start.AddDays(-1) : s_start.AddYears(1), [1, 2, 3]);
        router.Run($"request security pki ca-certificate load ca-profile ours filename {File("ca", s_authority.RawData)}");
        router.Run(
            $"request security pki local-certificate load certificate-id own filename {File("own", made.RawData)} key {File("key", key.ExportPkcs8PrivateKey())}");
    }

    private static X509Certificate2 Authority(string name)
    {
        CertificateRequest request = new(name, RSA.Create(2048), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(s_start.AddYears(-20), s_start.AddYears(20));
    }
}
