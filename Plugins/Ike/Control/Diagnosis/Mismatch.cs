using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Diagnosis;

/// <summary>Says in what an offer and our proposals differ: the one attribute where it is one, all of both otherwise.</summary>
internal static class Mismatch
{
    /// <summary>The peer's phase 1 offer, of which nothing fits.</summary>
    public static IkeFailure Phase1(SaPayload offer, GatewayPolicy gateway) =>
        Phase1("they offer", OfferWords.Phase1(offer), "we accept", gateway);

    /// <summary>The peer's answer in phase 1, which is nothing that we offered.</summary>
    public static IkeFailure Phase1Answer(SaPayload answer, GatewayPolicy gateway) =>
        Phase1("they choose", OfferWords.Phase1(answer), "we offer", gateway);

    /// <summary>The peer refuses our phase 1 offer and does not say what it would take.</summary>
    public static IkeFailure Phase1Refused(GatewayPolicy gateway, string notification) => new(
        FailureKind.Proposal, 1,
        $"the peer refuses our phase 1 proposals ({notification}): we offer {OfferWords.Join(gateway.Proposals.Select(OfferWords.Of))}",
        SourceOf(gateway))
    {
        Aspect = FailureAspect.RefusedByPeer,
        Ours = OfferWords.Join(gateway.Proposals.Select(OfferWords.Of)),
        Evidence = [notification],
    };

    /// <summary>The peer begins with the other mode.</summary>
    public static IkeFailure Mode(GatewayPolicy gateway, string theirs) => new(
        FailureKind.Mode, 1, $"exchange mode does not match: they ask for {theirs}, we accept {ModeOf(gateway)}", gateway.ModeSource)
    {
        Theirs = theirs,
        Ours = ModeOf(gateway),
    };

    /// <summary>The peer refuses the mode that we begin with.</summary>
    public static IkeFailure ModeRefused(GatewayPolicy gateway, string notification) => new(
        FailureKind.Mode, 1,
        $"the peer refuses {ModeOf(gateway)} ({notification}): it may want {(gateway.IsAggressive ? "main mode" : "aggressive mode")}", gateway.ModeSource)
    {
        Aspect = FailureAspect.RefusedByPeer,
        Ours = ModeOf(gateway),
        Evidence = [notification],
    };

    /// <summary>The peer's phase 2 offer, of which nothing fits.</summary>
    public static IkeFailure Phase2(SaPayload offer, VpnPolicy vpn, EncapsulationMode udpTunnel) =>
        Phase2Negotiation.WhyNotBehindNat(vpn, udpTunnel) is { } why ? new(FailureKind.Proposal, 2, why, vpn.ProposalsSource)
        {
            Aspect = FailureAspect.Protocol,
            Ours = "esp",
        }
        : Lifetime(offer, vpn, udpTunnel) ?? Phase2("they offer", OfferWords.Phase2(offer), "we accept", vpn, udpTunnel);

    // Everything fits but how long it shall last.
    private static IkeFailure? Lifetime(SaPayload offer, VpnPolicy vpn, EncapsulationMode udpTunnel)
    {
        if (vpn.Lifetimes is not { } range
            || Phase2Negotiation.Select(offer, vpn with { Lifetimes = null }, udpTunnel, out _, out _) is not { } choice)
        {
            return null;
        }

        string theirs = $"{choice.OfferedSeconds} seconds"
            + (choice.LifetimeKilobytes is 0 or uint.MaxValue ? string.Empty : $" {choice.LifetimeKilobytes} kilobytes");
        return new(FailureKind.Proposal, 2, $"phase 2 lifetime does not match: they offer {theirs}, outside {range}", vpn.ProposalsSource)
        {
            Theirs = theirs,
            Ours = range.ToString(),
        };
    }

    /// <summary>The peer's answer in phase 2, which is nothing that we offered.</summary>
    public static IkeFailure Phase2Answer(SaPayload answer, VpnPolicy vpn, EncapsulationMode udpTunnel) =>
        Phase2("they choose", OfferWords.Phase2(answer), "we offer", vpn, udpTunnel);

    /// <summary>The peer refuses our phase 2 offer and does not say what it would take.</summary>
    public static IkeFailure Phase2Refused(VpnPolicy vpn, EncapsulationMode udpTunnel, string notification)
    {
        string ours = OfferWords.Join(vpn.Proposals.Select(p => OfferWords.Of(p, vpn.PfsGroup, Phase2Negotiation.ModeOf(vpn, udpTunnel))));
        return new(
            FailureKind.Proposal, 2, $"the peer refuses our phase 2 proposals ({notification}): we offer {ours}", vpn.ProposalsSource)
        {
            Aspect = FailureAspect.RefusedByPeer,
            Ours = ours,
            Evidence = [notification],
        };
    }

