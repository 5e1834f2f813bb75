using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto;

/// <summary>Engines that an operator wants first: <c>3des=libcrypto,aes=managed</c>.</summary>
public sealed class CryptoOverrides
{
    private static readonly (string Name, CipherAlgorithm[] Ciphers)[] s_names =
    [
        ("aes", [CipherAlgorithm.AesCbc, CipherAlgorithm.AesGcm]),
        ("aes-cbc", [CipherAlgorithm.AesCbc]),
        ("aes-gcm", [CipherAlgorithm.AesGcm]),
        ("3des", [CipherAlgorithm.TripleDesCbc]),
        ("des", [CipherAlgorithm.DesCbc]),
        ("null", [CipherAlgorithm.Null]),
    ];

    private readonly Dictionary<CipherAlgorithm, string> _engines = [];

    private CryptoOverrides(string text) => Text = text;

    /// <summary>No wishes.</summary>
    public static CryptoOverrides None { get; } = new(string.Empty);

    /// <summary>What was parsed.</summary>
    public string Text { get; }

    /// <summary>Reads the option's text; null and one sentence that names what exists when it is wrong.</summary>
    public static CryptoOverrides? TryParse(string? text, out string? problem)
    {
        problem = null;
        CryptoOverrides parsed = new(text ?? string.Empty);
        foreach (string part in (text ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] sides = part.Split('=', 2);
            CipherAlgorithm[]? ciphers = s_names.FirstOrDefault(n => n.Name == sides[0]).Ciphers;
            if (sides.Length < 2 || ciphers is null)
            {
                problem = $"--crypto takes SUITE=ENGINE, not '{part}'; suites are {string.Join(", ", s_names.Select(n => n.Name))}";
                return null;
            }

            CipherAlgorithm[] done = [.. ciphers.Where(cipher => EngineOrder.Does(sides[1], cipher))];
            if (done.Length == 0)
            {
                IEnumerable<string> able = EngineOrder.Engines.Where(engine => ciphers.Any(cipher => EngineOrder.Does(engine, cipher)));
                problem = $"no engine '{sides[1]}' does {sides[0]}; {string.Join(", ", able)} do";
                return null;
            }

            foreach (CipherAlgorithm cipher in done)
            {
                parsed._engines[cipher] = sides[1];
            }
        }

        return parsed;
    }

    /// <summary>The engine wished for a cipher, or null.</summary>
    public string? For(CipherAlgorithm cipher) => _engines.GetValueOrDefault(cipher);
}
