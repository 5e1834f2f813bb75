namespace RouterOS.L2tp.Control;

/// <summary>Why the control plane did not take a message.</summary>
internal enum L2tpDrop
{
    /// <summary>Bytes that are no L2TP message.</summary>
    Malformed,

    /// <summary>A tunnel or session that is not there, or not for this protection.</summary>
    Unknown,

    /// <summary>It came from another address than the tunnel's, and the configuration rejects that.</summary>
    WrongAddress,

    /// <summary>No destination profile for the peer's address, or no host profile for its name.</summary>
    NoProfile,

    /// <summary>In the clear, where the host profile wants IPsec.</summary>
    NotProtected,

    /// <summary>Too many tunnels that are not up yet, from its address or in all.</summary>
    TooManyHalfOpen,

    /// <summary>A data message for a session that is not connected.</summary>
    NotConnected,

    /// <summary>A data message without a PPP frame.</summary>
    BadFrame,

    /// <summary>A data message behind one with a later sequence number.</summary>
    OutOfSequence,
}
