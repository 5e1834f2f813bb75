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
/// six, which VPERMB reads (the others need one GF2P8AFFINEQB), and that merges serve several S-boxes. A round is 38 instructions.
/// The time depends on no data.
/// </remarks>
internal sealed unsafe class ByteSlicedDes : DesKernel
{
    private const int Vector = 64;
    private const int RoundBytes = DesTables.Boxes * Vector;
    private const int PassBytes = DesTables.Rounds * RoundBytes;

    // Places of the constants: S-boxes, input permutations of S4 to S7, half block in the standard's order to ours and back,
    // transpositions, and the bits of each round key.
    private const int TableAt = 0;
    private const int AffineAt = TableAt + (8 * Vector);
    private const int InAt = AffineAt + (8 * Vector);
    private const int OutAt = InAt + (16 * Vector);
    private const int SpreadAt = OutAt + (16 * Vector);
    private const int TransposeAt = SpreadAt + Vector;
    private const int KeyAt = TransposeAt + Vector;
    private const int KeyMatrices = 4;
    private const int ConstantBytes = KeyAt + (DesTables.Rounds * DesTables.Boxes * KeyMatrices * sizeof(ulong));

    // A key is packed into eight bytes of seven bits, four of C and four of D.
    private const int PackedBits = 7;

    // The byte of a half block that takes the output of each S-box, and the place of each bit of R or L in its byte.
    private static readonly byte[] s_byte = [0, 1, 2, 3, 3, 1, 0, 2];
    private static readonly byte[] s_place =
        [4, 1, 5, 3, 2, 0, 4, 1, 5, 3, 4, 2, 0, 6, 7, 5, 1, 7, 6, 2, 3, 6, 7, 4, 0, 7, 6, 2, 5, 1, 3, 0];

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
    public override int PlaneBytes => 3 * PassBytes;

    /// <inheritdoc/>
    public override int KeyChangeBlocks => 80;

    /// <inheritdoc/>
    public override int CallBlocks => 2;

