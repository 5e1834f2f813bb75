namespace RouterOS.Crypto.Native;

/// <summary>The key blocks of HMAC (RFC 2104 section 2) for hashes with 64-byte blocks.</summary>
internal static class HmacPad
{
    public const byte Inner = 0x36;
    public const byte Outer = 0x5c;

    /// <summary>Fills one block with the key and a pad; the key is no longer than the block.</summary>
    public static void Fill(Span<byte> block, ReadOnlySpan<byte> key, byte pad)
    {
        block.Fill(pad);
        for (int i = 0; i < key.Length; i++)
        {
            block[i] ^= key[i];
        }
    }
}
