using System.Globalization;
using RouterOS.Abstractions.Crypto;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.State;
using RouterOS.Proto.Ike.V1;

namespace RouterOS.Ike.Control.Captures;

/// <summary>Keys as lines of the files that Wireshark reads from its configuration folder: pure.</summary>
internal static class WiresharkKeys
{
    /// <summary>File with keys of phase 1.</summary>
    public const string Phase1File = "ikev1_decryption_table";

    /// <summary>File with keys of ESP.</summary>
    public const string EspFile = "esp_sa";

    /// <summary>The key of a phase 1 SA, by the initiator's cookie.</summary>
    public static KeyLine Phase1(ulong initiatorCookie, ReadOnlySpan<byte> cipherKey) =>
        new() { File = Phase1File, Line = $"{initiatorCookie:x16},{Convert.ToHexStringLower(cipherKey)}" };

    /// <summary>The keys of both SAs of a pair; none for AH, which hides nothing.</summary>
    public static IEnumerable<KeyLine> Phase2(IpsecSaPairState pair)
    {
        if (pair.IsAh)
        {
            yield break;
        }

        // A NAT shows the peer by another address than it has, and may change it: the SPI is enough.
        string local = pair.IsInsideUdp ? "*" : Ipv4.Text(pair.Local);
        string remote = pair.IsInsideUdp ? "*" : Ipv4.Text(pair.Remote);
        yield return Line(pair, remote, local, pair.InboundSpi, pair.InboundCipherKey, pair.InboundMacKey);
        yield return Line(pair, local, remote, pair.OutboundSpi, pair.OutboundCipherKey, pair.OutboundMacKey);
    }

    private static KeyLine Line(IpsecSaPairState pair, string source, string destination, uint spi, byte[] cipherKey, byte[] macKey)
    {
        string[] fields = [pair.Remote.IsVersion6 ? "IPv6" : "IPv4", source, destination, string.Create(CultureInfo.InvariantCulture, $"0x{spi:x8}"),
            CipherOf(pair.Cipher), Hex(cipherKey), MacOf(pair), Hex(macKey)];
        return new() { File = EspFile, Line = string.Join(',', fields.Select(f => $"\"{f}\"")) };
    }

    private static string Hex(byte[] key) => key.Length == 0 ? string.Empty : $"0x{Convert.ToHexStringLower(key)}";

    private static string CipherOf(CipherAlgorithm cipher) => cipher switch
    {
        CipherAlgorithm.DesCbc => "DES-CBC [RFC2405]",
        CipherAlgorithm.TripleDesCbc => "TripleDES-CBC [RFC2451]",
        CipherAlgorithm.AesCbc => "AES-CBC [RFC3602]",
        CipherAlgorithm.AesGcm => "AES-GCM with 16 octet ICV [RFC4106]",
        CipherAlgorithm.Null or _ => "NULL",
    };

    private static string MacOf(IpsecSaPairState pair) => pair.Mac switch
    {
        MacAlgorithm.HmacMd5 => "HMAC-MD5-96 [RFC2403]",
        MacAlgorithm.HmacSha1 => "HMAC-SHA-1-96 [RFC2404]",
        MacAlgorithm.HmacSha256 => pair.IsTagShort ? "HMAC-SHA-256-96 [draft-ietf-ipsec-ciph-sha-256-00]" : "HMAC-SHA-256-128 [RFC4868]",
        MacAlgorithm.None or _ => "NULL",
    };
}
