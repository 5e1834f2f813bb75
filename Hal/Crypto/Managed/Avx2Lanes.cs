using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RouterOS.Crypto.Managed;

/// <summary>8 lanes of AVX2.</summary>
internal readonly unsafe struct Avx2Lanes : ILaneOps<Vector256<uint>>
{
    public static int Lanes => 8;

    private static Vector256<byte> SwapOrder => Vector256.Create(
        0x0405060700010203ul, 0x0c0d0e0f08090a0b, 0x0405060700010203, 0x0c0d0e0f08090a0b).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Broadcast(uint value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Add(Vector256<uint> left, Vector256<uint> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Xor(Vector256<uint> left, Vector256<uint> right) => left ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> RotateLeft(Vector256<uint> value, [ConstantExpected] byte bits) =>
        (value << bits) | (value >>> (32 - bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> ShiftRight(Vector256<uint> value, [ConstantExpected] byte bits) => value >>> bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Parity(Vector256<uint> left, Vector256<uint> middle, Vector256<uint> right) => left ^ middle ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Choose(Vector256<uint> mask, Vector256<uint> set, Vector256<uint> clear) =>
        clear ^ (mask & (set ^ clear));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Majority(Vector256<uint> left, Vector256<uint> middle, Vector256<uint> right) =>
        (left & middle) | (right & (left | middle));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Md5Fourth(Vector256<uint> left, Vector256<uint> middle, Vector256<uint> right) =>
        middle ^ (left | ~right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> ByteSwap(Vector256<uint> value) => Avx2.Shuffle(value.AsByte(), SwapOrder).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Advance(Vector256<uint> limit, uint step, Vector256<uint> next, Vector256<uint> old) =>
        // Signed: a message never has 2^31 blocks.
        Vector256.ConditionalSelect(Avx2.CompareGreaterThan(limit.AsInt32(), Vector256.Create((int)step)).AsUInt32(), next, old);

    // Safe: the caller gives 64 readable bytes of 8 messages and room for 16 vectors.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(byte** messages, nint offset, Vector256<uint>* words)
    {
        Half(messages, offset, words);
        Half(messages, offset + 32, words + 8);
    }

    // Eight rows of eight words: columns inside each 128-bit half, then the halves change places.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Half(byte** messages, nint offset, Vector256<uint>* words)
    {
        for (int i = 0; i < 8; i += 4)
        {
            Vector256<uint> first = *(Vector256<uint>*)(messages[i] + offset);
            Vector256<uint> second = *(Vector256<uint>*)(messages[i + 1] + offset);
            Vector256<uint> third = *(Vector256<uint>*)(messages[i + 2] + offset);
            Vector256<uint> fourth = *(Vector256<uint>*)(messages[i + 3] + offset);
            Vector256<ulong> low = Avx2.UnpackLow(first, second).AsUInt64();
            Vector256<ulong> high = Avx2.UnpackHigh(first, second).AsUInt64();
            Vector256<ulong> low2 = Avx2.UnpackLow(third, fourth).AsUInt64();
            Vector256<ulong> high2 = Avx2.UnpackHigh(third, fourth).AsUInt64();
            words[i] = Avx2.UnpackLow(low, low2).AsUInt32();
            words[i + 1] = Avx2.UnpackHigh(low, low2).AsUInt32();
            words[i + 2] = Avx2.UnpackLow(high, high2).AsUInt32();
            words[i + 3] = Avx2.UnpackHigh(high, high2).AsUInt32();
        }

        for (int column = 0; column < 4; column++)
        {
            Vector256<uint> upper = words[column];
            Vector256<uint> lower = words[4 + column];
            words[column] = Avx2.Permute2x128(upper, lower, 0x20);
            words[4 + column] = Avx2.Permute2x128(upper, lower, 0x31);
        }
    }
}
