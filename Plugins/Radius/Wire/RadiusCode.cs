namespace RouterOS.Radius.Wire;

/// <summary>Code of a packet (RFC 2865 section 3, RFC 2866 section 3, RFC 5176 section 2.3).</summary>
internal enum RadiusCode : byte
{
    /// <summary>Not a code.</summary>
    None = 0,

    /// <summary>May this user in?</summary>
    AccessRequest = 1,

    /// <summary>It may.</summary>
    AccessAccept = 2,

    /// <summary>It may not.</summary>
    AccessReject = 3,

    /// <summary>What a session is and has used.</summary>
    AccountingRequest = 4,

    /// <summary>It is written down.</summary>
    AccountingResponse = 5,

    /// <summary>The user has to answer something.</summary>
    AccessChallenge = 11,

    /// <summary>End a session.</summary>
    DisconnectRequest = 40,

    /// <summary>It is ended.</summary>
    DisconnectAck = 41,

    /// <summary>It is not.</summary>
    DisconnectNak = 42,

    /// <summary>Change a session.</summary>
    CoaRequest = 43,

    /// <summary>It is changed.</summary>
    CoaAck = 44,

    /// <summary>It is not.</summary>
    CoaNak = 45,
}
