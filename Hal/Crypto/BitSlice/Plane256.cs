using System.Runtime.Intrinsics;

namespace RouterOS.Crypto.BitSlice;

/// <summary>256 lanes in a vector: AVX2.</summary>
internal readonly unsafe struct Plane256(Vector256<ulong> bits) : IBitPlane<Plane256>
{
    private readonly Vector256<ulong> _bits = bits;

    /// <inheritdoc/>
    public static void Exchange(ref Plane256 low, ref Plane256 high, int shift, ulong mask)
    {
        Vector256<ulong> moved = ((low._bits >>> shift) ^ high._bits) & Vector256.Create(mask);
        high = new(high._bits ^ moved);
        low = new(low._bits ^ (moved << shift));
    }

    /// <inheritdoc/>
    public static void Round(Plane256* r, Plane256* l, Plane256* key, byte* keyBits) =>
        SBoxes256.Round((Vector256<ulong>*)r, (Vector256<ulong>*)l, (Vector256<ulong>*)key, keyBits);
}
