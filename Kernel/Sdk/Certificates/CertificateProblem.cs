namespace RouterOS.Sdk.Certificates;

/// <summary>What is wrong with a peer's certificate.</summary>
public enum CertificateProblem
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The peer sent none, or something that is none.</summary>
    Malformed,

    /// <summary>The certificate, or one above it, is not valid any more by the router's clock.</summary>
    Expired,

    /// <summary>The certificate, or one above it, is not valid yet by the router's clock.</summary>
    NotYetValid,

    /// <summary>No trusted authority has issued it.</summary>
    Untrusted,

    /// <summary>Its key is not meant for, or not able to make, the signatures of the protocol.</summary>
    Unsuitable,
}
