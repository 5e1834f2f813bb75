using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace RouterOS.Crypto.BitSlice;

/// <summary>DES as a circuit over bit planes: plane <c>n</c> holds bit <c>n</c> of the blocks of all lanes, and every gate works on all of them.</summary>
/// <remarks>The time depends on no data. Permutations cost nothing: they only say which plane a gate reads.</remarks>
internal sealed unsafe class BitSlicedDes<T> : DesKernel
    where T : unmanaged, IBitPlane<T>
{
    private const int BlockBits = 64;
    private const int HalfBits = 32;
    private const int RoundBits = 6 * DesTables.Boxes;

    // The two half blocks, and for each round the planes of its key.
    private readonly T* _halves = (T*)NativeMemory.AlignedAlloc((nuint)(BlockBits * sizeof(T)), 64);
    private readonly byte* _keyBits = (byte*)NativeMemory.Alloc(DesTables.Rounds * RoundBits);
    private readonly byte* _initial = (byte*)NativeMemory.Alloc(BlockBits);

    public BitSlicedDes()
    {
        for (int i = 0; i < DesTables.Rounds * RoundBits; i++)
        {
            _keyBits[i] = Plane(DesTables.KeyBit(DesTables.KeyPlace(i / RoundBits, i % RoundBits / 6, i % 6)));
        }

        for (int bit = 0; bit < BlockBits; bit++)
        {
            _initial[bit] = Plane(DesTables.Initial(bit));
        }
    }

    /// <inheritdoc/>
    public override string Name => sizeof(T) switch { 64 => "AVX-512", 32 => "AVX2", _ => "64-bit words" };

    /// <inheritdoc/>
    public override int Lanes => 8 * sizeof(T);

    /// <inheritdoc/>
    public override int PlaneBytes => 3 * BlockBits * sizeof(T);

    /// <inheritdoc/>
    public override int KeyChangeBlocks => Lanes / 2;

    // Measured: libcrypto's 3DES takes 240 ns for a block here, a call of each of these about 4 µs; AVX2 has no ternary logic elsewhere.
    /// <inheritdoc/>
    public override int CallBlocks => sizeof(T) == 32 ? 25 : 17;

    /// <inheritdoc/>
    public override ulong PackKey(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadUInt64LittleEndian(key);

    /// <inheritdoc/>
    public override void LoadKeys(ulong** keys, int passes, byte* planes)
    {
        for (int pass = 0; pass < passes; pass++)
        {
            T* plane = (T*)planes + (pass * BlockBits);
            for (int lane = 0; lane < Lanes; lane++)
            {
                ((ulong*)plane)[lane] = keys[lane][pass];
            }

            Transpose(plane);
        }
    }

    /// <inheritdoc/>
    public override void Crypt(ulong* blocks, byte* planes, int passes, bool decrypt)
    {
        T* data = (T*)blocks;
        T* left = _halves;
        T* right = _halves + HalfBits;
        Transpose(data);
        for (int i = 0; i < HalfBits; i++)
        {
            left[i] = data[_initial[i]];
            right[i] = data[_initial[HalfBits + i]];
        }

        for (int pass = 0; pass < passes; pass++)
        {
            T* key = (T*)planes + (pass * BlockBits);
            bool backward = decrypt ^ (pass == 1);
            for (int i = 0; i < DesTables.Rounds; i++)
            {
                T.Round(right, left, key, _keyBits + (RoundBits * (backward ? DesTables.Rounds - 1 - i : i)));
                T* next = left;
                left = right;
                right = next;
            }

            // The final and the next initial permutation cancel out; the exchange of the halves stays.
            T* exchanged = left;
            left = right;
            right = exchanged;
        }

        for (int i = 0; i < HalfBits; i++)
        {
            data[_initial[i]] = left[i];
            data[_initial[HalfBits + i]] = right[i];
        }

        Transpose(data);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        NativeMemory.AlignedFree(_halves);
        NativeMemory.Free(_keyBits);
        NativeMemory.Free(_initial);
        base.Dispose();
    }

    // The standard counts bits from the top of byte 0, words from the bottom.
    private static byte Plane(int bit) => (byte)(bit ^ 7);

    /// <summary>Makes bits of one number of 64 words the words of that number, in every column of words.</summary>
    private static void Transpose(T* rows)
    {
        ulong mask = 0x00000000FFFFFFFF;
        for (int distance = HalfBits; distance > 0; distance >>= 1, mask ^= mask << distance)
        {
            for (int row = 0; row < BlockBits; row = (row + distance + 1) & ~distance)
            {
                T.Exchange(ref rows[row], ref rows[row + distance], distance, mask);
            }
        }
    }
}
