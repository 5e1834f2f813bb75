namespace RouterOS.Ppp.Control;

/// <summary>What all links together have counted.</summary>
internal sealed class LinkCounters
{
    /// <summary>Frames that could not be understood.</summary>
    public ulong Malformed { get; set; }

    /// <summary>Frames of protocols that are not spoken here.</summary>
    public ulong ProtocolRejects { get; set; }

    /// <summary>Frames that had no place in their link's phase.</summary>
    public ulong Untimely { get; set; }

    /// <summary>Rejects that were not sent because there were too many.</summary>
    public ulong Suppressed { get; set; }

    public ulong AuthenticationFailures { get; set; }

    public ulong NegotiationFailures { get; set; }

    public ulong KeepaliveFailures { get; set; }
}
