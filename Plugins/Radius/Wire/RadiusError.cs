namespace RouterOS.Radius.Wire;

/// <summary>Why bytes are not the RADIUS packet that they claim to be.</summary>
internal enum RadiusError
{
    /// <summary>Well formed.</summary>
    None,

    /// <summary>Fewer bytes than the header has, or says.</summary>
    Truncated,

    /// <summary>A length that is none of a packet.</summary>
    BadLength,

    /// <summary>An attribute that is shorter than its header or longer than the packet.</summary>
    BadAttribute,

    /// <summary>A Message-Authenticator that is not 16 bytes long, or a second one.</summary>
    BadMessageAuthenticator,
}
