namespace RouterOS.Sdk.Certificates;

/// <summary>A certificate of the router with its private key.</summary>
/// <param name="Chain">Certificates in DER: the router's own first, then those of the authorities below the root that were loaded with it.</param>
/// <param name="PrivateKey">The key, PKCS #8 in DER.</param>
public sealed record LocalCertificate(IReadOnlyList<byte[]> Chain, byte[] PrivateKey)
{
    /// <inheritdoc/>
    public override string ToString() => "redacted";
}
