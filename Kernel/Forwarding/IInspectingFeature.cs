namespace RouterOS.Forwarding;

/// <summary>
/// A node on <see cref="Arcs.PreRoute"/> that looks at the packets of some interfaces only, those that it has
/// <see cref="ForwardingTables.Inspect"/> say so of. All others may take the plain pass, which does not come by it.
/// </summary>
public interface IInspectingFeature;
