using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>What the log is told of a session: a copy of its row at that moment.</summary>
internal struct SessionLogEntry
{
    public SessionEvent.Types.Kind Kind;
    public SessionEvent.Types.Reason Reason;

    /// <summary>Number of the session; 0 for a packet that was refused.</summary>
    public ulong Id;

    public FlowSession Session;

    /// <summary>Addresses of a session of IPv6, whose key has numbers in their place.</summary>
    public UInt128 Source6;

    public UInt128 Destination6;

    public uint ElapsedSeconds;
}
