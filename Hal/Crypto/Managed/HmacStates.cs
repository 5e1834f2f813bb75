using System.Security.Cryptography;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Native;

namespace RouterOS.Crypto.Managed;

/// <summary>
/// An HMAC key as two hash states that have swallowed the pads (RFC 2104 section 4), in words of the machine: the inner one first, 64
/// bytes each. ipsec-mb wants the same form.
/// </summary>
internal static unsafe class HmacStates
{
    /// <summary>Bytes of a key in this form.</summary>
    public const int Bytes = 2 * OuterOffset;

    /// <summary>Where the outer state lies.</summary>
    public const int OuterOffset = 64;

    /// <summary>Makes the states from a key no longer than a block.</summary>
    public static void Derive(MacAlgorithm mac, ReadOnlySpan<byte> key, byte* states)
    {
        switch (mac)
        {
            case MacAlgorithm.HmacMd5:
                Derive<Md5Lanes>(key, states);
                break;
            case MacAlgorithm.HmacSha1:
                Derive<Sha1Lanes>(key, states);
                break;
            case MacAlgorithm.HmacSha256:
                Derive<Sha256Lanes>(key, states);
                break;
            default:
                break;
        }
    }

    private static void Derive<THash>(ReadOnlySpan<byte> key, byte* states)
        where THash : ILaneHash
    {
        Pad<THash>(key, HmacPad.Inner, (uint*)states);
        Pad<THash>(key, HmacPad.Outer, (uint*)(states + OuterOffset));
    }

    // Safe: a state has 64 bytes, which is room for any of these hashes.
    private static void Pad<THash>(ReadOnlySpan<byte> key, byte pad, uint* state)
        where THash : ILaneHash
    {
        byte* block = stackalloc byte[64];
        uint* words = stackalloc uint[THash.ScheduleWords];
        HmacPad.Fill(new Span<byte>(block, 64), key, pad);
        THash.InitialState.CopyTo(new Span<uint>(state, THash.StateWords));
        ScalarLane.Load(&block, 0, words);
        for (int i = 0; i < 16 && THash.IsBigEndian; i++)
        {
            words[i] = ScalarLane.ByteSwap(words[i]);
        }

        THash.Compress<ScalarLane, uint>(state, words);
        CryptographicOperations.ZeroMemory(new Span<byte>(block, 64));
        CryptographicOperations.ZeroMemory(new Span<byte>(words, 4 * THash.ScheduleWords));
    }
}
