using RouterOS.Abstractions.Crypto;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Policy;

/// <summary>What phase 1 agreed on.</summary>
/// <param name="Algorithms">Algorithms of the SA.</param>
/// <param name="LifetimeSeconds">Seconds after which we end the SA: the shorter of both sides' wishes.</param>
/// <param name="Policy">The proposal of ours that it is.</param>
/// <param name="OfferedSeconds">What the peer asked for; 0: for ever.</param>
/// <param name="ReplyBody">Body of the SA payload that answers with it; empty at the initiator.</param>
internal sealed record Phase1Choice(Phase1Algorithms Algorithms, uint LifetimeSeconds, Phase1Policy Policy, ulong OfferedSeconds, byte[] ReplyBody);

/// <summary>Phase 1 proposals, as pure functions between policy and SA payload (RFC 2409 section 5 and appendix A).</summary>
internal static class Phase1Negotiation
{
    /// <summary>The body of an SA payload that offers all proposals in order.</summary>
    public static byte[] Offer(IReadOnlyList<Phase1Policy> policies)
    {
        List<byte[]> transforms = [];
        foreach (Phase1Policy policy in policies)
        {
            transforms.Add(Proposals.Transform(1, transforms.Count + 1, transforms.Count + 1 == policies.Count, Attributes(policy)));
        }

        return Proposals.SaBody(1, SecurityProtocol.Isakmp, [], transforms);
    }

    /// <summary>The responder's choice: the first of the peer's transforms that we support, or null.</summary>
    /// <param name="offer">What the peer offers.</param>
    /// <param name="policies">What we accept.</param>
    /// <param name="theirs">The peer's offer in words.</param>
    public static Phase1Choice? Select(SaPayload offer, IReadOnlyList<Phase1Policy> policies, out string theirs)
    {
        List<string> words = [];
        foreach (ProposalPayload proposal in offer)
        {
            foreach (TransformPayload transform in proposal)
            {
                if (Match(proposal, transform, policies, answers: true, words, out Phase1Policy? policy, out uint seconds, out ulong offered))
                {
                    theirs = words[^1];
                    byte[] reply = Proposals.Chosen(proposal.Number, SecurityProtocol.Isakmp, [], transform.Whole);
                    return new Phase1Choice(policy.Algorithms, seconds, policy, offered, reply);
                }
            }
        }

        theirs = string.Join(", ", words.Distinct());
        return null;
    }

    /// <summary>The initiator's check of the answer: exactly one transform, and one of ours; null otherwise.</summary>
    public static Phase1Choice? Confirm(SaPayload reply, IReadOnlyList<Phase1Policy> policies, out string theirs)
    {
        List<string> words = [];
        Phase1Choice? choice = null;
        int count = 0;
        foreach (ProposalPayload proposal in reply)
        {
            foreach (TransformPayload transform in proposal)
            {
                count++;
                if (Match(proposal, transform, policies, answers: false, words, out Phase1Policy? policy, out uint seconds, out ulong offered))
                {
                    choice = new Phase1Choice(policy.Algorithms, seconds, policy, offered, []);
                }
            }
        }

        theirs = string.Join(", ", words);
        return count == 1 ? choice : null;
    }

    private static (ushort Type, uint Value)[] Attributes(Phase1Policy policy)
    {
        Phase1Algorithms algorithms = policy.Algorithms;
        Phase1Cipher cipher = algorithms.Cipher switch
        {
            CipherAlgorithm.DesCbc => Phase1Cipher.DesCbc,
            CipherAlgorithm.TripleDesCbc => Phase1Cipher.TripleDesCbc,
            _ => Phase1Cipher.AesCbc,
        };
        Phase1Hash hash = algorithms.Hash switch
        {
            MacAlgorithm.HmacMd5 => Phase1Hash.Md5,
            MacAlgorithm.HmacSha1 => Phase1Hash.Sha1,
            _ => Phase1Hash.Sha256,
        };
        List<(ushort, uint)> attributes =
        [
            ((ushort)Phase1Attribute.Encryption, (uint)cipher),
            ((ushort)Phase1Attribute.Hash, (uint)hash),
            ((ushort)Phase1Attribute.Authentication, (uint)policy.Method),
            ((ushort)Phase1Attribute.Group, (uint)algorithms.Group),
            ((ushort)Phase1Attribute.LifeType, (uint)LifeType.Seconds),
            ((ushort)Phase1Attribute.LifeDuration, policy.LifetimeSeconds),
        ];
        if (cipher == Phase1Cipher.AesCbc)
        {
            attributes.Add(((ushort)Phase1Attribute.KeyLength, (uint)algorithms.CipherKeyBytes * 8));
        }

        return [.. attributes];
    }

    private static bool Match(
        ProposalPayload proposal, TransformPayload transform, IReadOnlyList<Phase1Policy> policies, bool answers, List<string> words,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Phase1Policy? policy, out uint seconds, out ulong offered)
    {
        OfferedPhase1 offer = OfferedPhase1.Read(proposal, transform);
        words.Add(Describe(offer.Cipher, offer.KeyBits, offer.Hash, offer.Method, offer.Group));
        policy = offer.IsStrange ? null : policies.FirstOrDefault(p => offer.Method == (ulong)(answers ? p.AnsweredMethod : p.Method)
            && Is(p.Algorithms, offer.Cipher, offer.KeyBits, offer.Hash, offer.Group));
        offered = offer.Seconds ?? IkeIntentReader.DefaultLifetimeSeconds;
        seconds = policy is null ? 0 : offered == 0 ? policy.LifetimeSeconds : (uint)Math.Min(offered, policy.LifetimeSeconds);
        return policy is not null;
    }

    private static bool Is(Phase1Algorithms algorithms, ulong cipher, ulong keyBits, ulong hash, ulong group) =>
        (ulong)algorithms.Group == group
        && algorithms.Hash switch
        {
            MacAlgorithm.HmacMd5 => hash == (ulong)Phase1Hash.Md5,
            MacAlgorithm.HmacSha1 => hash == (ulong)Phase1Hash.Sha1,
            _ => hash == (ulong)Phase1Hash.Sha256,
        }
        && algorithms.Cipher switch
        {
            CipherAlgorithm.DesCbc => cipher == (ulong)Phase1Cipher.DesCbc && keyBits is 0 or 64,
            CipherAlgorithm.TripleDesCbc => cipher == (ulong)Phase1Cipher.TripleDesCbc && keyBits is 0 or 192,
            _ => cipher == (ulong)Phase1Cipher.AesCbc && keyBits == (ulong)algorithms.CipherKeyBytes * 8,
        };

    private static string Describe(ulong cipher, ulong keyBits, ulong hash, ulong authentication, ulong group)
    {
        string cipherWord = cipher switch { 1 => "des-cbc", 5 => "3des-cbc", 7 => $"aes-{keyBits}-cbc", _ => $"cipher-{cipher}" };
        string hashWord = hash switch { 1 => "md5", 2 => "sha1", 4 => "sha-256", 5 => "sha-384", 6 => "sha-512", _ => $"hash-{hash}" };
        string method = authentication switch
        {
            1 => string.Empty,
            2 => "/dsa-signatures",
            3 => "/rsa-signatures",
            65001 or 65002 => "/xauth-pre-shared-keys",
            65005 or 65006 => "/xauth-rsa-signatures",
            _ => $"/authentication-{authentication}",
        };
        return $"{cipherWord}/{hashWord}/group{group}{method}";
    }
}
