using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Crypto.BitSlice;

namespace RouterOS.Benchmarks.Crypto;

/// <summary>Every engine that there is, whichever the chassis would choose.</summary>
internal static class BenchEngines
{
    public static IEnumerable<ICryptoEngine> All()
    {
        if (IpsecMbEngine.TryCreate(out _) is { } fast)
        {
            yield return fast;
        }

        yield return BitSliceEngine.Create();
        if (ManagedEngine.TryCreate(out _) is { } managed)
        {
            yield return managed;
        }

        yield return new LibcryptoEngine();
    }
}
