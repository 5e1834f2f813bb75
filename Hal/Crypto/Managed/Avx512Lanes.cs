using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RouterOS.Crypto.Managed;

/// <summary>16 lanes of AVX-512: rotation and any function of three words are one instruction each.</summary>
internal readonly unsafe struct Avx512Lanes : ILaneOps<Vector512<uint>>
{
    public static int Lanes => 16;

    private static Vector512<byte> SwapOrder => Vector512.Create(
        0x0405060700010203ul, 0x0c0d0e0f08090a0b, 0x0405060700010203, 0x0c0d0e0f08090a0b,
        0x0405060700010203, 0x0c0d0e0f08090a0b, 0x0405060700010203, 0x0c0d0e0f08090a0b).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Broadcast(uint value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Add(Vector512<uint> left, Vector512<uint> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Xor(Vector512<uint> left, Vector512<uint> right) => left ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> RotateLeft(Vector512<uint> value, [ConstantExpected] byte bits) => Avx512F.RotateLeft(value, bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ShiftRight(Vector512<uint> value, [ConstantExpected] byte bits) =>
        Avx512F.ShiftRightLogical(value, bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Parity(Vector512<uint> left, Vector512<uint> middle, Vector512<uint> right) =>
        Avx512F.TernaryLogic(left, middle, right, 0x96);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Choose(Vector512<uint> mask, Vector512<uint> set, Vector512<uint> clear) =>
        Avx512F.TernaryLogic(mask, set, clear, 0xca);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Majority(Vector512<uint> left, Vector512<uint> middle, Vector512<uint> right) =>
        Avx512F.TernaryLogic(left, middle, right, 0xe8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Md5Fourth(Vector512<uint> left, Vector512<uint> middle, Vector512<uint> right) =>
        Avx512F.TernaryLogic(left, middle, right, 0x39);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ByteSwap(Vector512<uint> value) => Avx512BW.Shuffle(value.AsByte(), SwapOrder).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Advance(Vector512<uint> limit, uint step, Vector512<uint> next, Vector512<uint> old) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(limit, Vector512.Create(step)), next, old);

    // Safe: the caller gives 64 readable bytes of 16 messages and room for 16 vectors.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(byte** messages, nint offset, Vector512<uint>* words)
    {
        // Four rows at a time become four columns inside each 128-bit quarter, then the quarters change places.
        for (int i = 0; i < 16; i += 4)
        {
            Vector512<uint> first = *(Vector512<uint>*)(messages[i] + offset);
            Vector512<uint> second = *(Vector512<uint>*)(messages[i + 1] + offset);
            Vector512<uint> third = *(Vector512<uint>*)(messages[i + 2] + offset);
            Vector512<uint> fourth = *(Vector512<uint>*)(messages[i + 3] + offset);
            Vector512<ulong> low = Avx512F.UnpackLow(first, second).AsUInt64();
            Vector512<ulong> high = Avx512F.UnpackHigh(first, second).AsUInt64();
            Vector512<ulong> low2 = Avx512F.UnpackLow(third, fourth).AsUInt64();
            Vector512<ulong> high2 = Avx512F.UnpackHigh(third, fourth).AsUInt64();
            words[i] = Avx512F.UnpackLow(low, low2).AsUInt32();
            words[i + 1] = Avx512F.UnpackHigh(low, low2).AsUInt32();
            words[i + 2] = Avx512F.UnpackLow(high, high2).AsUInt32();
            words[i + 3] = Avx512F.UnpackHigh(high, high2).AsUInt32();
        }

        Quarters(words, 0, out Vector512<uint> w0, out Vector512<uint> w4, out Vector512<uint> w8, out Vector512<uint> w12);
        Quarters(words, 1, out Vector512<uint> w1, out Vector512<uint> w5, out Vector512<uint> w9, out Vector512<uint> w13);
        Quarters(words, 2, out Vector512<uint> w2, out Vector512<uint> w6, out Vector512<uint> w10, out Vector512<uint> w14);
        Quarters(words, 3, out Vector512<uint> w3, out Vector512<uint> w7, out Vector512<uint> w11, out Vector512<uint> w15);
        words[0] = w0;
        words[1] = w1;
        words[2] = w2;
        words[3] = w3;
        words[4] = w4;
        words[5] = w5;
        words[6] = w6;
        words[7] = w7;
        words[8] = w8;
        words[9] = w9;
        words[10] = w10;
        words[11] = w11;
        words[12] = w12;
        words[13] = w13;
        words[14] = w14;
        words[15] = w15;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarters(
        Vector512<uint>* rows, int column,
        out Vector512<uint> first, out Vector512<uint> second, out Vector512<uint> third, out Vector512<uint> fourth)
    {
        Vector512<uint> even = Avx512F.Shuffle4x128(rows[column], rows[4 + column], 0x88);
        Vector512<uint> odd = Avx512F.Shuffle4x128(rows[column], rows[4 + column], 0xdd);
        Vector512<uint> even2 = Avx512F.Shuffle4x128(rows[8 + column], rows[12 + column], 0x88);
        Vector512<uint> odd2 = Avx512F.Shuffle4x128(rows[8 + column], rows[12 + column], 0xdd);
        first = Avx512F.Shuffle4x128(even, even2, 0x88);
        third = Avx512F.Shuffle4x128(even, even2, 0xdd);
        second = Avx512F.Shuffle4x128(odd, odd2, 0x88);
        fourth = Avx512F.Shuffle4x128(odd, odd2, 0xdd);
    }
}
