namespace RouterOS.L2tp.Control;

/// <summary>A session whose rows are in the modules, as packets of IP find it.</summary>
/// <param name="Instance">Routing instance of the user.</param>
/// <param name="Local">The router's address.</param>
/// <param name="Peer">The user's.</param>
internal sealed record InnerEnds(uint Instance, uint Local, uint Peer);
