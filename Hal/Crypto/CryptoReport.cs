using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto;

/// <summary>One line of what engines do: key sizes, and workers, taken together.</summary>
/// <param name="Family">The suite, as <see cref="CryptoUse.Family"/>.</param>
/// <param name="Direction">The direction.</param>
/// <param name="Engine">The engine's name with the version behind it.</param>
/// <param name="IsChosen">Whether new keys go to it.</param>
/// <param name="Passed">Whether every self-test passed; null when none has run.</param>
/// <param name="Counts">What it has done.</param>
public sealed record CryptoReport(
    string Family, CryptoDirection Direction, string Engine, bool IsChosen, bool? Passed, CryptoCounts Counts)
{
    /// <summary>The lines of some workers' engines.</summary>
    public static IReadOnlyList<CryptoReport> Of(IEnumerable<CryptoEngines> workers) =>
    [
        .. workers.SelectMany(worker => worker.Uses())
            .GroupBy(use => (use.Family, use.Direction, use.Engine, use.IsChosen))
            .Select(group => new CryptoReport(
                group.Key.Family, group.Key.Direction, group.Key.Engine, group.Key.IsChosen,
                group.Any(use => use.Passed is false) ? false : group.Any(use => use.Passed is true) ? true : null,
                new CryptoCounts
                {
                    Jobs = group.Sum(use => use.Counts.Jobs),
                    Bytes = group.Sum(use => use.Counts.Bytes),
                    Failures = group.Sum(use => use.Counts.Failures),
                })),
    ];
}