    /// <inheritdoc/>
    public override ulong PackKey(ReadOnlySpan<byte> key)
    {
        ulong packed = 0;
        for (int place = 0; place < DesTables.KeyPlaces; place++)
        {
            int bit = DesTables.KeyBit(place);
            packed |= (ulong)((key[bit / 8] >> (7 - (bit % 8))) & 1) << ((8 * (place / PackedBits)) + (place % PackedBits));
        }

        return packed;
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public override void LoadKeys(ulong** keys, int passes, byte* planes)
    {
        V order = *(V*)(_constants + TransposeAt);
        for (int pass = 0; pass < passes; pass++)
        {
            V* plane = (V*)(planes + (pass * PassBytes));
            ulong* words = (ulong*)plane;
            for (int lane = 0; lane < Vector; lane++)
            {
                words[lane] = keys[lane][pass];
            }

            V a = Bytes(plane[0], order), b = Bytes(plane[1], order), c = Bytes(plane[2], order), d = Bytes(plane[3], order);
            V e = Bytes(plane[4], order), f = Bytes(plane[5], order), g = Bytes(plane[6], order), h = Bytes(plane[7], order);
            Transpose(ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h);
            ulong* matrix = (ulong*)(_constants + KeyAt);
            for (int round = 0; round < DesTables.Rounds; round++)
            {
                for (int box = 0; box < DesTables.Boxes / 2; box++)
                {
                    *plane++ = Collect(a, b, c, d, matrix);
                    matrix += KeyMatrices;
                }

                for (int box = 0; box < DesTables.Boxes / 2; box++)
                {
                    *plane++ = Collect(e, f, g, h, matrix);
                    matrix += KeyMatrices;
                }
            }
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

        for (int pass = 0; pass < passes; pass++)
        {
            bool backward = decrypt ^ (pass == 1);
            byte* key = planes + (pass * PassBytes) + (backward ? PassBytes - RoundBytes : 0);
            nint step = backward ? -RoundBytes : RoundBytes;
            for (int i = 0; i < DesTables.Rounds; i += 2)
            {
                Round(ref l0, ref l1, ref l2, ref l3, r0, r1, r2, r3, (V*)key, (V*)constants);
                key += step;
                Round(ref r0, ref r1, ref r2, ref r3, l0, l1, l2, l3, (V*)key, (V*)constants);
                key += step;
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
    private static void Round(ref V l0, ref V l1, ref V l2, ref V l3, V r0, V r1, V r2, V r3, V* key, V* constants)
    {
        V m0 = Vector512.Create((byte)0x26), m1 = Vector512.Create((byte)0x07), m2 = Vector512.Create((byte)0x0a);
        V m3 = Vector512.Create((byte)0x0b), m4 = Vector512.Create((byte)0x3d), m5 = Vector512.Create((byte)0x45);
        V m6 = Vector512.Create((byte)0x50);
        V a = Merge(m5, r2, r3);
        V b = Merge(m2, r1, r0);
        V s1 = Look(constants, 0, Merge(m3, b, a) ^ key[0]);
        V s2 = Look(constants, 1, Merge(m1, a, b) ^ key[1]);
        V c = Merge(m0, r0, r1);
        V d = Merge(m5, r3, r2);
        V s3 = Look(constants, 2, Merge(m2, r3, c) ^ key[2]);
        V s4 = Look(constants, 3, Bits(Merge(m1, c, d), constants[11]) ^ key[3]);
        V s5 = Look(constants, 4, Bits(Merge(m4, d, c), constants[12]) ^ key[4]);
        V s6 = Look(constants, 5, Bits(Merge(m4, d, r0), constants[13]) ^ key[5]);
        V e = Merge(m0, r1, r3);
        V s7 = Look(constants, 6, Bits(Merge(m6, r2, e), constants[14]) ^ key[6]);
        V s8 = Look(constants, 7, Merge(m3, Merge(m0, r2, r0), e) ^ key[7]);
        l0 = Avx512F.TernaryLogic(l0, s1, s7, 0x1e);
        l1 = Avx512F.TernaryLogic(l1, s2, s6, 0x1e);
        l2 = Avx512F.TernaryLogic(l2, s3, s8, 0x1e);
        l3 = Avx512F.TernaryLogic(l3, s4, s5, 0x1e);
    }

    /// <summary>The bits of a round key for one S-box, out of the four bytes of C or D.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Collect(V a, V b, V c, V d, ulong* matrices) =>
        Avx512F.TernaryLogic(
            Bits(a, Vector512.Create(matrices[0]).AsByte()),
            Bits(b, Vector512.Create(matrices[1]).AsByte()),
            Bits(c, Vector512.Create(matrices[2]).AsByte()),
            0x96)
        ^ Bits(d, Vector512.Create(matrices[3]).AsByte());

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref V a, ref V b, ref V c, ref V d, ref V e, ref V f, ref V g, ref V h)
    {
        Vector512<ulong> s = a.AsUInt64(), t = b.AsUInt64(), u = c.AsUInt64(), v = d.AsUInt64();
        Vector512<ulong> w = e.AsUInt64(), x = f.AsUInt64(), y = g.AsUInt64(), z = h.AsUInt64();
        Transposition.Words(ref s, ref t, ref u, ref v, ref w, ref x, ref y, ref z);
        a = s.AsByte();
        b = t.AsByte();
        c = u.AsByte();
        d = v.AsByte();
        e = w.AsByte();
        f = x.AsByte();
        g = y.AsByte();
        h = z.AsByte();
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
                Connect(AffineAt + (Vector * box), Vector, s_place[DesTables.Expand(box, input)], 5 - input);
            }
        }

        for (int i = 0; i < DesTables.Rounds * DesTables.Boxes * 6; i++)
        {
            int box = i / 6 % DesTables.Boxes;
            int place = DesTables.KeyPlace(i / 6 / DesTables.Boxes, box, i % 6);
            int matrix = (KeyMatrices * (i / 6)) + (place / PackedBits % KeyMatrices);
            Connect(KeyAt + (sizeof(ulong) * matrix), sizeof(ulong), place % PackedBits, InputPlace(box, i % 6));
        }

        for (int bit = 0; bit < 32; bit++)
        {
            int ours = s_byte[(DesTables.Permutation[bit] - 1) / 4];
            Connect(InAt + (Vector * ((4 * ours) + (bit / 8))), Vector, bit % 8, s_place[bit]);
            Connect(OutAt + (Vector * ((4 * (bit / 8)) + ours)), Vector, s_place[bit], bit % 8);
        }

        for (int i = 0; i < Vector; i++)
        {
            _constants[SpreadAt + i] = (byte)(0x80 >> (i % 8));
            _constants[TransposeAt + i] = (byte)((8 * (i % 8)) + (i / 8));
        }
    }

    // GF2P8AFFINEQB makes bit i of a byte from the byte's bits that byte 7 - i of the matrix names.
    private void Connect(int matrix, int bytes, int from, int to)
    {
        for (int word = 0; word < bytes; word += 8)
        {
            _constants[matrix + word + (7 - to)] |= (byte)(1 << from);
        }
    }
}
