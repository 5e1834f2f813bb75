using System.Collections.Concurrent;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.BitSlice;

namespace RouterOS.Crypto;

/// <summary>The engines of one worker: loads what the host has, and chooses one per suite and direction in the documented order.</summary>
/// <remarks>
/// Made once per worker. <see cref="For"/> is called on the worker's thread; what it has chosen and done may be read by any. Only the first
/// engine of a suite is tested at the start; the next one is when the first is refused, or has failed jobs.
/// </remarks>
public sealed class CryptoEngines : IDisposable
{
    private readonly IReadOnlyList<ICryptoEngine> _engines;
    private readonly CryptoOverrides _overrides;
    private readonly SelfTests _tests;
    private readonly ConcurrentDictionary<(CryptoSuite Suite, CryptoDirection Direction), ICryptoEngine> _chosen = new();
    private readonly HashSet<(ICryptoEngine Engine, CryptoSuite Suite, CryptoDirection Direction)> _refused = [];

    // What the self-tests did, which nobody wants to see as traffic.
    private readonly ConcurrentDictionary<(ICryptoEngine Engine, CryptoSuite Suite, CryptoDirection Direction), CryptoCounts> _testJobs = new();
    private volatile string[] _alarms;

    /// <summary>Takes ownership of engines, which are ordered by <see cref="EngineOrder"/>; those that it does not know come first.</summary>
    public CryptoEngines(
        IReadOnlyList<ICryptoEngine> engines, IReadOnlyList<string> alarms, CryptoOverrides? overrides = null, SelfTests? tests = null)
    {
        ArgumentNullException.ThrowIfNull(engines);
        _engines = engines;
        _alarms = [.. alarms];
        _overrides = overrides ?? CryptoOverrides.None;
        _tests = tests ?? new SelfTests();
        foreach (CryptoSuite suite in SuiteRules.All)
        {
            foreach (CryptoDirection direction in Enum.GetValues<CryptoDirection>())
            {
                Choose(suite, direction);
            }
        }
    }

    /// <summary>What is not as it should be, one sentence each: a missing library, a suite that an engine got wrong.</summary>
    public IReadOnlyList<string> Alarms => _alarms;

    /// <summary>Opens every engine that this host can run.</summary>
    public static CryptoEngines Open(CryptoOverrides? overrides = null)
    {
        List<ICryptoEngine> engines = [];
        List<string> alarms = [];
        if (IpsecMbEngine.TryCreate(out string? problem) is { } fast)
        {
            engines.Add(fast);
        }
        else
        {
            alarms.Add(problem!);
        }

        if (ManagedEngine.TryCreate(out _) is { } managed)
        {
            engines.Add(managed);
        }

        try
        {
            engines.Add(BitSliceEngine.Create());
            engines.Add(new LibcryptoEngine());
        }
        catch (PlatformNotSupportedException error)
        {
            alarms.Add(error.Message);
        }

        return new CryptoEngines(engines, alarms, overrides, SelfTests.Process);
    }

    /// <summary>The engine for new keys of a suite and direction; throws <see cref="NotSupportedException"/> with a reason when there is none.</summary>
    public ICryptoEngine For(CryptoSuite suite, CryptoDirection direction)
    {
        if (_chosen.TryGetValue((suite, direction), out ICryptoEngine? engine))
        {
            long failures = (engine as ICryptoCounters)?.CountsOf(suite, direction).Failures ?? 0;
            if (failures == 0)
            {
                return engine;
            }

            Refuse(engine, suite, direction, $"{engine.Name} failed {failures} jobs of {SuiteRules.Name(suite)} ({Name(direction)}) "
                + "and gets no more keys of it until the restart.");
            Choose(suite, direction);
        }

        return _chosen.TryGetValue((suite, direction), out engine) ? engine
            : throw new NotSupportedException($"No crypto engine does {SuiteRules.Name(suite)} ({Name(direction)}).");
    }

    /// <summary>One line per engine, for logs and <c>show</c>: what it does here and how its self-test went.</summary>
    public IReadOnlyList<string> Describe() => [.. _engines.Select(Describe)];

