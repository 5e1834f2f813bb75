using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using V = System.Runtime.Intrinsics.Vector512<ulong>;

namespace RouterOS.Crypto.BitSlice;

/// <summary>Transposes 8 x 8 words of 64 bits in registers (AVX-512).</summary>
internal static class Transposition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Words(ref V a, ref V b, ref V c, ref V d, ref V e, ref V f, ref V g, ref V h)
    {
        V a0 = Avx512F.UnpackLow(a, b), a1 = Avx512F.UnpackHigh(a, b), c0 = Avx512F.UnpackLow(c, d), c1 = Avx512F.UnpackHigh(c, d);
        V e0 = Avx512F.UnpackLow(e, f), e1 = Avx512F.UnpackHigh(e, f), g0 = Avx512F.UnpackLow(g, h), g1 = Avx512F.UnpackHigh(g, h);
        Quarters(a0, c0, e0, g0, out a, out c, out e, out g);
        Quarters(a1, c1, e1, g1, out b, out d, out f, out h);
    }

    // 4 x 4 quarters of 128 bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarters(V a, V b, V c, V d, out V w, out V x, out V y, out V z)
    {
        V even0 = Avx512F.Shuffle4x128(a, b, 0x88), odd0 = Avx512F.Shuffle4x128(a, b, 0xdd);
        V even1 = Avx512F.Shuffle4x128(c, d, 0x88), odd1 = Avx512F.Shuffle4x128(c, d, 0xdd);
        w = Avx512F.Shuffle4x128(even0, even1, 0x88);
        y = Avx512F.Shuffle4x128(even0, even1, 0xdd);
        x = Avx512F.Shuffle4x128(odd0, odd1, 0x88);
        z = Avx512F.Shuffle4x128(odd0, odd1, 0xdd);
    }
}
