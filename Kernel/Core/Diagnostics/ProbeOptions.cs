namespace RouterOS.Core.Diagnostics;

/// <summary>IP header fields of probes.</summary>
/// <param name="Ttl">Hops; 0 takes the default.</param>
/// <param name="Tos">Type of service.</param>
/// <param name="DontFragment">Forbid fragmentation.</param>
internal readonly record struct ProbeOptions(uint Ttl = 0, uint Tos = 0, bool DontFragment = false);
