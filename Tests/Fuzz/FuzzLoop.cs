using System.Globalization;
using System.Text;

namespace RouterOS.Fuzz;

/// <summary>Takes hostile bytes; throws when the product has misbehaved.</summary>
internal delegate void ByteCheck(ReadOnlySpan<byte> bytes);

/// <summary>
/// Runs a target so many times, always the same way; <c>ROUTEROS_FUZZ_ITERATIONS</c> multiplies the rounds, each with a seed of its own,
/// from number <c>ROUTEROS_FUZZ_FIRST</c> on; <c>ROUTEROS_FUZZ_COUNTS</c> names a file that gets a line for each target: its name and how many inputs it took.
/// </summary>
internal static class FuzzLoop
{
    private const int ShownCharacters = 8_000;

    private static readonly Lock s_counts = new();

    private static int Rounds => Math.Max(1, Number("ROUTEROS_FUZZ_ITERATIONS"));

    private static int First => Number("ROUTEROS_FUZZ_FIRST");

    /// <summary>Runs an action; what it returns is the input that is shown if it throws, or if a later check does.</summary>
    public static void Run(string target, int iterations, Action<FuzzRandom, FuzzCase> action)
    {
        for (int round = First; round < First + Rounds; round++)
        {
            FuzzRandom random = new(Seed(target) + (ulong)round);
            for (int i = 0; i < iterations; i++)
            {
                FuzzCase input = new();
                try
                {
                    action(random, input);
                }
                catch (Exception e)
                {
                    throw new FuzzException($"{target}, round {round}, iteration {i}: {e.Message}\ninput: {Shown(input)}", e);
                }
            }
        }

        if (Environment.GetEnvironmentVariable("ROUTEROS_FUZZ_COUNTS") is { Length: > 0 } counts)
        {
            lock (s_counts)
            {
                File.AppendAllText(counts, string.Create(CultureInfo.InvariantCulture, $"{target} {(long)iterations * Rounds}\n"));
            }
        }
    }

    /// <summary>Gives mutated bytes of the target's corpus to a parser, which must neither throw nor allocate.</summary>
    public static void Parse(string target, int iterations, ByteCheck check)
    {
        ByteMutator mutator = new(Corpus.Bytes(target));
        int warm = 0;
        Run(target, iterations, (random, input) =>
        {
            byte[] bytes = input.Bytes = mutator.Next(random);
            long allocated = long.MaxValue;
            // The first calls load code; and a collection in another thread may charge this one for the rest of its block.
            for (int attempt = 0; attempt < 3 && allocated != 0; attempt++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                check(bytes);
                allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            }

            Assert.True(allocated == 0 || ++warm < 10, "the parser allocates");
        });
    }

    private static int Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

    private static ulong Seed(string target)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in target)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        return hash;
    }

    private static string Shown(FuzzCase input)
    {
        if (input.Text is null)
        {
            return Convert.ToHexStringLower(input.Bytes);
        }

        StringBuilder text = new("\"");
        foreach (char c in input.Text.Length > ShownCharacters ? input.Text[..ShownCharacters] + "…" : input.Text)
        {
            text.Append(c switch
            {
                '\n' => "\\n",
                '"' or '\\' => "\\" + c,
                _ when char.IsControl(c) || char.IsSurrogate(c) => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }

        return text.Append('"').ToString();
    }
}
