using RouterOS.Abstractions.Crypto;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Diagnosis;

/// <summary>One attribute of a proposal in words.</summary>
internal readonly record struct OfferWord(FailureAspect Aspect, string Text);

/// <summary>Proposals of both sides in the same words, so that they can be compared one by one.</summary>
internal static class OfferWords
{
    private const string UsualNumbers = "32-bit sequence numbers";

    /// <summary>The transforms of a phase 1 SA payload.</summary>
    public static List<OfferWord[]> Phase1(SaPayload payload)
    {
        List<OfferWord[]> offers = [];
        foreach (ProposalPayload proposal in payload)
        {
            foreach (TransformPayload transform in proposal)
            {
                OfferedPhase1 offer = OfferedPhase1.Read(proposal, transform);
                offers.Add(
                [
                    new(FailureAspect.Encryption, Phase1CipherWord(offer.Cipher, offer.KeyBits)), new(FailureAspect.Hash, Phase1HashWord(offer.Hash)),
                    new(FailureAspect.Group, $"group{offer.Group}"), new(FailureAspect.AuthenticationMethod, MethodWord(offer.Method)),
                ]);
            }
        }

        return offers;
    }

    /// <summary>A phase 1 proposal of the configuration.</summary>
    public static OfferWord[] Of(Phase1Policy policy) =>
    [
        new(FailureAspect.Encryption, AlgorithmNames.Cipher(policy.Algorithms.Cipher, policy.Algorithms.CipherKeyBytes)),
        new(FailureAspect.Hash, AlgorithmNames.Hash(policy.Algorithms.Hash)),
        new(FailureAspect.Group, $"group{policy.Algorithms.Group}"),
        new(FailureAspect.AuthenticationMethod, MethodWord((ulong)policy.Method)),
    ];

    /// <summary>The transforms of a phase 2 SA payload.</summary>
    public static List<OfferWord[]> Phase2(SaPayload payload)
    {
        List<OfferWord[]> offers = [];
        foreach (ProposalPayload proposal in payload)
        {
            // Of a bundle the line is ESP's, with the keyed hash of the AH around it.
            ulong around = AuthenticationAround(payload, proposal);
            bool isBundle = around != 0;
            if (proposal.Protocol == SecurityProtocol.Ah && IsAroundEsp(payload, proposal))
            {
                continue;
            }

            foreach (TransformPayload transform in proposal)
            {
                OfferedPhase2 offer = OfferedPhase2.Read(transform);
                bool esp = proposal.Protocol == SecurityProtocol.Esp;
                offers.Add(
                [
                    new(FailureAspect.Protocol, isBundle ? AlgorithmNames.BundleProtocol : ProtocolWord(proposal.Protocol)),
                    new(FailureAspect.Encryption, esp ? EspCipherWord(transform.Id, offer.KeyBits) : string.Empty),
                    new(FailureAspect.Hash, isBundle ? MacWord(0, around) : MacWord(esp ? transform.Id : (byte)0, offer.Authentication)),
                    new(FailureAspect.Group, GroupWord((int)offer.Group)), new(FailureAspect.Encapsulation, ModeWord(offer.Mode)),
                    new(FailureAspect.SequenceNumbers, NumbersWord(offer.Extended != 0)),
                ]);
            }
        }

        return offers;
    }

    /// <summary>A phase 2 proposal of the configuration.</summary>
    public static OfferWord[] Of(Phase2Policy policy, int pfsGroup, EncapsulationMode mode) =>
    [
        new(FailureAspect.Protocol, policy.IsBundle ? AlgorithmNames.BundleProtocol : ProtocolWord(policy.Protocol)),
        new(FailureAspect.Encryption, policy.Protocol != SecurityProtocol.Esp ? string.Empty : AlgorithmNames.Cipher(policy.Cipher, policy.CipherKeyBytes)),
        new(FailureAspect.Hash, policy.Cipher == CipherAlgorithm.AesGcm && !policy.IsBundle ? AlgorithmNames.OwnTag : AlgorithmNames.Mac(policy.Integrity)),
        new(FailureAspect.Group, GroupWord(pfsGroup)),
        new(FailureAspect.Encapsulation, ModeWord((ulong)mode)),
        new(FailureAspect.SequenceNumbers, NumbersWord(policy.IsExtended)),
    ];

