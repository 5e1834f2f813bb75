using System.Security.Cryptography;
using RouterOS.Abstractions.Control;
using RouterOS.Ike.Control.Certificates;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Wire;
using RouterOS.Sdk.Certificates;

namespace RouterOS.Ike.Control.Exchanges;

/// <summary>Certificates and signatures of one exchange of phase 1 with RSA (RFC 2409 section 5.1).</summary>
internal sealed class Phase1Signature(IkeRuntime runtime)
{
    // RFC 2408 section 3.9.
    private const byte Pkcs7 = 1;
    private const byte X509Signature = 4;
    private const int MaximumRequests = 8;
    private const int MaximumCertificates = 8;

    private byte[] _identity = [];
    private byte[] _signature = [];
    private bool _wantsPkcs7;

    /// <summary>Asks for a certificate of the authorities that the policy trusts, in the messages with the public values.</summary>
    public void AddRequests(IsakmpWriter writer, CertificatePolicy policy)
    {
        foreach (byte[] name in runtime.Certificates.AuthorityNames(policy.Authorities).Take(MaximumRequests))
        {
            writer.Add(PayloadType.CertificateRequest, [policy.PrefersPkcs7 ? Pkcs7 : X509Signature, .. name]);
        }
    }

    /// <summary>Notes what the peer asks for: PKCS #7 where it wants nothing else.</summary>
    public void TakeRequests(PayloadChain chain)
    {
        (bool pkcs7, bool other) = (false, false);
        foreach (Payload payload in chain)
        {
            if (payload.Type == PayloadType.CertificateRequest && payload.Body.Length > 0)
            {
                (pkcs7, other) = (pkcs7 || payload.Body[0] == Pkcs7, other || payload.Body[0] != Pkcs7);
            }
        }

        _wantsPkcs7 |= pkcs7 && !other;
    }

    /// <summary>Signs the HASH over an own identity; null, or why it cannot be done.</summary>
    public async Task<IkeFailure?> SignAsync(CertificatePolicy policy, byte[] identity, byte[] hash)
    {
        if (runtime.Certificates.Find(policy.Local) is not { } own)
        {
            return new(FailureKind.Certificate, 1, $"certificate {policy.Local} is not loaded", policy.Source)
            {
                Aspect = FailureAspect.Missing,
                Ours = policy.Local,
            };
        }

        IRsa rsa = runtime.Context.Rsa;
        try
        {
            _signature = await runtime.Context.Strand.Offload(() => rsa.Sign(own.PrivateKey, hash));
        }
        catch (CryptographicException)
        {
            return new(FailureKind.Certificate, 1, $"the key of certificate {policy.Local} cannot sign", policy.Source);
        }

        _identity = identity;
        return null;
    }

    /// <summary>True when the signature was made over that identity.</summary>
    public bool IsOver(byte[] identity) => _identity.AsSpan().SequenceEqual(identity);

    /// <summary>Adds our certificates and the signature.</summary>
    public void Add(IsakmpWriter writer, CertificatePolicy policy)
    {
        IReadOnlyList<byte[]> own = runtime.Certificates.Find(policy.Local)?.Chain ?? [];
        if (_wantsPkcs7 && own.Count > 0)
        {
            writer.Add(PayloadType.Certificate, [Pkcs7, .. Pkcs7Certificates.Wrap(own)]);
        }

        foreach (byte[] certificate in _wantsPkcs7 ? [] : own)
        {
            writer.Add(PayloadType.Certificate, [X509Signature, .. certificate]);
        }

        writer.Add(PayloadType.Signature, _signature);
    }

    /// <summary>Judges the peer's certificate and signature; null when both are good.</summary>
    /// <param name="chain">The message's payloads.</param>
    /// <param name="policy">Whom we trust.</param>
    /// <param name="identity">Body of the peer's identification payload.</param>
    /// <param name="hash">What the peer must have signed.</param>
    public IkeFailure? Judge(PayloadChain chain, CertificatePolicy policy, byte[] identity, byte[] hash)
    {
        List<byte[]> certificates = [];
        foreach (Payload payload in chain)
        {
            if (payload.Type == PayloadType.Certificate && payload.Body.Length > 1 && payload.Body[0] == X509Signature
                && certificates.Count < MaximumCertificates)
            {
                certificates.Add(payload.Body[1..].ToArray());
            }
            else if (payload.Type == PayloadType.Certificate && payload.Body.Length > 1 && payload.Body[0] == Pkcs7)
            {
                Pkcs7Certificates.Unwrap(payload.Body[1..], certificates, MaximumCertificates);
            }
        }

        CertificateVerdict verdict = runtime.Certificates.Verify(certificates, policy.Authorities, runtime.Now);
        if (verdict.Problem != CertificateProblem.None)
        {
            FailureKind kind = verdict.Problem switch
            {
                CertificateProblem.Expired => FailureKind.CertificateExpired,
                CertificateProblem.NotYetValid => FailureKind.CertificateNotYetValid,
                CertificateProblem.Untrusted => FailureKind.CertificateUntrusted,
                _ => FailureKind.Certificate,
            };
            return new(kind, 1, $"peer's certificate: {verdict.Text}", policy.Source);
        }

        PeerCertificate certificate = verdict.Certificate!;
        _ = PeerIdentity.TryRead(identity, out string name);
        if (!PeerIdentity.IsIn(certificate, identity))
        {
            string names = string.Join(", ", certificate.DnsNames.Concat(certificate.EmailNames).Concat(certificate.Addresses.Select(a => a.ToString())));
            return new(
                FailureKind.CertificateIdentity, 1,
                $"peer identifies itself as {name}, but its certificate is of {certificate.SubjectText}{(names.Length > 0 ? $" and names {names}" : " and names nobody else")}", policy.Source)
            {
                Theirs = name,
            };
        }

        return chain.TryFindOnly(PayloadType.Signature, out Payload signature)
            && runtime.Context.Rsa.Verify(certificate.PublicKey, hash, signature.Body)
            ? null
            : new(FailureKind.Signature, 1, $"the signature of {name} is not that of its certificate's key", policy.Source);
    }
}
