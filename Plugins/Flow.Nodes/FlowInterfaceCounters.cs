namespace RouterOS.Flow.Nodes;

/// <summary>Flow counters of one logical interface; one writer, the worker.</summary>
internal struct FlowInterfaceCounters
{
    public ulong SelfPackets;
    public ulong IcmpPackets;
    public ulong VpnPackets;
    public ulong MulticastIn;
    public ulong BytesPermittedIn;
    public ulong ConnectionsEstablished;
    public ulong BytesPermittedOut;
    public ulong MulticastOut;
    public ulong NoSelfInterest;
    public ulong NoMoreSessions;
    public ulong NoZone;
    public ulong PolicyDenied;
    public ulong OutOfWindow;
    public ulong AddressSpoofing;
    public ulong SynAttack;
}
