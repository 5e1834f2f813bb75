using RouterOS.Proto.Dvmrp.V1;

namespace RouterOS.Dvmrp.Control;

/// <summary>What access lists say.</summary>
internal static class AccessLists
{
    /// <summary>True when an address is permitted: the first rule that fits decides, and where none does it is not.</summary>
    public static bool Permits(this AccessList list, uint address) =>
        list.Rules.FirstOrDefault(r => ((address ^ r.Address) & ~r.Wildcard) == 0) is { Permit: true };

    /// <summary>True when a route of a neighbour may be taken.</summary>
    public static bool Accept(this IReadOnlyCollection<AcceptFilter> filters, uint network, uint neighbor) =>
        filters.Count == 0 || filters.Any(f => f.Routes.Permits(network) && (f.Neighbors is null || f.Neighbors.Permits(neighbor)));
}
