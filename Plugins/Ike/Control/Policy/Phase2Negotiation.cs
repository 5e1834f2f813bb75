using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using RouterOS.Abstractions.Crypto;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Policy;

/// <summary>What phase 2 agreed on.</summary>
/// <param name="Policy">The proposal of ours that it is.</param>
/// <param name="PeerSpi">SPI that the peer wants to receive on.</param>
/// <param name="PfsGroup">Group of perfect forward secrecy, 0 for none.</param>
/// <param name="LifetimeSeconds">Seconds after which we end the SAs: the shorter of both sides' wishes.</param>
/// <param name="LifetimeKilobytes">Kilobytes after which we end them; 0 for no limit.</param>
/// <param name="OfferedSeconds">What the peer asked for.</param>
/// <param name="Number">Number of the chosen proposal.</param>
/// <param name="Transform">The chosen transform as offered.</param>
internal sealed record Phase2Choice(
    Phase2Policy Policy, uint PeerSpi, int PfsGroup, uint LifetimeSeconds, uint LifetimeKilobytes, ulong OfferedSeconds, byte Number,
    byte[] Transform)
{
    /// <summary>Sequence numbers have 64 bits (RFC 4304).</summary>
    public bool IsExtended { get; init; }

    /// <summary>The peer asked for no limit in kilobytes, or for a longer one than ours.</summary>
    public bool IsShorterInKilobytes { get; init; }

    /// <summary>Of a bundle, ESP inside AH, the SPI that the peer wants to receive AH on.</summary>
    public uint AroundPeerSpi { get; init; }

    /// <summary>Of a bundle the chosen transform of AH as offered.</summary>
    public byte[] AroundTransform { get; init; } = [];

    /// <summary>Of a bundle: AH was offered in front of ESP.</summary>
    public bool IsAroundFirst { get; init; }

    /// <summary>Body of the SA payload that answers with it and with our own SPIs, of a bundle that of AH, too.</summary>
    public byte[] ReplyBody(uint spi, uint aroundSpi = 0)
    {
        if (!Policy.IsBundle)
        {
            return Proposals.Chosen(Number, Policy.Protocol, Bytes.Of(spi), Transform);
        }

        byte[] Half(SecurityProtocol protocol, uint own, byte[] transform, bool last)
        {
            byte[] copy = [.. transform];
            copy[0] = 0;
            return Proposals.Proposal(Number, last, protocol, Bytes.Of(own), [copy]);
        }

        byte[] esp = Half(SecurityProtocol.Esp, spi, Transform, IsAroundFirst);
        byte[] ah = Half(SecurityProtocol.Ah, aroundSpi, AroundTransform, !IsAroundFirst);
        return Proposals.SaBody(IsAroundFirst ? [ah, esp] : [esp, ah]);
    }
}

/// <summary>Phase 2 proposals, as pure functions between policy and SA payload (RFC 2407 section 4.5, RFC 2409 section 5.5).</summary>
internal static class Phase2Negotiation
{
    private const uint FirstAssignableSpi = 256;
    private const uint ExtendedNumbers = 1;

    /// <summary>The body of an SA payload that offers all proposals in order under one SPI.</summary>
    public static byte[] Offer(VpnPolicy vpn, uint spi, EncapsulationMode udpTunnel = default, uint aroundSpi = 0)
    {
        // One protocol after the other is one proposal each: they are alternatives as their transforms are.
        Phase2Policy[] policies = [.. vpn.Proposals.Where(p => udpTunnel == 0 || !p.HasAh)];
        List<byte[]> proposals = [];
        int number = 0;
        for (int first = 0; first < policies.Length;)
        {
            if (policies[first].IsBundle)
            {
                AddBundle(proposals, ++number, policies[first++], vpn, spi, aroundSpi, ModeOf(vpn, udpTunnel));
                continue;
            }

            SecurityProtocol protocol = policies[first].Protocol;
            Phase2Policy[] same = [.. policies.Skip(first).TakeWhile(p => p.Protocol == protocol && !p.IsBundle)];
            List<byte[]> transforms = [];
            foreach (Phase2Policy policy in same)
            {
                transforms.Add(Proposals.Transform(
                    TransformId(policy), transforms.Count + 1, transforms.Count + 1 == same.Length, Attributes(policy, vpn.PfsGroup, ModeOf(vpn, udpTunnel))));
            }

            first += same.Length;
            proposals.Add(Proposals.Proposal(++number, last: false, protocol, Bytes.Of(spi), transforms));
        }

        if (proposals.Count > 0)
        {
            proposals[^1][0] = 0;
        }

        return Proposals.SaBody(proposals);
    }