    /// <summary>What every engine does and has done, by suite and direction, the chosen engine first.</summary>
    public IReadOnlyList<CryptoUse> Uses() =>
    [
        .. from suite in SuiteRules.All
           from direction in Enum.GetValues<CryptoDirection>()
           from engine in Ordered(suite)
           where engine.Supports(suite, direction)
           let chosen = _chosen.TryGetValue((suite, direction), out ICryptoEngine? first) && first == engine
           orderby suite.Cipher, suite.Mac, suite.CipherKeyBytes, direction, chosen descending
           select new CryptoUse(
               suite, direction, engine.Name, chosen, _tests.ResultOf(engine, suite, direction),
               Traffic(engine, suite, direction)),
    ];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ICryptoEngine engine in _engines)
        {
            engine.Dispose();
        }
    }

    private static string Name(CryptoDirection direction) => direction == CryptoDirection.Encrypt ? "encrypt" : "decrypt";

    private static CryptoCounts CountsOf(ICryptoEngine engine, CryptoSuite suite, CryptoDirection direction) =>
        (engine as ICryptoCounters)?.CountsOf(suite, direction) ?? default;

    private CryptoCounts Traffic(ICryptoEngine engine, CryptoSuite suite, CryptoDirection direction)
    {
        CryptoCounts all = CountsOf(engine, suite, direction);
        CryptoCounts tests = _testJobs.GetValueOrDefault((engine, suite, direction));
        return all with { Jobs = all.Jobs - tests.Jobs, Bytes = all.Bytes - tests.Bytes };
    }

    private void Choose(CryptoSuite suite, CryptoDirection direction)
    {
        _chosen.TryRemove((suite, direction), out _);
        foreach (ICryptoEngine engine in Ordered(suite))
        {
            if (!engine.Supports(suite, direction) || _refused.Contains((engine, suite, direction)))
            {
                continue;
            }

            CryptoCounts before = CountsOf(engine, suite, direction);
            string? failure = _tests.Run(engine, suite, direction);
            CryptoCounts after = CountsOf(engine, suite, direction);
            _testJobs[(engine, suite, direction)] = after with { Jobs = after.Jobs - before.Jobs, Bytes = after.Bytes - before.Bytes };
            if (failure is not null)
            {
                Refuse(engine, suite, direction, $"{engine.Name} gave a wrong result for {SuiteRules.Name(suite)} ({Name(direction)}, "
                    + $"{failure}) and is not used for it; update the library.");
                continue;
            }

            _chosen[(suite, direction)] = engine;
            break;
        }

        string? wished = _overrides.For(suite.Cipher);
        if (wished is not null && !_engines.Any(engine => EngineOrder.KeyOf(engine) == wished))
        {
            Alarm($"--crypto asks for {wished}, which cannot run on this host; the usual order holds.");
        }
    }

    private IEnumerable<ICryptoEngine> Ordered(CryptoSuite suite)
    {
        IReadOnlyList<string> order = EngineOrder.For(suite, ThisProcessor.Class);
        string? wished = _overrides.For(suite.Cipher);
        return _engines.OrderBy(engine => EngineOrder.KeyOf(engine) is var key && key == wished ? -2
            : !EngineOrder.Engines.Contains(key) ? -1
            : Enumerable.Range(0, order.Count).FirstOrDefault(i => order[i] == key, order.Count));
    }

    private void Refuse(ICryptoEngine engine, CryptoSuite suite, CryptoDirection direction, string alarm)
    {
        _refused.Add((engine, suite, direction));
        Alarm(alarm);
    }

    private void Alarm(string text)
    {
        if (!_alarms.Contains(text))
        {
            _alarms = [.. _alarms, text];
        }
    }

    private string Describe(ICryptoEngine engine)
    {
        List<CryptoSuite> does = [];
        int tested = 0;
        int passed = 0;
        foreach (CryptoSuite suite in SuiteRules.All)
        {
            bool chosen = false;
            foreach (CryptoDirection direction in Enum.GetValues<CryptoDirection>())
            {
                chosen |= _chosen.TryGetValue((suite, direction), out ICryptoEngine? first) && first == engine;
                bool? result = _tests.ResultOf(engine, suite, direction);
                tested += result is null ? 0 : 1;
                passed += result is true ? 1 : 0;
            }

            if (chosen)
            {
                does.Add(suite);
            }
        }

        string use = does.Count == SuiteRules.All.Count ? "does every suite"
            : does.Count == 0 ? "stands by"
            : $"does {string.Join(", ", does.Select(SuiteRules.Family).Distinct())}";
        return tested == 0 ? $"{engine.Name}: {use}" : $"{engine.Name}: {use}; self-test {passed} of {tested} passed";
    }
}
