namespace RouterOS.Dvmrp.Wire;

/// <summary>One route of a report.</summary>
/// <param name="Prefix">Network of sources.</param>
/// <param name="PrefixLength">Its bits.</param>
/// <param name="Metric">1 to 31; 32: gone; above: the sender depends on the receiver for it, metric less 32.</param>
public readonly record struct ReportedRoute(uint Prefix, int PrefixLength, int Metric);
