using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using V = System.Runtime.Intrinsics.Vector512<byte>;

namespace RouterOS.Crypto.BitSlice;

/// <summary>DES on 64 blocks at once with one S-box look-up for all of them in one instruction (AVX-512 VBMI).</summary>
/// <remarks>
/// VPERMB looks up 64 bytes in a table of 64, which is exactly an S-box. A half block is four bytes, each a vector with one lane per
/// block; byte <c>c</c> holds what two S-boxes put out, at the places of <see cref="s_place"/>. They are chosen such that the six bits
/// of any S-box's input have six different places (so that merging bytes collects them), that for S1, S2, S3 and S8 these are the low
/// six, which VPERMB reads (the others need one GF2P8AFFINEQB), and that four masks do for all merging. A round is 45 instructions.
/// The time depends on no data.
/// </remarks>
internal sealed unsafe class ByteSlicedDes : DesKernel
{
    private const int Vector = 64;
    private const int RoundBytes = DesTables.Boxes * Vector;

    // Places of the constants: S-boxes, input permutations of S4 to S7, half block in the standard's order to ours and back, and others.
    private const int TableAt = 0;
    private const int AffineAt = TableAt + (8 * Vector);
    private const int InAt = AffineAt + (8 * Vector);
    private const int OutAt = InAt + (16 * Vector);
    private const int SpreadAt = OutAt + (16 * Vector);
    private const int TransposeAt = SpreadAt + Vector;
    private const int ConstantBytes = TransposeAt + Vector;

    private const byte Mask0 = 0xc3;
    private const byte Mask1 = 0x25;
    private const byte Mask2 = 0xb1;
    private const byte Mask3 = 0x57;

    // The byte of a half block that takes the output of each S-box, and the place of each bit of R or L in its byte.
    private static readonly byte[] s_byte = [0, 1, 2, 3, 1, 3, 0, 2];
    private static readonly byte[] s_place =
        [5, 1, 4, 3, 0, 2, 1, 5, 4, 1, 2, 0, 3, 7, 6, 4, 5, 6, 7, 0, 3, 7, 6, 5, 2, 6, 7, 0, 4, 1, 3, 2];

    private readonly byte* _constants;

    public ByteSlicedDes()
    {
        _constants = (byte*)NativeMemory.AlignedAlloc(ConstantBytes, Vector);
        NativeMemory.Clear(_constants, ConstantBytes);
        FillTables();
        FillPermutations();
    }

    /// <summary>True where the processor has the instructions.</summary>
    public static bool IsSupported => Avx512Vbmi.IsSupported && Avx512BW.IsSupported && Gfni.V512.IsSupported;

    /// <inheritdoc/>
    public override string Name => "AVX-512 VBMI";

    /// <inheritdoc/>
    public override int Lanes => Vector;

    /// <inheritdoc/>
    public override int KeyBytes => DesTables.Rounds * DesTables.Boxes;

    /// <inheritdoc/>
    public override int PlaneBytes => 3 * DesTables.Rounds * RoundBytes;

    /// <inheritdoc/>
    public override int KeyChangeBlocks => 100;

