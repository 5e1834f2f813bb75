namespace RouterOS.Forwarding.Local;

/// <summary>How many packets may go up to the control plane.</summary>
/// <param name="ChannelPacketsPerSecond">Packets per second of one channel.</param>
/// <param name="ChannelBurst">Packets of one channel at once.</param>
/// <param name="SourcePacketsPerSecond">Packets per second of one source on one channel.</param>
/// <param name="SourceBurst">Packets of one source on one channel at once.</param>
/// <param name="PeerPacketsPerSecond">Packets per second of one source on one channel that the control plane has to do with: it may be a NAT with thousands behind it.</param>
/// <param name="PeerBurst">Packets of such a source on one channel at once.</param>
/// <param name="StrangerPacketsPerSecond">Packets per second of one channel that come from addresses nobody knows, all together.</param>
/// <param name="StrangerBurst">Packets of such addresses on one channel at once.</param>
public sealed record PuntLimits(
    int ChannelPacketsPerSecond = 5000, int ChannelBurst = 1000, int SourcePacketsPerSecond = 1000, int SourceBurst = 200,
    int PeerPacketsPerSecond = 2500, int PeerBurst = 500, int StrangerPacketsPerSecond = 1000, int StrangerBurst = 300);
