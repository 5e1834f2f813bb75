using System.Runtime.CompilerServices;

namespace RouterOS.Crypto.Managed;

/// <summary>SHA-1 (FIPS 180-4 section 6.1.2).</summary>
internal readonly unsafe struct Sha1Lanes : ILaneHash
{
    public static int StateWords => 5;

    public static int ScheduleWords => 80;

    public static bool IsBigEndian => true;

    public static ReadOnlySpan<uint> InitialState => [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];

    // Safe: state has 5 and words 80 vectors.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress<TOps, TVector>(TVector* state, TVector* words)
        where TOps : ILaneOps<TVector>
        where TVector : unmanaged
    {
        for (int t = 16; t < 80; t++)
        {
            words[t] = TOps.RotateLeft(TOps.Xor(TOps.Parity(words[t - 3], words[t - 8], words[t - 14]), words[t - 16]), 1);
        }

        TVector a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
        TVector k = TOps.Broadcast(0x5a827999);
        for (int t = 0; t < 20; t += 5)
        {
            Round<TOps, TVector>(a, ref b, TOps.Choose(b, c, d), ref e, TOps.Add(words[t], k));
            Round<TOps, TVector>(e, ref a, TOps.Choose(a, b, c), ref d, TOps.Add(words[t + 1], k));
            Round<TOps, TVector>(d, ref e, TOps.Choose(e, a, b), ref c, TOps.Add(words[t + 2], k));
            Round<TOps, TVector>(c, ref d, TOps.Choose(d, e, a), ref b, TOps.Add(words[t + 3], k));
            Round<TOps, TVector>(b, ref c, TOps.Choose(c, d, e), ref a, TOps.Add(words[t + 4], k));
        }

        k = TOps.Broadcast(0x6ed9eba1);
        for (int t = 20; t < 40; t += 5)
        {
            Round<TOps, TVector>(a, ref b, TOps.Parity(b, c, d), ref e, TOps.Add(words[t], k));
            Round<TOps, TVector>(e, ref a, TOps.Parity(a, b, c), ref d, TOps.Add(words[t + 1], k));
            Round<TOps, TVector>(d, ref e, TOps.Parity(e, a, b), ref c, TOps.Add(words[t + 2], k));
            Round<TOps, TVector>(c, ref d, TOps.Parity(d, e, a), ref b, TOps.Add(words[t + 3], k));
            Round<TOps, TVector>(b, ref c, TOps.Parity(c, d, e), ref a, TOps.Add(words[t + 4], k));
        }

        k = TOps.Broadcast(0x8f1bbcdc);
        for (int t = 40; t < 60; t += 5)
        {
            Round<TOps, TVector>(a, ref b, TOps.Majority(b, c, d), ref e, TOps.Add(words[t], k));
            Round<TOps, TVector>(e, ref a, TOps.Majority(a, b, c), ref d, TOps.Add(words[t + 1], k));
            Round<TOps, TVector>(d, ref e, TOps.Majority(e, a, b), ref c, TOps.Add(words[t + 2], k));
            Round<TOps, TVector>(c, ref d, TOps.Majority(d, e, a), ref b, TOps.Add(words[t + 3], k));
            Round<TOps, TVector>(b, ref c, TOps.Majority(c, d, e), ref a, TOps.Add(words[t + 4], k));
        }

        k = TOps.Broadcast(0xca62c1d6);
        for (int t = 60; t < 80; t += 5)
        {
            Round<TOps, TVector>(a, ref b, TOps.Parity(b, c, d), ref e, TOps.Add(words[t], k));
            Round<TOps, TVector>(e, ref a, TOps.Parity(a, b, c), ref d, TOps.Add(words[t + 1], k));
            Round<TOps, TVector>(d, ref e, TOps.Parity(e, a, b), ref c, TOps.Add(words[t + 2], k));
            Round<TOps, TVector>(c, ref d, TOps.Parity(d, e, a), ref b, TOps.Add(words[t + 3], k));
            Round<TOps, TVector>(b, ref c, TOps.Parity(c, d, e), ref a, TOps.Add(words[t + 4], k));
        }

        state[0] = TOps.Add(state[0], a);
        state[1] = TOps.Add(state[1], b);
        state[2] = TOps.Add(state[2], c);
        state[3] = TOps.Add(state[3], d);
        state[4] = TOps.Add(state[4], e);
    }

    // Instead of moving five words on each round, the callers rename them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round<TOps, TVector>(TVector a, ref TVector b, TVector function, ref TVector e, TVector keyed)
        where TOps : ILaneOps<TVector>
        where TVector : unmanaged
    {
        e = TOps.Add(TOps.Add(e, keyed), TOps.Add(TOps.RotateLeft(a, 5), function));
        b = TOps.RotateLeft(b, 30);
    }
}
