using RouterOS.Abstractions.Control;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Ike.Crypto;

/// <summary>HASHes and key material of phase 2: pure functions of RFC 2409 section 5.5 and 5.7.</summary>
internal static class Phase2Keys
{
    /// <summary>HASH(1) of quick mode, and the HASH of an informational exchange: prf(SKEYID_a, M-ID | payloads behind the HASH).</summary>
    public static byte[] Hash1(IMac mac, MacAlgorithm hash, ReadOnlySpan<byte> skeyIdA, uint messageId, ReadOnlySpan<byte> payloads) =>
        mac.Mac(hash, skeyIdA, [.. Bytes.Of(messageId), .. payloads]);

    /// <summary>HASH(2) = prf(SKEYID_a, M-ID | Ni_b | payloads behind the HASH).</summary>
    public static byte[] Hash2(
        IMac mac, MacAlgorithm hash, ReadOnlySpan<byte> skeyIdA, uint messageId, ReadOnlySpan<byte> initiatorNonce, ReadOnlySpan<byte> payloads) =>
        mac.Mac(hash, skeyIdA, [.. Bytes.Of(messageId), .. initiatorNonce, .. payloads]);

    /// <summary>HASH(3) = prf(SKEYID_a, 0 | M-ID | Ni_b | Nr_b).</summary>
    public static byte[] Hash3(
        IMac mac, MacAlgorithm hash, ReadOnlySpan<byte> skeyIdA, uint messageId, ReadOnlySpan<byte> initiatorNonce,
        ReadOnlySpan<byte> responderNonce) =>
        mac.Mac(hash, skeyIdA, [0, .. Bytes.Of(messageId), .. initiatorNonce, .. responderNonce]);

    /// <summary>KEYMAT of one direction: prf(SKEYID_d, [g(qm)^xy |] protocol | SPI | Ni_b | Nr_b), expanded as far as needed.</summary>
    /// <param name="mac">Keyed hashes.</param>
    /// <param name="hash">Hash of phase 1.</param>
    /// <param name="skeyIdD">SKEYID_d.</param>
    /// <param name="sharedSecret">g(qm)^xy, or empty without perfect forward secrecy.</param>
    /// <param name="protocol">Protocol number of the proposal.</param>
    /// <param name="spi">SPI that the receiver of this direction chose.</param>
    /// <param name="initiatorNonce">Body of the initiator's nonce.</param>
    /// <param name="responderNonce">Body of the responder's nonce.</param>
    /// <param name="bytes">How much is needed.</param>
    public static byte[] KeyMaterial(
        IMac mac, MacAlgorithm hash, ReadOnlySpan<byte> skeyIdD, ReadOnlySpan<byte> sharedSecret, byte protocol, uint spi,
        ReadOnlySpan<byte> initiatorNonce, ReadOnlySpan<byte> responderNonce, int bytes)
    {
        byte[] seed = [.. sharedSecret, protocol, .. Bytes.Of(spi), .. initiatorNonce, .. responderNonce];
        byte[] material = new byte[bytes];
        byte[] part = [];
        for (int filled = 0; filled < bytes;)
        {
            part = mac.Mac(hash, skeyIdD, [.. part, .. seed]);
            int count = Math.Min(part.Length, bytes - filled);
            part.AsSpan(0, count).CopyTo(material.AsSpan(filled));
            filled += count;
        }

        return material;
    }
}
