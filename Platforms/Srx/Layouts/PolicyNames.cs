using RouterOS.Proto.Flow.V1;
using RouterOS.Srx.Bindings;

namespace RouterOS.Srx.Layouts;

/// <summary>A policy with the names that the configuration uses.</summary>
/// <param name="State">The policy as it is in force.</param>
/// <param name="Sources">Names of sources.</param>
/// <param name="Destinations">Names of destinations.</param>
/// <param name="Applications">Names of applications.</param>
internal sealed record PolicyNames(
    PolicyState State, IReadOnlyList<string> Sources, IReadOnlyList<string> Destinations, IReadOnlyList<string> Applications)
{
    /// <summary>Sources with what each is, sets taken apart; empty for any.</summary>
    public IReadOnlyList<NamedAddress> SourceAddresses { get; init; } = [];

    /// <summary>Destinations in the same way.</summary>
    public IReadOnlyList<NamedAddress> DestinationAddresses { get; init; } = [];

    /// <summary>Name of the policy of the other direction that shares the tunnel.</summary>
    public string PairPolicy { get; init; } = string.Empty;
}
