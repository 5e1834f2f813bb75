namespace RouterOS.Sdk.Certificates;

/// <summary>What came of judging a peer's certificate.</summary>
/// <param name="Problem">What is wrong, if anything.</param>
/// <param name="Text">The problem in words, or empty.</param>
/// <param name="Certificate">Who it is; null when the certificate cannot be read.</param>
public sealed record CertificateVerdict(CertificateProblem Problem, string Text, PeerCertificate? Certificate);
