namespace RouterOS.Ike.Control.Machines;

/// <summary>What an exchange of phase 1 does for a step of its machine.</summary>
[Flags]
internal enum Phase1Actions
{
    None = 0,

    /// <summary>Builds and sends the message of the new state.</summary>
    Send = 1,

    /// <summary>Sends the last message again.</summary>
    Resend = 2,

    /// <summary>Starts waiting for an answer, which is asked for again.</summary>
    Await = 4,

    /// <summary>Starts the age limit of a half-open exchange.</summary>
    LimitAge = 8,

    /// <summary>Stops waiting.</summary>
    StopTimer = 16,

    /// <summary>Makes a Diffie-Hellman pair.</summary>
    ComputePublic = 32,

    /// <summary>Computes the shared secret, and the own pair first where there is none.</summary>
    ComputeSecret = 64,

    /// <summary>Makes the phase 1 SA.</summary>
    Establish = 128,

    /// <summary>Reports that the peer is silent.</summary>
    ReportSilence = 256,

    /// <summary>Forgets the exchange.</summary>
    Close = 512,
}