    /// <summary>Why nothing that we accept can pass a NAT, or null.</summary>
    public static string? WhyNotBehindNat(VpnPolicy vpn, EncapsulationMode udpTunnel) =>
        udpTunnel != 0 && vpn.Proposals.All(p => p.HasAh)
            ? "AH authenticates the addresses that the NAT between the peers changes: use protocol esp"
            : null;

    /// <summary>The responder's choice: the first of the peer's transforms that we support, or null.</summary>
    /// <param name="offer">What the peer offers.</param>
    /// <param name="vpn">What we accept.</param>
    /// <param name="udpTunnel">The mode of tunnels inside UDP where there is a NAT, else 0.</param>
    /// <param name="theirs">The peer's offer in words.</param>
    /// <param name="onlyPfs">True when nothing but perfect forward secrecy stands in the way.</param>
    public static Phase2Choice? Select(
        SaPayload offer, VpnPolicy vpn, EncapsulationMode udpTunnel, out string theirs, out bool onlyPfs)
    {
        List<string> words = [];
        onlyPfs = false;
        Phase2Choice? choice = null;
        foreach (ProposalPayload proposal in offer)
        {
            // RFC 2408 section 4.2: proposals of one number are a bundle, all of it or none.
            if (TryFindPartner(offer, proposal, out ProposalPayload around, out bool aroundFirst))
            {
                if (proposal.Protocol == SecurityProtocol.Esp)
                {
                    Phase2Choice? bundle = SelectBundle(proposal, around, aroundFirst, vpn, udpTunnel, words, out bool differs);
                    choice ??= bundle;
                    onlyPfs |= differs;
                }

                continue;
            }

            bool usable = IsUsable(proposal) && CountOf(offer, proposal.Number) == 1;
            foreach (TransformPayload transform in proposal)
            {
                bool match = Match(proposal, transform, vpn, udpTunnel, words, out Phase2Choice? found, out bool pfsDiffers);
                choice ??= match && usable ? found : null;
                onlyPfs |= usable && pfsDiffers;
            }
        }

        theirs = string.Join(", ", words.Distinct());
        onlyPfs &= choice is null;
        return choice;
    }

    /// <summary>The initiator's check of the answer: exactly one transform, and one of ours; null otherwise.</summary>
    public static Phase2Choice? Confirm(SaPayload reply, VpnPolicy vpn, EncapsulationMode udpTunnel, out string theirs)
    {
        List<string> words = [];
        Phase2Choice? choice = null;
        int count = 0;
        foreach (ProposalPayload proposal in reply)
        {
            if (TryFindPartner(reply, proposal, out ProposalPayload around, out bool aroundFirst))
            {
                if (proposal.Protocol == SecurityProtocol.Esp)
                {
                    count += proposal.TransformCount * around.TransformCount;
                    choice = SelectBundle(proposal, around, aroundFirst, vpn, udpTunnel, words, out _) is { } bundle && bundle.PfsGroup == vpn.PfsGroup
                        ? bundle : null;
                }

                continue;
            }

            bool usable = IsUsable(proposal);
            foreach (TransformPayload transform in proposal)
            {
                count++;
                choice = Match(proposal, transform, vpn, udpTunnel, words, out Phase2Choice? found, out _) && usable
                    && found.PfsGroup == vpn.PfsGroup && found.IsExtended == found.Policy.IsExtended ? found : null;
            }
        }

        theirs = string.Join(", ", words);
        return count == 1 ? choice : null;
    }

    private static bool IsUsable(ProposalPayload proposal) =>
        proposal.Protocol is SecurityProtocol.Esp or SecurityProtocol.Ah && proposal.Spi.Length == 4
        && BinaryPrimitives.ReadUInt32BigEndian(proposal.Spi) >= FirstAssignableSpi;

    private static int CountOf(SaPayload offer, byte number)
    {
        int count = 0;
        foreach (ProposalPayload proposal in offer)
        {
            count += proposal.Number == number ? 1 : 0;
        }

        return count;
    }