    private static string ModeOf(GatewayPolicy gateway) => gateway.IsAggressive ? "aggressive mode" : "main mode";

    private static ConfigSource SourceOf(GatewayPolicy gateway) =>
        gateway.Proposals is [{ Source.Path.Length: > 0 } only] ? only.Source : gateway.ProposalsSource;

    private static IkeFailure Phase1(string they, List<OfferWord[]> offers, string we, GatewayPolicy gateway)
    {
        OfferWord[][] accepted = [.. gateway.Proposals.Select(OfferWords.Of)];
        if (Nearest(offers, accepted) is not { } near)
        {
            string theirs = OfferWords.Join(offers);
            string ours = OfferWords.Join(accepted);
            return new(FailureKind.Proposal, 1, $"phase 1 proposals do not match: {they} {theirs}, {we} {ours}", SourceOf(gateway))
            {
                Theirs = theirs,
                Ours = ours,
            };
        }

        string name = near.Theirs.Aspect switch
        {
            FailureAspect.Encryption => "encryption",
            FailureAspect.Hash => "hash",
            FailureAspect.Group => "Diffie-Hellman group",
            _ => "authentication method",
        };
        ConfigSource source = gateway.Proposals[near.Index].Source;
        return new(
            FailureKind.Proposal, 1, $"phase 1 {name} does not match: {they} {near.Theirs.Text}, {we} {near.Ours.Text}",
            source.Path.Length > 0 ? source : gateway.ProposalsSource)
        {
            Aspect = near.Theirs.Aspect,
            Theirs = near.Theirs.Text,
            Ours = near.Ours.Text,
        };
    }

    private static IkeFailure Phase2(string they, List<OfferWord[]> offers, string we, VpnPolicy vpn, EncapsulationMode udpTunnel)
    {
        OfferWord[][] accepted = [.. vpn.Proposals.Select(p => OfferWords.Of(p, vpn.PfsGroup, Phase2Negotiation.ModeOf(vpn, udpTunnel)))];
        if (Nearest(offers, accepted) is not { } near)
        {
            string theirs = OfferWords.Join(offers);
            string ours = OfferWords.Join(accepted);
            return new(FailureKind.Proposal, 2, $"phase 2 proposals do not match: {they} {theirs}, {we} {ours}", vpn.ProposalsSource)
            {
                Theirs = theirs,
                Ours = ours,
            };
        }

        (FailureKind kind, string name) = near.Theirs.Aspect switch
        {
            FailureAspect.Group => (FailureKind.Pfs, "perfect forward secrecy"),
            FailureAspect.Encryption => (FailureKind.Proposal, "phase 2 encryption"),
            FailureAspect.Hash => (FailureKind.Proposal, "phase 2 authentication algorithm"),
            FailureAspect.Protocol => (FailureKind.Proposal, "phase 2 protocol"),
            FailureAspect.SequenceNumbers => (FailureKind.Proposal, "phase 2 size of sequence numbers"),
            _ => (FailureKind.Proposal, "phase 2 encapsulation mode"),
        };
        ConfigSource own = vpn.Proposals[near.Index].Source;
        ConfigSource source = kind == FailureKind.Pfs ? vpn.PfsSource : own.Path.Length > 0 ? own : vpn.ProposalsSource;
        return new(kind, 2, $"{name} does not match: {they} {near.Theirs.Text}, {we} {near.Ours.Text}", source)
        {
            Aspect = near.Theirs.Aspect,
            Theirs = near.Theirs.Text,
            Ours = near.Ours.Text,
        };
    }

    // The attribute in which an offer and a proposal of ours differ where it is one alone. AH has no cipher: nothing else counts then.
    private static (OfferWord Theirs, OfferWord Ours, int Index)? Nearest(List<OfferWord[]> offers, OfferWord[][] accepted)
    {
        for (int index = 0; index < accepted.Length; index++)
        {
            foreach (OfferWord[] offer in offers)
            {
                int[] different = [.. Enumerable.Range(0, offer.Length).Where(i => offer[i].Text != accepted[index][i].Text)];
                if (different.Length == 1 || (different.Length > 1 && offer[different[0]].Aspect == FailureAspect.Protocol && offers.Count == 1))
                {
                    return (offer[different[0]], accepted[index][different[0]], index);
                }
            }
        }

        return null;
    }
}
