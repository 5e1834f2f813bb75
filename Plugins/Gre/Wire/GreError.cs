namespace RouterOS.Gre.Wire;

/// <summary>Why bytes are no GRE packet that can be taken.</summary>
public enum GreError
{
    /// <summary>The bytes are well formed.</summary>
    None,

    /// <summary>Fewer bytes than the header has.</summary>
    Truncated,

    /// <summary>Another version than 0 (RFC 2784 section 2.3.1): 1 is of PPTP.</summary>
    BadVersion,

    /// <summary>A flag of RFC 1701 that must be 0 (RFC 2784 section 2.3): source routing.</summary>
    ReservedFlag,
}
