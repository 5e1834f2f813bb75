namespace RouterOS.Crypto.BitSlice;

/// <summary>One bit of many blocks, a lane each: a word or a vector of words, with the operations that bit-slicing needs.</summary>
internal unsafe interface IBitPlane<T>
    where T : unmanaged, IBitPlane<T>
{
    /// <summary>Exchanges the bits of <paramref name="high"/> that the mask, repeated in every word, chooses with those of <paramref name="low"/> that lie <paramref name="shift"/> higher.</summary>
    static abstract void Exchange(ref T low, ref T high, int shift, ulong mask);

    /// <summary>One round of DES: XORs f of the half block <paramref name="r"/> into <paramref name="l"/>.</summary>
    static abstract void Round(T* r, T* l, T* key, byte* keyBits);
}
