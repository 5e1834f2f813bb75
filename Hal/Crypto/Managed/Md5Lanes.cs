using System.Runtime.CompilerServices;

namespace RouterOS.Crypto.Managed;

/// <summary>MD5 (RFC 1321 section 3.4).</summary>
internal readonly unsafe struct Md5Lanes : ILaneHash
{
    // floor(2^32 * abs(sin(i + 1))).
    private static readonly uint* s_constants = LaneConstants.Keep(
    [
        0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
        0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
        0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
        0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
        0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
        0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
        0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
        0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
    ]);

    public static int StateWords => 4;

    public static int ScheduleWords => 16;

    public static bool IsBigEndian => false;

    public static ReadOnlySpan<uint> InitialState => [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];

    // Safe: state has 4 and words 16 vectors.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress<TOps, TVector>(TVector* state, TVector* words)
        where TOps : ILaneOps<TVector>
        where TVector : unmanaged
    {
        TVector a = state[0], b = state[1], c = state[2], d = state[3];
        uint* k = s_constants;
        for (int i = 0; i < 16; i += 4)
        {
            a = TOps.Add(b, TOps.RotateLeft(Sum<TOps, TVector>(a, TOps.Choose(b, c, d), words[i], k[i]), 7));
            d = TOps.Add(a, TOps.RotateLeft(Sum<TOps, TVector>(d, TOps.Choose(a, b, c), words[i + 1], k[i + 1]), 12));
            c = TOps.Add(d, TOps.RotateLeft(Sum<TOps, TVector>(c, TOps.Choose(d, a, b), words[i + 2], k[i + 2]), 17));
            b = TOps.Add(c, TOps.RotateLeft(Sum<TOps, TVector>(b, TOps.Choose(c, d, a), words[i + 3], k[i + 3]), 22));
        }

        for (int i = 16; i < 32; i += 4)
        {
            int first = (5 * i) + 1;
            a = TOps.Add(b, TOps.RotateLeft(Sum<TOps, TVector>(a, TOps.Choose(d, b, c), words[first & 15], k[i]), 5));
            d = TOps.Add(a, TOps.RotateLeft(Sum<TOps, TVector>(d, TOps.Choose(c, a, b), words[(first + 5) & 15], k[i + 1]), 9));
            c = TOps.Add(d, TOps.RotateLeft(Sum<TOps, TVector>(c, TOps.Choose(b, d, a), words[(first + 10) & 15], k[i + 2]), 14));
            b = TOps.Add(c, TOps.RotateLeft(Sum<TOps, TVector>(b, TOps.Choose(a, c, d), words[(first + 15) & 15], k[i + 3]), 20));
        }

        for (int i = 32; i < 48; i += 4)
        {
            int first = (3 * i) + 5;
            a = TOps.Add(b, TOps.RotateLeft(Sum<TOps, TVector>(a, TOps.Parity(b, c, d), words[first & 15], k[i]), 4));
            d = TOps.Add(a, TOps.RotateLeft(Sum<TOps, TVector>(d, TOps.Parity(a, b, c), words[(first + 3) & 15], k[i + 1]), 11));
            c = TOps.Add(d, TOps.RotateLeft(Sum<TOps, TVector>(c, TOps.Parity(d, a, b), words[(first + 6) & 15], k[i + 2]), 16));
            b = TOps.Add(c, TOps.RotateLeft(Sum<TOps, TVector>(b, TOps.Parity(c, d, a), words[(first + 9) & 15], k[i + 3]), 23));
        }

        for (int i = 48; i < 64; i += 4)
        {
            int first = 7 * i;
            a = TOps.Add(b, TOps.RotateLeft(Sum<TOps, TVector>(a, TOps.Md5Fourth(b, c, d), words[first & 15], k[i]), 6));
            d = TOps.Add(a, TOps.RotateLeft(Sum<TOps, TVector>(d, TOps.Md5Fourth(a, b, c), words[(first + 7) & 15], k[i + 1]), 10));
            c = TOps.Add(d, TOps.RotateLeft(Sum<TOps, TVector>(c, TOps.Md5Fourth(d, a, b), words[(first + 14) & 15], k[i + 2]), 15));
            b = TOps.Add(c, TOps.RotateLeft(Sum<TOps, TVector>(b, TOps.Md5Fourth(c, d, a), words[(first + 21) & 15], k[i + 3]), 21));
        }

        state[0] = TOps.Add(state[0], a);
        state[1] = TOps.Add(state[1], b);
        state[2] = TOps.Add(state[2], c);
        state[3] = TOps.Add(state[3], d);
    }

    // The two additions that wait for no other step come first.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Sum<TOps, TVector>(TVector accumulator, TVector function, TVector word, uint constant)
        where TOps : ILaneOps<TVector>
        where TVector : unmanaged =>
        TOps.Add(TOps.Add(accumulator, TOps.Add(word, TOps.Broadcast(constant))), function);
}
