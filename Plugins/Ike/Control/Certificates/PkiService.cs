using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using RouterOS.Proto.Pki.V1;
using Service = RouterOS.Proto.Pki.V1.Pki;

namespace RouterOS.Ike.Control.Certificates;

/// <summary>Loads and lists certificates for operators and automation.</summary>
/// <remarks>Its methods run on the plugin's strand.</remarks>
internal sealed class PkiService(CertificateStore store) : Service.PkiBase
{
    // Names of sealed values are short; the prefix takes some of it.
    private const int LongestName = 48;

    /// <inheritdoc/>
    public override Task<LoadReply> LoadCertificate(LoadCertificateRequest request, ServerCallContext context) => Reply(
        NameError(request.Id) ?? store.LoadLocal(request.Id, request.Certificate.ToByteArray(), request.Key.ToByteArray()));

    /// <inheritdoc/>
    public override Task<LoadReply> LoadAuthority(LoadAuthorityRequest request, ServerCallContext context) => Reply(
        NameError(request.Profile) ?? store.LoadAuthority(request.Profile, request.Certificate.ToByteArray()));

    /// <inheritdoc/>
    public override Task<ListCertificatesReply> ListCertificates(ListCertificatesRequest request, ServerCallContext context)
    {
        ListCertificatesReply reply = new();
        reply.Certificates.AddRange(request.Authorities
            ? store.Authorities.Select(a => ToMessage(a.Key, a.Value))
            : store.Local.Select(c => ToMessage(c.Key, c.Value.Chain[0])));
        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override Task<ClearCertificatesReply> ClearCertificates(ClearCertificatesRequest request, ServerCallContext context) =>
        Task.FromResult(new ClearCertificatesReply { Cleared = (uint)store.Clear(request.Authorities, request.Name) });

    private static Task<LoadReply> Reply(string? error) => Task.FromResult(new LoadReply { Error = error ?? string.Empty });

    private static string? NameError(string name) =>
        name.Length is 0 or > LongestName || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? $"'{name}' is no name of 1 to {LongestName} letters, digits, '-', '_' and '.'" : null;

    private static CertificateState ToMessage(string name, byte[] der)
    {
        using X509Certificate2 one = X509CertificateLoader.LoadCertificate(der);
        using RSA? key = one.GetRSAPublicKey();
        CertificateState state = new()
        {
            Name = name,
            Subject = one.Subject,
            Issuer = one.Issuer,
            SerialNumber = one.SerialNumber,
            NotBefore = new DateTimeOffset(one.NotBefore.ToUniversalTime()).ToUnixTimeSeconds(),
            NotAfter = new DateTimeOffset(one.NotAfter.ToUniversalTime()).ToUnixTimeSeconds(),
            KeyBits = (uint)(key?.KeySize ?? 0),
            Sha1 = one.GetCertHashString(HashAlgorithmName.SHA1),
            Sha256 = one.GetCertHashString(HashAlgorithmName.SHA256),
        };
        state.AlternativeNames.AddRange(CertificateCheck.AlternativeNames(one));
        return state;
    }
}
