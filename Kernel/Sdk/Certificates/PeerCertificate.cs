using System.Net;

namespace RouterOS.Sdk.Certificates;

/// <summary>The names and the key in a peer's certificate.</summary>
/// <param name="Subject">The subject's name in DER.</param>
/// <param name="SubjectText">The subject's name in words.</param>
/// <param name="PublicKey">The key, SubjectPublicKeyInfo in DER.</param>
/// <param name="DnsNames">Host names among the alternative names.</param>
/// <param name="EmailNames">Mail addresses among the alternative names.</param>
/// <param name="Addresses">Addresses among the alternative names.</param>
public sealed record PeerCertificate(
    byte[] Subject,
    string SubjectText,
    byte[] PublicKey,
    IReadOnlyList<string> DnsNames,
    IReadOnlyList<string> EmailNames,
    IReadOnlyList<IPAddress> Addresses);