    // The one of ESP and AH that stands under the same number, where exactly these two do.
    private static bool TryFindPartner(SaPayload offer, ProposalPayload proposal, out ProposalPayload partner, out bool isFirst)
    {
        partner = default;
        isFirst = false;
        if (CountOf(offer, proposal.Number) != 2 || !IsUsable(proposal))
        {
            return false;
        }

        SecurityProtocol wanted = proposal.Protocol == SecurityProtocol.Esp ? SecurityProtocol.Ah : SecurityProtocol.Esp;
        bool seen = false;
        foreach (ProposalPayload other in offer)
        {
            if (other.Number == proposal.Number && other.Protocol == wanted && IsUsable(other))
            {
                partner = other;
                isFirst = !seen;
                return true;
            }

            seen |= other.Number == proposal.Number;
        }

        return false;
    }

    // The first transform of ESP that fits with one of AH.
    private static Phase2Choice? SelectBundle(
        ProposalPayload esp, ProposalPayload ah, bool ahFirst, VpnPolicy vpn, EncapsulationMode udpTunnel, List<string> words, out bool pfsDiffers)
    {
        pfsDiffers = false;
        Phase2Choice? choice = null;
        foreach (TransformPayload transform in esp)
        {
            foreach (TransformPayload around in ah)
            {
                OfferedPhase2 outside = OfferedPhase2.Read(around);
                // Both modes of AH look the same around a tunnel of ESP: one header in front.
                bool fits = !outside.IsStrange && !outside.IsExtended && udpTunnel == 0
                    && (outside.Mode == (ulong)EncapsulationMode.Transport || (!vpn.IsTransport && outside.Mode == (ulong)EncapsulationMode.Tunnel));
                MacAlgorithm mac = fits ? MacOf((AhTransform)around.Id, (EspAuthentication)outside.Authentication) : MacAlgorithm.None;
                bool match = Match(esp, transform, vpn, udpTunnel, words, out Phase2Choice? found, out bool differs, mac, isBundle: true);
                bool sameGroup = found is null || outside.Group == 0 || outside.Group == (ulong)found.PfsGroup;
                pfsDiffers |= differs || !sameGroup;
                if (choice is null && match && sameGroup)
                {
                    choice = found! with
                    {
                        AroundPeerSpi = BinaryPrimitives.ReadUInt32BigEndian(ah.Spi),
                        AroundTransform = around.Whole.ToArray(),
                        IsAroundFirst = ahFirst,
                    };
                }
            }
        }

        // SAs of both protocols share the numbers here.
        return choice?.AroundPeerSpi == choice?.PeerSpi ? null : choice;
    }

    private static void AddBundle(List<byte[]> proposals, int number, Phase2Policy policy, VpnPolicy vpn, uint spi, uint aroundSpi, EncapsulationMode mode)
    {
        Phase2Policy around = policy with { Protocol = SecurityProtocol.Ah, Mac = policy.AroundMac, Cipher = CipherAlgorithm.Null, CipherKeyBytes = 0 };
        proposals.Add(Proposals.Proposal(
            number, last: false, SecurityProtocol.Ah, Bytes.Of(aroundSpi), [Proposals.Transform(TransformId(around), 1, true, Attributes(around, vpn.PfsGroup, mode))]));
        // Some peers want ESP to authenticate by itself, too.
        Phase2Policy[] inside = policy.Cipher == CipherAlgorithm.AesGcm ? [policy] : [policy, policy with { Mac = policy.AroundMac }];
        proposals.Add(Proposals.Proposal(
            number, last: false, SecurityProtocol.Esp, Bytes.Of(spi),
            [.. inside.Select((p, i) => Proposals.Transform(TransformId(p), i + 1, i + 1 == inside.Length, Attributes(p, vpn.PfsGroup, mode)))]));
    }

    // RFC 2407 section 4.4.3: the attribute says the same as the transform.
    private static MacAlgorithm MacOf(AhTransform transform, EspAuthentication authentication) => (transform, authentication) switch
    {
        (AhTransform.Md5, EspAuthentication.HmacMd5) => MacAlgorithm.HmacMd5,
        (AhTransform.Sha1, EspAuthentication.HmacSha1) => MacAlgorithm.HmacSha1,
        (AhTransform.Sha256, EspAuthentication.HmacSha256) => MacAlgorithm.HmacSha256,
        _ => MacAlgorithm.None,
    };

