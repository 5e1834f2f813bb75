using Microsoft.Extensions.Logging;

namespace RouterOS.L2tp.Control;

/// <summary>Every message of the plugin; event ids 3000 to 3999.</summary>
internal static partial class L2tpLog
{
    [LoggerMessage(3000, LogLevel.Information, "L2TP tunnel {Tunnel} with {Host} at {Peer} (profile {Profile}) is up")]
    public static partial void TunnelUp(ILogger log, ushort tunnel, string host, string peer, string profile);

    [LoggerMessage(3001, LogLevel.Information, "L2TP tunnel {Tunnel} with {Host} at {Peer} ended: {Reason} (result {Result}, error {Error})")]
    public static partial void TunnelDown(ILogger log, ushort tunnel, string host, string peer, string reason, ushort result, ushort error);

    [LoggerMessage(3002, LogLevel.Information, "L2TP session {Tunnel}/{Session} with {Host} is up")]
    public static partial void SessionUp(ILogger log, ushort tunnel, ushort session, string host);

    [LoggerMessage(3003, LogLevel.Information, "L2TP session {Tunnel}/{Session} with {Host} ended: {Reason} (result {Result}, error {Error})")]
    public static partial void SessionDown(ILogger log, ushort tunnel, ushort session, string host, string reason, ushort result, ushort error);

    [LoggerMessage(3004, LogLevel.Warning, "L2TP tunnel authentication failed with {Host} at {Peer} (profile {Profile}): {Reason}")]
    public static partial void AuthenticationFailed(ILogger log, string host, string peer, string profile, string reason);

    [LoggerMessage(3005, LogLevel.Warning, "L2TP tunnel refused to {Host} at {Peer}: {Reason}")]
    public static partial void Refused(ILogger log, string host, string peer, string reason);

    [LoggerMessage(3006, LogLevel.Warning, "L2TP: {Count} messages of refused or failed tunnels were not logged")]
    public static partial void Suppressed(ILogger log, int count);

    [LoggerMessage(3008, LogLevel.Information, "L2TP: {Count} tunnels of an earlier process are ended; their peers are told")]
    public static partial void FormerTunnels(ILogger log, int count);

    [LoggerMessage(3009, LogLevel.Information, "L2TP: {Peer} speaks of a tunnel that is not there: its IPsec connection {Protection} is from before a restart and is told to end")]
    public static partial void Stray(ILogger log, string peer, uint protection);

    [LoggerMessage(3007, LogLevel.Information, "L2TP: IPsec connection {Protection} of {Peer} is told to end after its tunnel")]
    public static partial void ProtectionReleased(ILogger log, uint protection, string peer);
}