    /// <inheritdoc/>
    public override void ExpandKey(ReadOnlySpan<byte> key, bool decrypt, byte* expanded)
    {
        for (int round = 0; round < DesTables.Rounds; round++)
        {
            byte* bytes = expanded + (DesTables.Boxes * (decrypt ? DesTables.Rounds - 1 - round : round));
            for (int box = 0; box < DesTables.Boxes; box++)
            {
                bytes[box] = 0;
                for (int input = 0; input < 6; input++)
                {
                    int bit = DesTables.KeyBit(round, box, input);
                    bytes[box] |= (byte)(((key[bit / 8] >> (7 - (bit % 8))) & 1) << InputPlace(box, input));
                }
            }
        }
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public override void LoadKeys(byte** keys, int passes, byte* planes)
    {
        int same = 1;
        while (same < Vector && keys[same] == keys[0])
        {
            same++;
        }

        int rounds = passes * DesTables.Rounds;
        if (same == Vector)
        {
            for (int i = 0; i < rounds * DesTables.Boxes; i++)
            {
                *(V*)(planes + (Vector * i)) = Vector512.Create(keys[0][i]);
            }

            return;
        }

        // One round's key is eight bytes: the lanes' words go side by side, then bytes of one S-box together.
        for (int lane = 0; lane < Vector; lane++)
        {
            ulong* key = (ulong*)keys[lane];
            ulong* column = (ulong*)planes + lane;
            for (int round = 0; round < rounds; round++)
            {
                column[Vector * round] = key[round];
            }
        }

        V order = *(V*)(_constants + TransposeAt);
        for (int round = 0; round < rounds; round++)
        {
            V* plane = (V*)(planes + (round * RoundBytes));
            V a = Bytes(plane[0], order), b = Bytes(plane[1], order), c = Bytes(plane[2], order), d = Bytes(plane[3], order);
            V e = Bytes(plane[4], order), f = Bytes(plane[5], order), g = Bytes(plane[6], order), h = Bytes(plane[7], order);
            Transpose(ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h);
            plane[0] = a;
            plane[1] = b;
            plane[2] = c;
            plane[3] = d;
            plane[4] = e;
            plane[5] = f;
            plane[6] = g;
            plane[7] = h;
        }
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public override void Crypt(ulong* blocks, byte* planes, int passes, bool decrypt)
    {
        byte* constants = _constants;
        V* data = (V*)blocks;
        V spread = *(V*)(constants + SpreadAt);
        V order = *(V*)(constants + TransposeAt);

        // The initial permutation is a transposition of the block's 8 x 8 bits, byte n of the result being R's or L's byte n / 2.
        V r0 = Bytes(Bits(spread, data[0]), order), l0 = Bytes(Bits(spread, data[1]), order);
        V r1 = Bytes(Bits(spread, data[2]), order), l1 = Bytes(Bits(spread, data[3]), order);
        V r2 = Bytes(Bits(spread, data[4]), order), l2 = Bytes(Bits(spread, data[5]), order);
        V r3 = Bytes(Bits(spread, data[6]), order), l3 = Bytes(Bits(spread, data[7]), order);
        Transpose(ref r0, ref l0, ref r1, ref l1, ref r2, ref l2, ref r3, ref l3);
        Rearrange(ref r0, ref r1, ref r2, ref r3, constants + InAt);
        Rearrange(ref l0, ref l1, ref l2, ref l3, constants + InAt);

        V mask0 = Vector512.Create(Mask0), mask1 = Vector512.Create(Mask1);
        V mask2 = Vector512.Create(Mask2), mask3 = Vector512.Create(Mask3);
        byte* key = planes;
        for (int pass = 0; pass < passes; pass++)
        {
            for (int i = 0; i < DesTables.Rounds; i += 2)
            {
                Round(ref l0, ref l1, ref l2, ref l3, r0, r1, r2, r3, (V*)key, (V*)constants, mask0, mask1, mask2, mask3);
                key += RoundBytes;
                Round(ref r0, ref r1, ref r2, ref r3, l0, l1, l2, l3, (V*)key, (V*)constants, mask0, mask1, mask2, mask3);
                key += RoundBytes;
            }

            // The final and the next initial permutation cancel out; the exchange of the halves stays.
            (l0, r0) = (r0, l0);
            (l1, r1) = (r1, l1);
            (l2, r2) = (r2, l2);
            (l3, r3) = (r3, l3);
        }

        Rearrange(ref r0, ref r1, ref r2, ref r3, constants + OutAt);
        Rearrange(ref l0, ref l1, ref l2, ref l3, constants + OutAt);
        Transpose(ref r0, ref l0, ref r1, ref l1, ref r2, ref l2, ref r3, ref l3);
        data[0] = Bits(spread, Bytes(r0, order));
        data[1] = Bits(spread, Bytes(l0, order));
        data[2] = Bits(spread, Bytes(r1, order));
        data[3] = Bits(spread, Bytes(l1, order));
        data[4] = Bits(spread, Bytes(r2, order));
        data[5] = Bits(spread, Bytes(l2, order));
        data[6] = Bits(spread, Bytes(r3, order));
        data[7] = Bits(spread, Bytes(l3, order));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        NativeMemory.AlignedFree(_constants);
        base.Dispose();
    }

    // Which byte and mask gives which bits follows from s_byte and s_place; the known answers hold the two together.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        ref V l0, ref V l1, ref V l2, ref V l3, V r0, V r1, V r2, V r3, V* key, V* constants, V m0, V m1, V m2, V m3)
    {
        V s1 = Look(constants, 0, Merge(m3, Merge(m1, Merge(m0, r2, r0), r1), r3) ^ key[0]);
        V s2 = Look(constants, 1, Merge(m3, Merge(m1, r2, r0), Merge(m1, r1, r3)) ^ key[1]);
        V s3 = Look(constants, 2, Merge(m3, Merge(m2, r0, r3), r1) ^ key[2]);
        V s4 = Look(constants, 3, Bits(Merge(m1, r0, Merge(m3, r2, r1)), constants[11]) ^ key[3]);
        V s5 = Look(constants, 4, Bits(Merge(m0, Merge(m2, r3, r1), Merge(m1, r0, r2)), constants[12]) ^ key[4]);
        V s6 = Look(constants, 5, Bits(Merge(m0, Merge(m1, r3, r0), Merge(m3, r1, r2)), constants[13]) ^ key[5]);
        V s7 = Look(constants, 6, Bits(Merge(m3, Merge(m1, r1, r3), r2), constants[14]) ^ key[6]);
        V s8 = Look(constants, 7, Merge(m2, Merge(m0, r1, r3), Merge(m0, r2, r0)) ^ key[7]);
        l0 = Avx512F.TernaryLogic(l0, s1, s7, 0x1e);
        l1 = Avx512F.TernaryLogic(l1, s2, s5, 0x1e);
        l2 = Avx512F.TernaryLogic(l2, s3, s8, 0x1e);
        l3 = Avx512F.TernaryLogic(l3, s4, s6, 0x1e);
    }

    /// <summary>Bits of <paramref name="a"/> where the mask has ones, of <paramref name="b"/> elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Merge(V mask, V a, V b) => Avx512F.TernaryLogic(a, b, mask, 0xe4);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Look(V* tables, int box, V index) => Avx512Vbmi.PermuteVar64x8(tables[box], index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Bits(V bytes, V matrix) => Gfni.V512.GaloisFieldAffineTransform(bytes, matrix, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Bytes(V words, V order) => Avx512Vbmi.PermuteVar64x8(words, order);

    /// <summary>Moves the bits of a half block between the standard's order and ours: 16 small matrices, four for each result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rearrange(ref V a, ref V b, ref V c, ref V d, byte* matrices)
    {
        V* m = (V*)matrices;
        V w = Avx512F.TernaryLogic(Bits(a, m[0]), Bits(b, m[1]), Bits(c, m[2]), 0x96) ^ Bits(d, m[3]);
        V x = Avx512F.TernaryLogic(Bits(a, m[4]), Bits(b, m[5]), Bits(c, m[6]), 0x96) ^ Bits(d, m[7]);
        V y = Avx512F.TernaryLogic(Bits(a, m[8]), Bits(b, m[9]), Bits(c, m[10]), 0x96) ^ Bits(d, m[11]);
        V z = Avx512F.TernaryLogic(Bits(a, m[12]), Bits(b, m[13]), Bits(c, m[14]), 0x96) ^ Bits(d, m[15]);
        a = w;
        b = x;
        c = y;
        d = z;
    }

    /// <summary>Transposes 8 x 8 words of 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref V a, ref V b, ref V c, ref V d, ref V e, ref V f, ref V g, ref V h)
    {
        Vector512<ulong> a0 = Low(a, b), a1 = High(a, b), c0 = Low(c, d), c1 = High(c, d);
        Vector512<ulong> e0 = Low(e, f), e1 = High(e, f), g0 = Low(g, h), g1 = High(g, h);
        Quarters(a0, c0, e0, g0, out a, out c, out e, out g);
        Quarters(a1, c1, e1, g1, out b, out d, out f, out h);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Low(V a, V b) => Avx512F.UnpackLow(a.AsUInt64(), b.AsUInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> High(V a, V b) => Avx512F.UnpackHigh(a.AsUInt64(), b.AsUInt64());

    // Transposes 4 x 4 quarters of 128 bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarters(
        Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c, Vector512<ulong> d, out V w, out V x, out V y, out V z)
    {
        Vector512<ulong> even0 = Avx512F.Shuffle4x128(a, b, 0x88), odd0 = Avx512F.Shuffle4x128(a, b, 0xdd);
        Vector512<ulong> even1 = Avx512F.Shuffle4x128(c, d, 0x88), odd1 = Avx512F.Shuffle4x128(c, d, 0xdd);
        w = Avx512F.Shuffle4x128(even0, even1, 0x88).AsByte();
        y = Avx512F.Shuffle4x128(even0, even1, 0xdd).AsByte();
        x = Avx512F.Shuffle4x128(odd0, odd1, 0x88).AsByte();
        z = Avx512F.Shuffle4x128(odd0, odd1, 0xdd).AsByte();
    }

    // Where an S-box's table expects input bit 0 to 5: where merging leaves it, or in the standard's order after a permutation.
    private static int InputPlace(int box, int input) => IsPermuted(box) ? 5 - input : s_place[DesTables.Expand(box, input)];

    private static bool IsPermuted(int box) => box is >= 3 and <= 6;

    private void FillTables()
    {
        for (int box = 0; box < DesTables.Boxes; box++)
        {
            for (int bits = 0; bits < 64; bits++)
            {
                int index = 0;
                for (int input = 0; input < 6; input++)
                {
                    index |= ((bits >> (5 - input)) & 1) << InputPlace(box, input);
                }

                int output = DesTables.Substitute(box, bits);
                int value = 0;
                for (int bit = 0; bit < 32; bit++)
                {
                    int from = DesTables.Permutation[bit] - 1;
                    value |= from / 4 == box ? ((output >> (3 - (from % 4))) & 1) << s_place[bit] : 0;
                }

                _constants[TableAt + (Vector * box) + index] = (byte)value;
            }
        }
    }

    private void FillPermutations()
    {
        for (int box = 0; box < DesTables.Boxes; box++)
        {
            for (int input = 0; input < 6 && IsPermuted(box); input++)
            {
                Connect(AffineAt + (Vector * box), s_place[DesTables.Expand(box, input)], 5 - input);
            }
        }

        for (int bit = 0; bit < 32; bit++)
        {
            int ours = s_byte[(DesTables.Permutation[bit] - 1) / 4];
            Connect(InAt + (Vector * ((4 * ours) + (bit / 8))), bit % 8, s_place[bit]);
            Connect(OutAt + (Vector * ((4 * (bit / 8)) + ours)), s_place[bit], bit % 8);
        }

        for (int i = 0; i < Vector; i++)
        {
            _constants[SpreadAt + i] = (byte)(0x80 >> (i % 8));
            _constants[TransposeAt + i] = (byte)((8 * (i % 8)) + (i / 8));
        }
    }

    // GF2P8AFFINEQB makes bit i of a byte from the byte's bits that byte 7 - i of the matrix names.
    private void Connect(int matrix, int from, int to)
    {
        for (int word = 0; word < Vector; word += 8)
        {
            _constants[matrix + word + (7 - to)] |= (byte)(1 << from);
        }
    }
}
