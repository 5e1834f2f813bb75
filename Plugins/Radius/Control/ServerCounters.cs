namespace RouterOS.Radius.Control;

/// <summary>What one server was asked and has answered; names as in the contract.</summary>
internal sealed class ServerCounters
{
    public ulong Requests { get; set; }

    public ulong Retransmissions { get; set; }

    public ulong Accepts { get; set; }

    public ulong Rejects { get; set; }

    public ulong Challenges { get; set; }

    public ulong Responses { get; set; }

    public ulong Malformed { get; set; }

    public ulong BadAuthenticators { get; set; }

    public ulong Timeouts { get; set; }

    public ulong Unexpected { get; set; }

    public ulong Starts { get; set; }

    public ulong Interims { get; set; }

    public ulong Stops { get; set; }

    public ulong Full { get; set; }

    public uint RoundTripMilliseconds { get; set; }
}
