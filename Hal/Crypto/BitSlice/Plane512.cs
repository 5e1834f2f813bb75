using System.Runtime.Intrinsics;

namespace RouterOS.Crypto.BitSlice;

/// <summary>512 lanes in a vector: AVX-512, whose ternary logic makes any gate of three inputs one instruction.</summary>
internal readonly unsafe struct Plane512(Vector512<ulong> bits) : IBitPlane<Plane512>
{
    private readonly Vector512<ulong> _bits = bits;

    /// <inheritdoc/>
    public static void Exchange(ref Plane512 low, ref Plane512 high, int shift, ulong mask)
    {
        Vector512<ulong> moved = ((low._bits >>> shift) ^ high._bits) & Vector512.Create(mask);
        high = new(high._bits ^ moved);
        low = new(low._bits ^ (moved << shift));
    }

    /// <inheritdoc/>
    public static void Round(Plane512* r, Plane512* l, Plane512* key, byte* keyBits) =>
        SBoxes512.Round((Vector512<ulong>*)r, (Vector512<ulong>*)l, (Vector512<ulong>*)key, keyBits);
}
