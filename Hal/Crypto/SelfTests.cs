using System.Collections.Concurrent;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto;

/// <summary>Results of self-tests, so that the engines of several workers are tested once. Any thread.</summary>
public sealed class SelfTests
{
    private readonly ConcurrentDictionary<(string Engine, CryptoSuite Suite, CryptoDirection Direction), string> _results = new();

    /// <summary>Those of this process.</summary>
    public static SelfTests Process { get; } = new();

    /// <summary>Null when the engine's answers are right, or what went wrong; runs the test if nobody has yet.</summary>
    /// <remarks>On the engine's own thread, with nothing of its jobs in flight.</remarks>
    public string? Run(ICryptoEngine engine, CryptoSuite suite, CryptoDirection direction)
    {
        ArgumentNullException.ThrowIfNull(engine);
        string failure = _results.GetOrAdd(
            (engine.Name, suite, direction), _ => EngineSelfTest.Run(engine, suite, direction) ?? string.Empty);
        return failure.Length == 0 ? null : failure;
    }

    /// <summary>True when it passed, false when it failed, null when it has not been tested.</summary>
    public bool? ResultOf(ICryptoEngine engine, CryptoSuite suite, CryptoDirection direction)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return _results.TryGetValue((engine.Name, suite, direction), out string? failure) ? failure.Length == 0 : null;
    }
}
