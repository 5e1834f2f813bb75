using System.Buffers.Binary;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Ike.Crypto;

/// <summary>DES keys that RFC 2409 appendix A and RFC 2405 forbid: 4 weak and 12 semi-weak ones, parity bits aside.</summary>
internal static class DesWeakKeys
{
    private const ulong ParityMask = 0xfefefefefefefefe;

    private static readonly HashSet<ulong> s_keys =
    [
        .. new ulong[]
        {
            0x0101010101010101, 0x1f1f1f1f0e0e0e0e, 0xe0e0e0e0f1f1f1f1, 0xfefefefefefefefe,
            0x01fe01fe01fe01fe, 0xfe01fe01fe01fe01, 0x1fe01fe00ef10ef1, 0xe01fe01ff10ef10e,
            0x01e001e001f101f1, 0xe001e001f101f101, 0x1ffe1ffe0efe0efe, 0xfe1ffe1ffe0efe0e,
            0x011f011f010e010e, 0x1f011f010e010e01, 0xe0fee0fef1fef1fe, 0xfee0fee0fef1fef1,
        }.Select(k => k & ParityMask),
    ];

    /// <summary>True when the key must not be used. Triple DES is weak when two neighbouring keys are the same (RFC 2451 section 2.3).</summary>
    public static bool IsWeak(CipherAlgorithm cipher, ReadOnlySpan<byte> key) => cipher switch
    {
        CipherAlgorithm.DesCbc => s_keys.Contains(Read(key)),
        CipherAlgorithm.TripleDesCbc => Read(key) == Read(key[8..]) || Read(key[8..]) == Read(key[16..]),
        _ => false,
    };

    private static ulong Read(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadUInt64BigEndian(key) & ParityMask;
}
