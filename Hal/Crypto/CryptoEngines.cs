using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto;

/// <summary>The engines of one worker: loads what the host has, tests it, and chooses one per suite and direction.</summary>
/// <remarks>Made once per worker and used on its thread. The first engine that supports a suite and passed its test does it.</remarks>
public sealed class CryptoEngines : IDisposable
{
    private readonly IReadOnlyList<ICryptoEngine> _engines;
    private readonly Dictionary<(CryptoSuite Suite, CryptoDirection Direction), ICryptoEngine> _chosen = [];
    private readonly List<string> _alarms;
    private readonly List<string> _lines = [];

    /// <summary>Tests the given engines, best first, and takes ownership of them.</summary>
    public CryptoEngines(IReadOnlyList<ICryptoEngine> engines, IReadOnlyList<string> alarms)
    {
        ArgumentNullException.ThrowIfNull(engines);
        _engines = engines;
        _alarms = [.. alarms];
        foreach (ICryptoEngine engine in engines)
        {
            Test(engine);
        }
    }

    /// <summary>What is not as it should be, one sentence each: a missing library, a suite that an engine got wrong.</summary>
    public IReadOnlyList<string> Alarms => _alarms;

    /// <summary>Opens ipsec-mb where it is installed, and libcrypto.</summary>
    public static CryptoEngines Open()
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

        try
        {
            engines.Add(new LibcryptoEngine());
        }
        catch (PlatformNotSupportedException error)
        {
            alarms.Add(error.Message);
        }

        return new CryptoEngines(engines, alarms);
    }

    /// <summary>The engine for a suite and direction; throws <see cref="NotSupportedException"/> with a reason when there is none.</summary>
    public ICryptoEngine For(CryptoSuite suite, CryptoDirection direction) =>
        _chosen.TryGetValue((suite, direction), out ICryptoEngine? engine) ? engine
        : throw new NotSupportedException($"No crypto engine does {SuiteRules.Name(suite)} ({Name(direction)}).");

    /// <summary>One line per engine, best first, for logs and <c>show</c>: what it does here and how its self-test went.</summary>
    public IReadOnlyList<string> Describe() => _lines;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ICryptoEngine engine in _engines)
        {
            engine.Dispose();
        }
    }

    private static string Name(CryptoDirection direction) => direction == CryptoDirection.Encrypt ? "encrypt" : "decrypt";

    private void Test(ICryptoEngine engine)
    {
        int tested = 0;
        int passed = 0;
        List<string> does = [];
        foreach (CryptoSuite suite in SuiteRules.All)
        {
            int chosen = 0;
            foreach (CryptoDirection direction in Enum.GetValues<CryptoDirection>())
            {
                if (!engine.Supports(suite, direction))
                {
                    continue;
                }

                tested++;
                if (EngineSelfTest.Run(engine, suite, direction) is { } failure)
                {
                    _alarms.Add(
                        $"{engine.Name} gave a wrong result for {SuiteRules.Name(suite)} ({Name(direction)}, {failure}) "
                        + "and is not used for it; update the library.");
                    continue;
                }

                passed++;
                chosen += _chosen.TryAdd((suite, direction), engine) ? 1 : 0;
            }

            if (chosen > 0)
            {
                does.Add(SuiteRules.Name(suite));
            }
        }

        string use = does.Count == SuiteRules.All.Count ? "does every suite"
            : does.Count == 0 ? "stands by"
            : $"does {string.Join(", ", does)}";
        _lines.Add($"{engine.Name}: {use}; self-test {passed} of {tested} passed");
    }
}
