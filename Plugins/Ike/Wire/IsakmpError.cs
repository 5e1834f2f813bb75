namespace RouterOS.Ike.Wire;

/// <summary>Why bytes are not the ISAKMP message or payload that they claim to be.</summary>
internal enum IsakmpError
{
    /// <summary>Well formed.</summary>
    None,

    /// <summary>Fewer bytes than a header needs.</summary>
    Truncated,

    /// <summary>A length field contradicts the bytes that are there.</summary>
    BadLength,

    /// <summary>Not ISAKMP version 1.</summary>
    BadVersion,

    /// <summary>More nested or repeated parts than the limit allows.</summary>
    TooMany,

    /// <summary>A value that the registry reserves, or that this position does not allow.</summary>
    BadValue,
}
