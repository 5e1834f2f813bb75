namespace RouterOS.Sdk.Certificates;

/// <summary>The router's certificates and the authorities that it trusts, as a protocol that authenticates by them sees them.</summary>
/// <remarks>Whoever keeps them decides where they come from: loaded files today, enrolment later. No I/O, no waiting.</remarks>
public interface ICertificates
{
    /// <summary>The own certificate with an id, or null.</summary>
    LocalCertificate? Find(string id);

    /// <summary>Names (DER) of the authorities of a profile, or of all where the profile is empty.</summary>
    IReadOnlyList<byte[]> AuthorityNames(string profile);

    /// <summary>Judges a peer's certificate.</summary>
    /// <param name="chain">The peer's certificates in DER: its own first, then any that lead to an authority.</param>
    /// <param name="profile">The profile whose authorities count; empty: all.</param>
    /// <param name="now">The time at which it must be valid.</param>
    CertificateVerdict Verify(IReadOnlyList<byte[]> chain, string profile, DateTimeOffset now);
}
