using System.Runtime.CompilerServices;

namespace RouterOS.Crypto.Managed;

/// <summary>SHA-256 (FIPS 180-4 section 6.2.2).</summary>
internal readonly unsafe struct Sha256Lanes : ILaneHash
{
    private static readonly uint* s_constants = LaneConstants.Keep(
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ]);

    public static int StateWords => 8;

    public static int ScheduleWords => 64;

    public static bool IsBigEndian => true;

    public static ReadOnlySpan<uint> InitialState =>
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    // Safe: state has 8 and words 64 vectors.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress<TOps, TVector>(TVector* state, TVector* words)
        where TOps : ILaneOps<TVector>
        where TVector : unmanaged
    {
        for (int t = 16; t < 64; t++)
        {
            TVector early = words[t - 15];
            TVector late = words[t - 2];
            TVector small = TOps.Parity(TOps.RotateLeft(early, 25), TOps.RotateLeft(early, 14), TOps.ShiftRight(early, 3));
            TVector large = TOps.Parity(TOps.RotateLeft(late, 15), TOps.RotateLeft(late, 13), TOps.ShiftRight(late, 10));
            words[t] = TOps.Add(TOps.Add(small, words[t - 16]), TOps.Add(large, words[t - 7]));
        }

        TVector a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        uint* k = s_constants;
        for (int t = 0; t < 64; t += 8)
        {
            Round<TOps, TVector>(a, b, c, ref d, e, f, g, ref h, words[t], k[t]);
            Round<TOps, TVector>(h, a, b, ref c, d, e, f, ref g, words[t + 1], k[t + 1]);
            Round<TOps, TVector>(g, h, a, ref b, c, d, e, ref f, words[t + 2], k[t + 2]);
            Round<TOps, TVector>(f, g, h, ref a, b, c, d, ref e, words[t + 3], k[t + 3]);
            Round<TOps, TVector>(e, f, g, ref h, a, b, c, ref d, words[t + 4], k[t + 4]);
            Round<TOps, TVector>(d, e, f, ref g, h, a, b, ref c, words[t + 5], k[t + 5]);
            Round<TOps, TVector>(c, d, e, ref f, g, h, a, ref b, words[t + 6], k[t + 6]);
            Round<TOps, TVector>(b, c, d, ref e, f, g, h, ref a, words[t + 7], k[t + 7]);
        }

        state[0] = TOps.Add(state[0], a);
        state[1] = TOps.Add(state[1], b);
        state[2] = TOps.Add(state[2], c);
        state[3] = TOps.Add(state[3], d);
        state[4] = TOps.Add(state[4], e);
        state[5] = TOps.Add(state[5], f);
        state[6] = TOps.Add(state[6], g);
        state[7] = TOps.Add(state[7], h);
    }

    // Instead of moving eight words on each round, the caller renames them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round<TOps, TVector>(
        TVector a, TVector b, TVector c, ref TVector d, TVector e, TVector f, TVector g, ref TVector h, TVector word, uint constant)
        where TOps : ILaneOps<TVector>
        where TVector : unmanaged
    {
        TVector sum = TOps.Add(TOps.Add(h, TOps.Add(word, TOps.Broadcast(constant))), TOps.Choose(e, f, g));
        sum = TOps.Add(sum, TOps.Parity(TOps.RotateLeft(e, 26), TOps.RotateLeft(e, 21), TOps.RotateLeft(e, 7)));
        d = TOps.Add(d, sum);
        h = TOps.Add(
            TOps.Add(sum, TOps.Majority(a, b, c)), TOps.Parity(TOps.RotateLeft(a, 30), TOps.RotateLeft(a, 19), TOps.RotateLeft(a, 10)));
    }
}
