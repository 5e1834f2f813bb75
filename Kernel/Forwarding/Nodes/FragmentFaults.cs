namespace RouterOS.Forwarding.Nodes;

/// <summary>Drop counters of a family for what both families can go wrong with when they cut packets.</summary>
/// <param name="EgressDown">The interface is not there or down.</param>
/// <param name="BadSegments">A super-packet is none.</param>
/// <param name="NoBuffer">No buffer is free.</param>
internal readonly record struct FragmentFaults(int EgressDown, int BadSegments, int NoBuffer);