    private static (ushort Type, uint Value)[] Attributes(Phase2Policy policy, int pfsGroup, EncapsulationMode mode)
    {
        List<(ushort, uint)> attributes =
        [
            ((ushort)Phase2Attribute.LifeType, (uint)LifeType.Seconds),
            ((ushort)Phase2Attribute.LifeDuration, policy.LifetimeSeconds),
            ((ushort)Phase2Attribute.EncapsulationMode, (uint)mode),
        ];
        // RFC 4106 section 8.3: a cipher that authenticates has no algorithm beside it.
        if (policy.Mac != MacAlgorithm.None)
        {
            attributes.Add(((ushort)Phase2Attribute.Authentication, (uint)Authentication(policy.Mac)));
        }

        if (policy.LifetimeKilobytes != 0)
        {
            attributes.Insert(2, ((ushort)Phase2Attribute.LifeType, (uint)LifeType.Kilobytes));
            attributes.Insert(3, ((ushort)Phase2Attribute.LifeDuration, policy.LifetimeKilobytes));
        }

        if (pfsGroup != 0)
        {
            attributes.Add(((ushort)Phase2Attribute.Group, (uint)pfsGroup));
        }

        if (policy.NamesKeyLength)
        {
            attributes.Add(((ushort)Phase2Attribute.KeyLength, (uint)policy.CipherKeyBytes * 8));
        }

        if (policy.IsExtended)
        {
            attributes.Add(((ushort)Phase2Attribute.ExtendedSequence, ExtendedNumbers));
        }

        return [.. attributes];
    }

    private static bool Match(
        ProposalPayload proposal, TransformPayload transform, VpnPolicy vpn, EncapsulationMode udpTunnel, List<string> words,
        [NotNullWhen(true)] out Phase2Choice? choice, out bool pfsDiffers, MacAlgorithm aroundMac = MacAlgorithm.None, bool isBundle = false)
    {
        OfferedPhase2 offer = OfferedPhase2.Read(transform);
        (ulong keyBits, ulong authentication, ulong group, ulong mode, bool extended) = (offer.KeyBits, offer.Authentication, offer.Group, offer.Mode, offer.IsExtended);
        words.Add((isBundle ? AlgorithmNames.Bundle : string.Empty) + Describe(proposal.Protocol, transform.Id, keyBits, isBundle && aroundMac != 0 ? (ulong)Authentication(aroundMac) : authentication, group, mode) + (extended ? AlgorithmNames.Extended : string.Empty));
        choice = null;
        byte id = transform.Id;
        SecurityProtocol protocol = proposal.Protocol;
        Phase2Policy? policy = offer.IsStrange || !IsMode(mode, vpn.IsTransport, udpTunnel) || (protocol == SecurityProtocol.Ah && udpTunnel != 0) ? null
            : (isBundle ? vpn.Proposals.Where(p => p.IsBundle && p.AroundMac == aroundMac).Select(p => authentication == 0 ? p : p with { Mac = aroundMac })
                : vpn.Proposals.Where(p => !p.IsBundle))
            .FirstOrDefault(p => p.Protocol == protocol && (p.IsExtended || !extended) && Is(p, id, keyBits, authentication));
        // Without a group of our own, a peer that wants the extra exchange may have it.
        bool pfs = vpn.PfsGroup == 0 ? group is 0 or 1 or 2 or 5 or 14 : group == (ulong)vpn.PfsGroup;
        pfsDiffers = policy is not null && !pfs;
        if (policy is null || !pfs)
        {
            return false;
        }

        ulong offered = offer.Seconds ?? IkeIntentReader.DefaultLifetimeSeconds;
        if (vpn.Lifetimes is { } range && !range.Allows(offered, offer.Kilobytes))
        {
            return false;
        }

        uint peerSpi = proposal.Spi.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(proposal.Spi) : 0;
        choice = new Phase2Choice(
            policy, peerSpi, (int)group,
            offered == 0 ? policy.LifetimeSeconds : (uint)Math.Min(offered, policy.LifetimeSeconds),
            Shorter(offer.Kilobytes, policy.LifetimeKilobytes), offered, proposal.Number, transform.Whole.ToArray())
        {
            IsExtended = extended,
            IsShorterInKilobytes = policy.LifetimeKilobytes != 0 && (offer.Kilobytes == 0 || offer.Kilobytes > policy.LifetimeKilobytes),
        };
        return true;
    }

    // Peers mix up the numbers of the RFC and of its drafts; what they mean is the same.
    private static bool IsMode(ulong mode, bool transport, EncapsulationMode udpTunnel) => udpTunnel == 0
        ? mode == (ulong)(transport ? EncapsulationMode.Transport : EncapsulationMode.Tunnel)
        : transport ? mode is (ulong)EncapsulationMode.UdpTransport or (ulong)EncapsulationMode.UdpTransportDraft
        : mode is (ulong)EncapsulationMode.UdpTunnel or (ulong)EncapsulationMode.UdpTunnelDraft;

