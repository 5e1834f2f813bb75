namespace RouterOS.Crypto.BitSlice;

/// <summary>64 lanes in a word: for processors of any kind.</summary>
internal readonly unsafe struct Plane64(ulong bits) : IBitPlane<Plane64>
{
    private readonly ulong _bits = bits;

    /// <inheritdoc/>
    public static void Exchange(ref Plane64 low, ref Plane64 high, int shift, ulong mask)
    {
        ulong moved = ((low._bits >> shift) ^ high._bits) & mask;
        high = new(high._bits ^ moved);
        low = new(low._bits ^ (moved << shift));
    }

    /// <inheritdoc/>
    public static void Round(Plane64* r, Plane64* l, Plane64* key, byte* keyBits) =>
        SBoxes64.Round((ulong*)r, (ulong*)l, (ulong*)key, keyBits);
}
