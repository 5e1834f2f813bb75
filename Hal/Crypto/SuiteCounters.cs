using System.Runtime.CompilerServices;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto;

/// <summary>One engine's counts, each where keys can point to it: counting a job costs two additions.</summary>
internal sealed unsafe class SuiteCounters
{
    private static readonly int s_places = SuiteRules.All.Count * 2;

    // Pinned for good: keys point into it, and a reader on another thread may come after the engine has gone.
    private readonly CryptoCounts[] _counts = GC.AllocateArray<CryptoCounts>(s_places, pinned: true);

    /// <summary>Where the jobs of a suite and direction are counted; stays as long as this does.</summary>
    public CryptoCounts* Of(CryptoSuite suite, CryptoDirection direction) =>
        (CryptoCounts*)Unsafe.AsPointer(ref _counts[(2 * IndexOf(suite)) + (int)direction]);

    private static int IndexOf(CryptoSuite suite)
    {
        for (int i = 0; i < SuiteRules.All.Count; i++)
        {
            if (SuiteRules.All[i] == suite)
            {
                return i;
            }
        }

        throw new ArgumentException($"{SuiteRules.Name(suite)} is no suite.", nameof(suite));
    }
}