    /// <summary>The mode that a tunnel offers and accepts, inside UDP where there is a NAT.</summary>
    public static EncapsulationMode ModeOf(VpnPolicy vpn, EncapsulationMode udpTunnel) => (udpTunnel, vpn.IsTransport) switch
    {
        (0, false) => EncapsulationMode.Tunnel,
        (0, true) => EncapsulationMode.Transport,
        (_, false) => udpTunnel,
        (EncapsulationMode.UdpTunnelDraft, true) => EncapsulationMode.UdpTransportDraft,
        _ => EncapsulationMode.UdpTransport,
    };

    // 0 is no limit.
    private static uint Shorter(ulong theirs, uint ours) =>
        theirs == 0 ? ours : ours == 0 ? (uint)Math.Min(theirs, uint.MaxValue) : (uint)Math.Min(theirs, ours);

    private static bool Is(Phase2Policy policy, byte transform, ulong keyBits, ulong authentication) =>
        transform == TransformId(policy) && authentication == (ulong)Authentication(policy.Mac)
        && (policy.NamesKeyLength ? keyBits == (ulong)policy.CipherKeyBytes * 8
            : keyBits == 0 || keyBits == (ulong)policy.CipherKeyBytes * 8);

    private static byte TransformId(Phase2Policy policy) =>
        policy.Protocol == SecurityProtocol.Ah ? (byte)AhTransformId(policy.Mac) : (byte)EspTransformId(policy.Cipher);

    private static AhTransform AhTransformId(MacAlgorithm mac) => mac switch
    {
        MacAlgorithm.HmacMd5 => AhTransform.Md5,
        MacAlgorithm.HmacSha1 => AhTransform.Sha1,
        _ => AhTransform.Sha256,
    };

    private static EspTransform EspTransformId(CipherAlgorithm cipher) => cipher switch
    {
        CipherAlgorithm.Null => EspTransform.Null,
        CipherAlgorithm.DesCbc => EspTransform.Des,
        CipherAlgorithm.TripleDesCbc => EspTransform.TripleDes,
        CipherAlgorithm.AesGcm => EspTransform.AesGcm16,
        _ => EspTransform.AesCbc,
    };

    private static EspAuthentication Authentication(MacAlgorithm mac) => mac switch
    {
        MacAlgorithm.HmacMd5 => EspAuthentication.HmacMd5,
        MacAlgorithm.HmacSha1 => EspAuthentication.HmacSha1,
        MacAlgorithm.HmacSha256 => EspAuthentication.HmacSha256,
        _ => EspAuthentication.None,
    };

    private static string Describe(SecurityProtocol protocol, byte transform, ulong keyBits, ulong authentication, ulong group, ulong mode)
    {
        bool isEsp = protocol == SecurityProtocol.Esp;
        string cipher = protocol == SecurityProtocol.Ah ? AlgorithmNames.Ah : !isEsp ? $"protocol-{(byte)protocol}" : (EspTransform)transform switch
        {
            EspTransform.Des => "des-cbc",
            EspTransform.TripleDes => "3des-cbc",
            EspTransform.Null => "null",
            EspTransform.AesCbc => $"aes-{keyBits}-cbc",
            EspTransform.AesGcm16 => $"aes-{keyBits}-gcm",
            _ => $"cipher-{transform}",
        };
        string mac = authentication switch
        {
            0 => isEsp && (EspTransform)transform == EspTransform.AesGcm16 ? AlgorithmNames.OwnTag : "no authentication",
            1 => "hmac-md5-96",
            2 => "hmac-sha1-96",
            5 => "hmac-sha-256-128",
            _ => $"authentication-{authentication}",
        };
        string modeWord = (EncapsulationMode)mode switch
        {
            EncapsulationMode.Tunnel => string.Empty,
            EncapsulationMode.Transport => "/transport",
            EncapsulationMode.UdpTunnel or EncapsulationMode.UdpTunnelDraft => AlgorithmNames.InsideUdp,
            EncapsulationMode.UdpTransport or EncapsulationMode.UdpTransportDraft => "/transport" + AlgorithmNames.InsideUdp,
            _ => $"/mode-{mode}",
        };
        return $"{cipher}/{mac}/{(group == 0 ? "no pfs" : $"pfs group{group}")}{modeWord}";
    }
}
