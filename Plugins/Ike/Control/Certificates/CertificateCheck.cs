using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RouterOS.Sdk.Certificates;

namespace RouterOS.Ike.Control.Certificates;

/// <summary>Judges a peer's certificate against trusted authorities and a clock: no I/O.</summary>
internal static class CertificateCheck
{
    private const int MaximumChain = 8;
    private const int MaximumBytes = 16384;

    public static CertificateVerdict Verify(IReadOnlyList<byte[]> chain, IReadOnlyList<byte[]> authorities, DateTimeOffset now)
    {
        if (chain.Count is 0 or > MaximumChain || chain.Any(c => c.Length > MaximumBytes))
        {
            return new(CertificateProblem.Malformed, chain.Count == 0 ? "the peer sent no certificate" : "the peer sent too much", null);
        }

        X509Certificate2Collection read = [];
        try
        {
            foreach (byte[] der in chain)
            {
                read.Add(X509CertificateLoader.LoadCertificate(der));
            }

            return Verify(read, authorities, now);
        }
        catch (CryptographicException)
        {
            return new(CertificateProblem.Malformed, "the peer's certificate cannot be read", null);
        }
        finally
        {
            Dispose(read);
        }
    }

    /// <summary>The subject's name of a certificate in DER.</summary>
    public static byte[] Subject(byte[] certificate)
    {
        using X509Certificate2 one = X509CertificateLoader.LoadCertificate(certificate);
        return one.SubjectName.RawData;
    }

    private static CertificateVerdict Verify(X509Certificate2Collection read, IReadOnlyList<byte[]> authorities, DateTimeOffset now)
    {
        // The first one, but for PKCS #7, which knows no order: one that has issued none of the others.
        X509Certificate2 own = read.FirstOrDefault(one => !read.Any(
            other => other != one && other.IssuerName.RawData.AsSpan().SequenceEqual(one.SubjectName.RawData))) ?? read[0];
        using X509Chain path = new();
        path.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        path.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        path.ChainPolicy.DisableCertificateDownloads = true;
        path.ChainPolicy.VerificationTime = now.UtcDateTime;
        path.ChainPolicy.VerificationTimeIgnored = false;
        foreach (byte[] der in authorities)
        {
            path.ChainPolicy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificate(der));
        }

        path.ChainPolicy.ExtraStore.AddRange(read);
        bool good = path.Build(own);
        X509ChainStatusFlags flags = path.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, s) => all | s.Status);
        (CertificateProblem problem, string text) = good ? Suitable(own) : Problem(own, path, flags, now);
        Dispose(path.ChainPolicy.CustomTrustStore);
        return new(problem, text, Names(own));
    }

    private static (CertificateProblem, string) Problem(X509Certificate2 own, X509Chain path, X509ChainStatusFlags flags, DateTimeOffset now)
    {
        // An issuer that nobody trusts makes the rest meaningless.
        if ((flags & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid)) != 0)
        {
            return (CertificateProblem.Untrusted, $"no trusted authority has issued {own.Subject}; its issuer is {own.Issuer}");
        }

        foreach (X509Certificate2 one in path.ChainElements.Select(e => e.Certificate))
        {
            if (now.UtcDateTime > one.NotAfter.ToUniversalTime())
            {
                return (CertificateProblem.Expired, $"{one.Subject} was valid until {one.NotAfter.ToUniversalTime():u}, by our clock it is {now.UtcDateTime:u}");
            }

            if (now.UtcDateTime < one.NotBefore.ToUniversalTime())
            {
                return (CertificateProblem.NotYetValid, $"{one.Subject} is valid from {one.NotBefore.ToUniversalTime():u}, by our clock it is {now.UtcDateTime:u}");
            }
        }

        return (CertificateProblem.Unsuitable, $"{own.Subject} is refused: {flags}");
    }

    private static (CertificateProblem, string) Suitable(X509Certificate2 own)
    {
        X509KeyUsageExtension? usage = own.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault();
        bool signs = usage is null
            || (usage.KeyUsages & (X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation)) != 0;
        using RSA? key = own.GetRSAPublicKey();
        return key is null ? (CertificateProblem.Unsuitable, $"{own.Subject} has no RSA key")
            : signs ? (CertificateProblem.None, string.Empty)
            : (CertificateProblem.Unsuitable, $"the key of {own.Subject} is not for signatures");
    }

    /// <summary>The alternative names of a certificate in words.</summary>
    public static IEnumerable<string> AlternativeNames(X509Certificate2 certificate)
    {
        PeerCertificate names = Names(certificate);
        return names.DnsNames.Concat(names.EmailNames).Concat(names.Addresses.Select(a => a.ToString()));
    }

    private static PeerCertificate Names(X509Certificate2 own)
    {
        (List<string> dns, List<string> mail, List<System.Net.IPAddress> addresses) = ([], [], []);
        foreach (X509Extension extension in own.Extensions)
        {
            if (extension.Oid?.Value == "2.5.29.17")
            {
                SubjectAlternativeNames.Read(extension.RawData, dns, mail, addresses);
            }
        }

        return new(own.SubjectName.RawData, own.Subject, own.PublicKey.ExportSubjectPublicKeyInfo(), dns, mail, addresses);
    }

    private static void Dispose(X509Certificate2Collection certificates)
    {
        foreach (X509Certificate2 one in certificates)
        {
            one.Dispose();
        }
    }
}
