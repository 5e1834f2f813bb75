namespace RouterOS.L2tp.Wire;

/// <summary>Why a datagram is no L2TP message.</summary>
public enum L2tpError
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>Fewer bytes than its header needs.</summary>
    Truncated,

    /// <summary>Its length, or its offset, contradicts the bytes that are there.</summary>
    BadLength,

    /// <summary>Not version 2.</summary>
    BadVersion,

    /// <summary>A control message without length and sequence numbers, or with offset or priority (RFC 2661 section 3.1).</summary>
    BadFlags,
}
