namespace RouterOS.Forwarding;

/// <summary>Interfaces, routes, adjacencies and neighbours of one module.</summary>
/// <remarks>Written by row sinks on the worker's thread between batches, so nodes read without locks.</remarks>
public sealed class ForwardingTables
{
}
