using RouterOS.Proto.Module.V1;

namespace RouterOS.Module;

/// <summary>What a module says of itself and does not change while it runs.</summary>
/// <param name="Name">Its name in the chassis.</param>
/// <param name="Epoch">Differs at every start of the module; never 0.</param>
/// <param name="Started">When it started.</param>
/// <param name="CryptoEngines">Engines in the order they are preferred, with their library's version.</param>
/// <param name="Packages">Node packages loaded.</param>
/// <param name="Alarms">One sentence per thing that is not as it should be.</param>
public sealed record ModuleIdentity(
    string Name,
    ulong Epoch,
    DateTimeOffset Started,
    IReadOnlyList<string> CryptoEngines,
    IReadOnlyList<string> Packages,
    IReadOnlyList<string> Alarms)
{
    /// <summary>What the crypto engines have done so far. Called on any thread.</summary>
    public Func<IEnumerable<CryptoUse>> CryptoUses { get; init; } = () => [];

    /// <summary>Alarms of the crypto engines, which may rise at run time. Called on any thread.</summary>
    public Func<IEnumerable<string>> CryptoAlarms { get; init; } = () => [];
}
