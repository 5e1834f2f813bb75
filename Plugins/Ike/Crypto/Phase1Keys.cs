using System.Security.Cryptography;
using RouterOS.Abstractions.Control;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Ike.Crypto;

/// <summary>Keys of phase 1 with a preshared key: pure functions of RFC 2409 section 5 and appendix B.</summary>
internal static class Phase1Keys
{
    /// <summary>SKEYID = prf(pre-shared-key, Ni_b | Nr_b).</summary>
    public static byte[] SkeyId(
        IMac mac, MacAlgorithm hash, ReadOnlySpan<byte> preSharedKey, ReadOnlySpan<byte> initiatorNonce, ReadOnlySpan<byte> responderNonce) =>
        mac.Mac(hash, preSharedKey, [.. initiatorNonce, .. responderNonce]);

    /// <summary>SKEYID where both sides sign (RFC 2409 section 5): nothing but the exchange goes into it.</summary>
    public static byte[] SkeyIdOfSignatures(
        IMac mac, MacAlgorithm hash, ReadOnlySpan<byte> sharedSecret, ReadOnlySpan<byte> initiatorNonce, ReadOnlySpan<byte> responderNonce) =>
        mac.Mac(hash, [.. initiatorNonce, .. responderNonce], sharedSecret);

    /// <summary>Derives all secrets from SKEYID and the shared secret, or null when DES would get a weak key.</summary>
    public static Phase1Secrets? Derive(
        IMac mac, Phase1Algorithms algorithms, byte[] skeyId, ReadOnlySpan<byte> sharedSecret, ulong initiatorCookie, ulong responderCookie)
    {
        byte[] cookies = Bytes.Of(initiatorCookie, responderCookie);
        byte[] derivation = mac.Mac(algorithms.Hash, skeyId, [.. sharedSecret, .. cookies, 0]);
        byte[] authentication = mac.Mac(algorithms.Hash, skeyId, [.. derivation, .. sharedSecret, .. cookies, 1]);
        byte[] encryption = mac.Mac(algorithms.Hash, skeyId, [.. authentication, .. sharedSecret, .. cookies, 2]);
        byte[] cipherKey = CipherKey(mac, algorithms.Hash, encryption, algorithms.CipherKeyBytes);
        CryptographicOperations.ZeroMemory(encryption);
        return DesWeakKeys.IsWeak(algorithms.Cipher, cipherKey) ? null : new Phase1Secrets(skeyId, derivation, authentication, cipherKey);
    }

    /// <summary>The cipher's key: SKEYID_e cut, or expanded where it is too short (RFC 2409 appendix B).</summary>
    public static byte[] CipherKey(IMac mac, MacAlgorithm hash, ReadOnlySpan<byte> skeyIdE, int bytes)
    {
        if (skeyIdE.Length >= bytes)
        {
            return skeyIdE[..bytes].ToArray();
        }

        byte[] key = new byte[bytes];
        byte[] part = [0];
        for (int filled = 0; filled < bytes;)
        {
            part = mac.Mac(hash, skeyIdE, part);
            int count = Math.Min(part.Length, bytes - filled);
            part.AsSpan(0, count).CopyTo(key.AsSpan(filled));
            filled += count;
        }

        return key;
    }

    /// <summary>First IV of phase 1: hash(g^xi | g^xr), cut to a block.</summary>
    public static byte[] FirstIv(IMac mac, Phase1Algorithms algorithms, ReadOnlySpan<byte> initiatorPublic, ReadOnlySpan<byte> responderPublic) =>
        mac.Hash(algorithms.Hash, [.. initiatorPublic, .. responderPublic])[..algorithms.BlockBytes];

    /// <summary>First IV of an exchange under a phase 1 SA: hash(last block of phase 1 | message ID), cut to a block.</summary>
    public static byte[] ExchangeIv(IMac mac, Phase1Algorithms algorithms, ReadOnlySpan<byte> lastPhase1Block, uint messageId) =>
        mac.Hash(algorithms.Hash, [.. lastPhase1Block, .. Bytes.Of(messageId)])[..algorithms.BlockBytes];

    /// <summary>HASH_I (own values first when we initiate) or HASH_R = prf(SKEYID, g^x own | g^x other | CKY own | CKY other | SAi_b | ID own).</summary>
    public static byte[] IdentityHash(
        IMac mac, MacAlgorithm hash, ReadOnlySpan<byte> skeyId, ReadOnlySpan<byte> ownPublic, ReadOnlySpan<byte> otherPublic,
        ulong ownCookie, ulong otherCookie, ReadOnlySpan<byte> initiatorSaBody, ReadOnlySpan<byte> ownIdentityBody) =>
        mac.Mac(hash, skeyId, [.. ownPublic, .. otherPublic, .. Bytes.Of(ownCookie, otherCookie), .. initiatorSaBody, .. ownIdentityBody]);
}
