using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;

namespace RouterOS.Srx.Layouts;

/// <summary>Algorithms as the vendor's output names them.</summary>
internal static class AlgorithmNames
{
    /// <summary>Token of a phase 2 SA: <c>ESP:3des/md5</c>, <c>AH:-/sha1</c>.</summary>
    public static string Token(Phase2Proposal proposal)
    {
        string cipher = proposal.Cipher switch
        {
            Cipher.DesCbc => "des",
            Cipher.TripleDesCbc => "3des",
            Cipher.AesCbc => $"aes-{proposal.CipherKeyBytes * 8}",
            Cipher.AesGcm16 => $"aes-gcm-{proposal.CipherKeyBytes * 8}",
            _ => "null",
        };
        string mac = proposal.Mac switch
        {
            Mac.HmacMd596 => "md5",
            Mac.HmacSha196 => "sha1",
            Mac.HmacSha256128 or Mac.HmacSha25696 => "sha256",
            _ => proposal.Cipher == Cipher.AesGcm16 ? "None" : "-",
        };
        return proposal.Protocol == Protocol.Ah ? $"AH:-/{mac}" : $"ESP:{cipher}/{mac}";
    }

    /// <summary>Integrity check of phase 2 in full.</summary>
    public static string Authentication(Mac mac) => mac switch
    {
        Mac.HmacMd596 => "hmac-md5-96",
        Mac.HmacSha196 => "hmac-sha1-96",
        Mac.HmacSha256128 => "hmac-sha256-128",
        Mac.HmacSha25696 => "hmac-sha256-96",
        _ => "none",
    };

    /// <summary>Cipher of phase 2 in full.</summary>
    public static string Encryption(Cipher cipher, uint keyBytes) => cipher switch
    {
        Cipher.DesCbc => "des-cbc",
        Cipher.TripleDesCbc => "3des-cbc",
        Cipher.AesCbc => $"aes-cbc ({keyBytes * 8} bits)",
        Cipher.AesGcm16 => $"aes-gcm ({keyBytes * 8} bits)",
        _ => "null",
    };

    /// <summary>Integrity check of phase 1.</summary>
    public static string Authentication(Hash hash) => hash switch
    {
        Hash.Md5 => "hmac-md5-96",
        Hash.Sha1 => "hmac-sha1-96",
        Hash.Sha256 => "hmac-sha256-128",
        _ => "none",
    };

    /// <summary>Pseudo random function of phase 1.</summary>
    public static string PseudoRandom(Hash hash) => hash switch
    {
        Hash.Md5 => "hmac-md5",
        Hash.Sha1 => "hmac-sha1",
        Hash.Sha256 => "hmac-sha256",
        _ => "none",
    };

    /// <summary>Cipher of phase 1.</summary>
    public static string Phase1Encryption(Phase1Proposal proposal) => proposal.Cipher switch
    {
        Cipher.AesCbc => $"aes{proposal.CipherKeyBytes * 8}-cbc",
        Cipher cipher => Encryption(cipher, proposal.CipherKeyBytes),
    };
}
