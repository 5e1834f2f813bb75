using System.Globalization;
using FsCheck;
using Microsoft.FSharp.Core;

namespace RouterOS.Unit;

/// <summary>Properties are checked with the same inputs each time: what fails on one machine fails on all.</summary>
internal static class Seeded
{
    /// <summary>A hundred inputs, and an exception at the first that a property does not hold for; <c>ROUTEROS_PROPERTY_SEED</c> takes others.</summary>
    public static Config Config { get; } = Config.QuickThrowOnFailure.WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(Seed(), 1), FSharpOption<int>.None)));

    private static ulong Seed() =>
        ulong.TryParse(Environment.GetEnvironmentVariable("ROUTEROS_PROPERTY_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) ? seed : 1;
}
