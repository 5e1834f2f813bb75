using Microsoft.Extensions.Logging;

namespace RouterOS.Ike.Control;

/// <summary>Every message of the plugin; event ids 1000 to 1999.</summary>
internal static partial class IkeLog
{
    [LoggerMessage(1000, LogLevel.Information,
        "IKE phase-1 SA {Index} with {Peer} (gateway {Gateway}) is up as {Role}: {Algorithms}, lifetime {Seconds} s")]
    public static partial void Phase1Up(
        ILogger log, uint index, string peer, string gateway, string role, string algorithms, uint seconds);

    [LoggerMessage(1001, LogLevel.Warning, "IKE phase-1 negotiation failed with {Peer} (gateway {Gateway}): {Reason} [line {Line}]")]
    public static partial void Phase1Failed(ILogger log, string peer, string gateway, string reason, uint line);

    [LoggerMessage(1002, LogLevel.Information, "IKE phase-1 SA {Index} with {Peer} (gateway {Gateway}) ended: {Reason}")]
    public static partial void Phase1Down(ILogger log, uint index, string peer, string gateway, string reason);

    [LoggerMessage(1003, LogLevel.Warning, "IKE phase-1 negotiation refused from unknown peer {Peer}: {Reason}")]
    public static partial void Stranger(ILogger log, string peer, string reason);

    [LoggerMessage(1004, LogLevel.Information, "IKE gateway {Gateway}: the peer's NAT has moved it from {From}:{FromPort} to {To}:{ToPort}")]
    public static partial void PeerMoved(ILogger log, string gateway, string from, ushort fromPort, string to, ushort toPort);

    [LoggerMessage(1010, LogLevel.Information,
        "IKE phase-2 SA pair of vpn {Vpn} with {Peer} is up: inbound SPI {InboundSpi:x8}, outbound SPI {OutboundSpi:x8}, {Algorithms}, lifetime {Seconds} s")]
    public static partial void Phase2Up(
        ILogger log, string vpn, string peer, uint inboundSpi, uint outboundSpi, string algorithms, uint seconds);

    [LoggerMessage(1011, LogLevel.Warning, "IKE phase-2 negotiation failed with {Peer} (vpn {Vpn}): {Reason} [line {Line}]")]
    public static partial void Phase2Failed(ILogger log, string peer, string vpn, string reason, uint line);

    [LoggerMessage(1012, LogLevel.Information,
        "IKE phase-2 SA pair of vpn {Vpn} ended: inbound SPI {InboundSpi:x8}, outbound SPI {OutboundSpi:x8}: {Reason}")]
    public static partial void Phase2Down(ILogger log, string vpn, uint inboundSpi, uint outboundSpi, string reason);

    [LoggerMessage(1013, LogLevel.Information, "IKE vpn {Vpn}: the monitor has an answer through the tunnel again")]
    public static partial void MonitorUp(ILogger log, string vpn);

    [LoggerMessage(1030, LogLevel.Warning,
        "Capture {Id} with the keys of vpn {Vpns} with {Peers} started by {User} to {File}: at most {Seconds} s and {Bytes} bytes")]
    public static partial void CaptureStarted(ILogger log, uint id, string vpns, string peers, string user, string file, uint seconds, ulong bytes);

    [LoggerMessage(1031, LogLevel.Warning,
        "Capture {Id} of vpn {Vpns} by {User} ended: {Reason}; {Ike} IKE and {Ipsec} ESP or AH packets, {Lost} lost, in {File}")]
    public static partial void CaptureEnded(ILogger log, uint id, string vpns, string user, string reason, uint ike, uint ipsec, ulong lost, string file);

    [LoggerMessage(1032, LogLevel.Warning, "Recording of peer {Peer} (gateway {Gateway}), keys included, started by {User} to {File}: at most {Seconds} s")]
    public static partial void RecordingStarted(ILogger log, string gateway, string peer, string user, string file, uint seconds);

    [LoggerMessage(1033, LogLevel.Warning,
        "Recording of peer {Peer} (gateway {Gateway}) by {User} ended: {Reason}; {Received} messages received, {Sent} sent, in {File}")]
    public static partial void RecordingEnded(
        ILogger log, string gateway, string peer, string user, string reason, uint received, uint sent, string file);

    [LoggerMessage(1020, LogLevel.Information, "IKE restored {Phase1} phase-1 SAs and {Phase2} phase-2 SA pairs")]
    public static partial void Restored(ILogger log, int phase1, int phase2);

    [LoggerMessage(1021, LogLevel.Warning, "IKE state {Name} cannot be read and is dropped")]
    public static partial void UnreadableState(ILogger log, string name);

    [LoggerMessage(1040, LogLevel.Information, "IKE user {User} has logged in from {Peer} (gateway {Gateway})")]
    public static partial void UserUp(ILogger log, string user, string peer, string gateway);

    [LoggerMessage(1041, LogLevel.Information, "IKE address {Address} of pool {Pool} is given to user {User} at {Peer}")]
    public static partial void AddressAssigned(ILogger log, string address, string pool, string user, string peer);

    [LoggerMessage(1042, LogLevel.Information, "IKE peer {Peer} (gateway {Gateway}) has accepted us as user {User}: address {Address}, name servers {Servers}")]
    public static partial void AcceptedAsUser(ILogger log, string peer, string gateway, string user, string address, string servers);

    [LoggerMessage(1043, LogLevel.Information, "IKE address {Address} of pool {Pool} is free again: user {User} has left")]
    public static partial void AddressReleased(ILogger log, string address, string pool, string user);

    [LoggerMessage(1044, LogLevel.Information, "IKE peer {Peer} (gateway {Gateway}) sends on SPI {Spi:x8}, which we do not have: told so ({Count} of {Most})")]
    public static partial void BadSpi(ILogger log, string peer, string gateway, uint spi, uint count, uint most);

    [LoggerMessage(1045, LogLevel.Warning, "IKE begins anew by command: all its associations are deleted")]
    public static partial void Restarted(ILogger log);
}
