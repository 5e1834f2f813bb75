using RouterOS.Abstractions.Crypto;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Policy;

/// <summary>Algorithms as operators read them in failures and logs.</summary>
internal static class AlgorithmNames
{
    /// <summary>Behind an offer of tunnels inside UDP.</summary>
    public const string InsideUdp = "/inside udp";

    /// <summary>Behind an offer of sequence numbers of 64 bits.</summary>
    public const string Extended = "/64-bit sequence numbers";

    /// <summary>In place of a keyed hash, for a cipher that authenticates.</summary>
    public const string OwnTag = "its own tag";

    /// <summary>In place of a cipher, for AH.</summary>
    public const string Ah = "ah";

    /// <summary>In front of the cipher of ESP that goes inside AH.</summary>
    public const string Bundle = "ah+";

    /// <summary>The protocol of both.</summary>
    public const string BundleProtocol = "bundle";

    public static string Of(Phase1Algorithms algorithms) =>
        $"{Cipher(algorithms.Cipher, algorithms.CipherKeyBytes)}/{Hash(algorithms.Hash)}/group{algorithms.Group}";

    public static string Of(Phase2Policy policy, int pfsGroup, bool insideUdp = false) =>
        $"{(policy.IsBundle ? Bundle : string.Empty)}{(policy.Protocol == SecurityProtocol.Ah ? Ah : Cipher(policy.Cipher, policy.CipherKeyBytes))}/{Tag(policy)}/{(pfsGroup == 0 ? "no pfs" : $"pfs group{pfsGroup}")}"
        + (insideUdp ? InsideUdp : string.Empty) + (policy.IsExtended ? Extended : string.Empty);

    public static string Of(IEnumerable<Phase1Policy> policies) => string.Join(", ", policies.Select(p => Of(p.Algorithms)));

    public static string Of(IEnumerable<Phase2Policy> policies, int pfsGroup, bool insideUdp = false) =>
        string.Join(", ", policies.Select(p => Of(p, pfsGroup, insideUdp)));

    public static string Cipher(CipherAlgorithm cipher, int keyBytes) => cipher switch
    {
        CipherAlgorithm.Null => "null",
        CipherAlgorithm.DesCbc => "des-cbc",
        CipherAlgorithm.TripleDesCbc => "3des-cbc",
        CipherAlgorithm.AesGcm => $"aes-{keyBytes * 8}-gcm",
        _ => $"aes-{keyBytes * 8}-cbc",
    };

    public static string Hash(MacAlgorithm hash) => hash switch
    {
        MacAlgorithm.HmacMd5 => "md5",
        MacAlgorithm.HmacSha1 => "sha1",
        _ => "sha-256",
    };

    private static string Tag(Phase2Policy policy) => policy.Cipher == CipherAlgorithm.AesGcm && !policy.IsBundle ? OwnTag
        : policy.IsTagShort ? "hmac-sha-256-96" : Mac(policy.Integrity);

    public static string Mac(MacAlgorithm mac) => mac switch
    {
        MacAlgorithm.None => "no authentication",
        MacAlgorithm.HmacMd5 => "hmac-md5-96",
        MacAlgorithm.HmacSha1 => "hmac-sha1-96",
        _ => "hmac-sha-256-128",
    };
}
