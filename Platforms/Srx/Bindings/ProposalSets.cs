using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;

namespace RouterOS.Srx.Bindings;

/// <summary>The predefined proposals of <c>proposal-set</c>.</summary>
internal static class ProposalSets
{
    /// <summary>Lifetime of phase 1 where none is configured.</summary>
    public const uint Phase1Seconds = 28800;

    /// <summary>Lifetime of phase 2 where none is configured.</summary>
    public const uint Phase2Seconds = 3600;

    /// <summary>Phase 1 proposals of a set, the best first.</summary>
    public static IEnumerable<Phase1Proposal> Phase1(string set, Source source)
    {
        (Cipher Cipher, uint KeyBytes, Hash Hash)[] choices = set switch
        {
            "basic" => [(Cipher.DesCbc, 8, Hash.Sha1), (Cipher.DesCbc, 8, Hash.Md5)],
            "compatible" =>
            [
                (Cipher.TripleDesCbc, 24, Hash.Sha1), (Cipher.TripleDesCbc, 24, Hash.Md5),
                (Cipher.DesCbc, 8, Hash.Sha1), (Cipher.DesCbc, 8, Hash.Md5),
            ],
            "standard" => [(Cipher.TripleDesCbc, 24, Hash.Sha1), (Cipher.AesCbc, 16, Hash.Sha1)],
            _ => [],
        };
        return choices.Select((choice, number) => new Phase1Proposal
        {
            Name = $"{set}-{number + 1}",
            Source = source.Clone(),
            Authentication = Authentication.PreSharedKey,
            DhGroup = set == "basic" ? 1u : 2u,
            Hash = choice.Hash,
            Cipher = choice.Cipher,
            CipherKeyBytes = choice.KeyBytes,
            LifetimeSeconds = Phase1Seconds,
        });
    }

    /// <summary>Phase 2 proposals of a set, the best first.</summary>
    public static IEnumerable<Phase2Proposal> Phase2(string set, Source source)
    {
        (Cipher Cipher, uint KeyBytes, Mac Mac)[] choices = set switch
        {
            "basic" => [(Cipher.DesCbc, 8, Mac.HmacSha196), (Cipher.DesCbc, 8, Mac.HmacMd596)],
            "compatible" =>
            [
                (Cipher.TripleDesCbc, 24, Mac.HmacSha196), (Cipher.TripleDesCbc, 24, Mac.HmacMd596),
                (Cipher.DesCbc, 8, Mac.HmacSha196), (Cipher.DesCbc, 8, Mac.HmacMd596),
            ],
            "standard" => [(Cipher.TripleDesCbc, 24, Mac.HmacSha196), (Cipher.AesCbc, 16, Mac.HmacSha196)],
            _ => [],
        };
        return choices.Select((choice, number) => new Phase2Proposal
        {
            Name = $"{set}-{number + 1}",
            Source = source.Clone(),
            Cipher = choice.Cipher,
            CipherKeyBytes = choice.KeyBytes,
            Mac = choice.Mac,
            LifetimeSeconds = Phase2Seconds,
        });
    }

    /// <summary>
    /// Group of perfect forward secrecy that comes with a phase 2 set; 0 for none. The vendor's course says "no PFS, DH g1" of basic's
    /// second proposal; both cannot be, and its first one has none.
    /// </summary>
    public static uint PfsGroup(string set) => set == "standard" ? 2u : 0u;
}
