using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using RouterOS.Sdk.Certificates;
using RouterOS.Sdk.Storage;

namespace RouterOS.Ike.Control.Certificates;

/// <summary>Certificates that an operator loaded from files: sealed at rest, read once.</summary>
/// <remarks>Owned by the plugin's strand.</remarks>
internal sealed class CertificateStore : ICertificates
{
    private const string LocalPrefix = "certificate.";
    private const string AuthorityPrefix = "authority.";

    private readonly ISealedStore _store;
    private readonly SortedDictionary<string, LocalCertificate> _local = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, byte[]> _authorities = new(StringComparer.Ordinal);

    public CertificateStore(ISealedStore store)
    {
        _store = store;
        foreach (string name in store.Names())
        {
            byte[]? value = name.StartsWith(LocalPrefix, StringComparison.Ordinal) || name.StartsWith(AuthorityPrefix, StringComparison.Ordinal)
                ? store.Read(name) : null;
            if (value is not null && name.StartsWith(AuthorityPrefix, StringComparison.Ordinal))
            {
                _authorities[name[AuthorityPrefix.Length..]] = value;
            }
            else if (value is not null && JsonSerializer.Deserialize<byte[][]>(value) is { Length: > 1 } parts)
            {
                _local[name[LocalPrefix.Length..]] = new(parts[1..], parts[0]);
            }
        }
    }

    /// <summary>The router's own certificates by id.</summary>
    public IEnumerable<KeyValuePair<string, LocalCertificate>> Local => _local;

    /// <summary>Authorities by profile.</summary>
    public IEnumerable<KeyValuePair<string, byte[]>> Authorities => _authorities;

    /// <inheritdoc/>
    public LocalCertificate? Find(string id) => _local.GetValueOrDefault(id);

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> AuthorityNames(string profile) =>
        [.. Trusted(profile).Select(der => { using X509Certificate2 one = X509CertificateLoader.LoadCertificate(der); return one.SubjectName.RawData; })];

    /// <inheritdoc/>
    public CertificateVerdict Verify(IReadOnlyList<byte[]> chain, string profile, DateTimeOffset now) =>
        CertificateCheck.Verify(chain, [.. Trusted(profile)], now);

    /// <summary>Takes a certificate and its key, in PEM or DER; the error is for the operator.</summary>
    public string? LoadLocal(string id, byte[] certificate, byte[] key)
    {
        try
        {
            using RSA rsa = RSA.Create();
            ImportKey(rsa, key);
            using X509Certificate2 own = ReadAll(certificate) is [{ } first, ..] ? X509CertificateLoader.LoadCertificate(first)
                : throw new CryptographicException("the file holds no certificate");
            byte[] spki = own.PublicKey.ExportSubjectPublicKeyInfo();
            if (!spki.AsSpan().SequenceEqual(rsa.ExportSubjectPublicKeyInfo()))
            {
                return "the key is not that of the certificate";
            }

            LocalCertificate local = new(ReadAll(certificate), rsa.ExportPkcs8PrivateKey());
            byte[] value = JsonSerializer.SerializeToUtf8Bytes<byte[][]>([local.PrivateKey, .. local.Chain]);
            _store.Write(LocalPrefix + id, value);
            CryptographicOperations.ZeroMemory(value);
            _local[id] = local;
            return null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return $"no RSA key and certificate can be read from the files: {e.Message}";
        }
    }

    /// <summary>Takes the certificate of an authority, in PEM or DER; the error is for the operator.</summary>
    public string? LoadAuthority(string profile, byte[] certificate)
    {
        try
        {
            byte[] der = ReadAll(certificate)[0];
            using X509Certificate2 authority = X509CertificateLoader.LoadCertificate(der);
            if (authority.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is not { CertificateAuthority: true })
            {
                return $"{authority.Subject} is no certificate authority";
            }

            _store.Write(AuthorityPrefix + profile, der);
            _authorities[profile] = der;
            return null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return $"no certificate can be read from the file: {e.Message}";
        }
    }

    /// <summary>Forgets one, or all of a kind where the name is empty; returns how many there were.</summary>
    public int Clear(bool authorities, string name)
    {
        string[] names = authorities ? [.. _authorities.Keys] : [.. _local.Keys];
        names = [.. names.Where(n => name.Length == 0 || n == name)];
        foreach (string one in names)
        {
            _store.Delete((authorities ? AuthorityPrefix : LocalPrefix) + one);
            _ = authorities ? _authorities.Remove(one) : _local.Remove(one);
        }

        return names.Length;
    }

    private IEnumerable<byte[]> Trusted(string profile) => _authorities.Where(a => profile.Length == 0 || a.Key == profile).Select(a => a.Value);

    private static byte[][] ReadAll(byte[] file)
    {
        if (!PemEncoding.TryFind(Encoding.UTF8.GetString(file), out _))
        {
            using X509Certificate2 one = X509CertificateLoader.LoadCertificate(file);
            return [one.RawData];
        }

        X509Certificate2Collection all = [];
        all.ImportFromPem(Encoding.UTF8.GetString(file));
        byte[][] ders = [.. all.Select(c => c.RawData)];
        foreach (X509Certificate2 one in all)
        {
            one.Dispose();
        }

        return ders.Length > 0 ? ders : throw new CryptographicException("the file holds no certificate");
    }

    private static void ImportKey(RSA rsa, byte[] file)
    {
        string text = Encoding.UTF8.GetString(file);
        if (PemEncoding.TryFind(text, out _))
        {
            rsa.ImportFromPem(text);
            return;
        }

        try
        {
            rsa.ImportPkcs8PrivateKey(file, out _);
        }
        catch (CryptographicException)
        {
            rsa.ImportRSAPrivateKey(file, out _);
        }
    }
}