    /// <summary>One proposal as a word; what is usual is left out.</summary>
    public static string Join(IEnumerable<OfferWord> offer) => string.Join('/', offer
        .Where(w => w.Text.Length > 0 && w is not ((FailureAspect.Protocol, "esp") or (FailureAspect.Encapsulation, "tunnel")
            or (FailureAspect.AuthenticationMethod, "pre-shared-keys") or (FailureAspect.SequenceNumbers, UsualNumbers)))
        .Select(w => w.Text));

    /// <summary>Several proposals, each once.</summary>
    public static string Join(IEnumerable<OfferWord[]> offers) => string.Join(", ", offers.Select(o => Join(o)).Distinct());

    // What AH of the same number authenticates with; 0 where ESP stands alone.
    private static ulong AuthenticationAround(SaPayload payload, ProposalPayload esp)
    {
        foreach (ProposalPayload other in payload)
        {
            if (esp.Protocol == SecurityProtocol.Esp && other.Number == esp.Number && other.Protocol == SecurityProtocol.Ah)
            {
                foreach (TransformPayload transform in other)
                {
                    return OfferedPhase2.Read(transform).Authentication;
                }
            }
        }

        return 0;
    }

    private static bool IsAroundEsp(SaPayload payload, ProposalPayload ah)
    {
        foreach (ProposalPayload other in payload)
        {
            if (other.Number == ah.Number && other.Protocol == SecurityProtocol.Esp)
            {
                return true;
            }
        }

        return false;
    }

    private static string Phase1CipherWord(ulong cipher, ulong keyBits) => cipher switch
    {
        0 => "no cipher",
        1 => "des-cbc",
        3 => "blowfish-cbc",
        5 => "3des-cbc",
        6 => "cast-cbc",
        7 => $"aes-{keyBits}-cbc",
        8 => $"camellia-{keyBits}-cbc",
        _ => $"cipher-{cipher}",
    };

    private static string Phase1HashWord(ulong hash) => hash switch
    {
        0 => "no hash",
        1 => "md5",
        2 => "sha1",
        4 => "sha-256",
        5 => "sha-384",
        6 => "sha-512",
        _ => $"hash-{hash}",
    };

    private static string MethodWord(ulong method) => method switch
    {
        0 => "no authentication method",
        (ulong)Phase1Authentication.PreSharedKey => "pre-shared-keys",
        2 => "dsa-signatures",
        (ulong)Phase1Authentication.RsaSignatures => "rsa-signatures",
        4 => "rsa-encryption",
        5 => "revised-rsa-encryption",
        65001 or 65002 => "xauth-pre-shared-keys",
        65005 or 65006 => "xauth-rsa-signatures",
        64221 => "hybrid-rsa",
        _ => $"authentication-{method}",
    };

    private static string ProtocolWord(SecurityProtocol protocol) => (int)protocol switch
    {
        2 => "ah",
        3 => "esp",
        4 => "ipcomp",
        _ => $"protocol-{(int)protocol}",
    };

    private static string EspCipherWord(byte transform, ulong keyBits) => transform switch
    {
        2 => "des-cbc",
        3 => "3des-cbc",
        6 => "cast-cbc",
        7 => "blowfish-cbc",
        11 => "null",
        12 => $"aes-{keyBits}-cbc",
        13 => $"aes-{keyBits}-ctr",
        18 => $"aes-{keyBits}-gcm-8",
        19 => $"aes-{keyBits}-gcm-12",
        20 => $"aes-{keyBits}-gcm",
        22 => $"camellia-{keyBits}-cbc",
        _ => $"cipher-{transform}",
    };

    private static string MacWord(byte transform, ulong authentication) => authentication switch
    {
        0 => transform is >= 18 and <= 20 ? AlgorithmNames.OwnTag : "no authentication",
        1 => "hmac-md5-96",
        2 => "hmac-sha1-96",
        5 => "hmac-sha-256-128",
        6 => "hmac-sha-384",
        7 => "hmac-sha-512",
        _ => $"authentication-{authentication}",
    };

    private static string GroupWord(int group) => group == 0 ? "no pfs" : $"pfs group{group}";

    private static string NumbersWord(bool isExtended) => isExtended ? "64-bit sequence numbers" : UsualNumbers;

    private static string ModeWord(ulong mode) => (EncapsulationMode)mode switch
    {
        0 => "no encapsulation mode",
        EncapsulationMode.Tunnel => "tunnel",
        EncapsulationMode.Transport => "transport",
        EncapsulationMode.UdpTunnel or EncapsulationMode.UdpTunnelDraft => "tunnel inside udp",
        EncapsulationMode.UdpTransport or EncapsulationMode.UdpTransportDraft => "transport inside udp",
        _ => $"mode-{mode}",
    };
}
