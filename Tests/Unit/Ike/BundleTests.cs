using RouterOS.Abstractions.Crypto;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Wire;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;
using EspProtocol = RouterOS.Proto.Esp.V1.Protocol;

namespace RouterOS.Unit.Ike;

/// <summary>Two proposals of one number: ESP inside AH (RFC 2408 section 4.2).</summary>
public sealed class BundleTests
{
    [Theory]
    [InlineData(Cipher.AesCbc, 16, Mac.HmacSha196)]
    [InlineData(Cipher.TripleDesCbc, 24, Mac.HmacMd596)]
    [InlineData(Cipher.AesCbc, 32, Mac.HmacSha256128)]
    [InlineData(Cipher.AesCbc, 16, Mac.HmacSha25696)]
    [InlineData(Cipher.AesGcm16, 16, Mac.HmacSha196)]
    [Trait("rfc", "2408:4.2")]
    public void Bundle_comes_up_and_carries_packets_both_ways(Cipher cipher, uint keyBytes, Mac mac)
    {
        Lab lab = Bundles(Bundle(cipher, keyBytes, mac));
        Assert.Equal(0, lab.Traffic(2));
        Phase2Sa left = Assert.Single(lab.Left.Phase2());
        Phase2Sa right = Assert.Single(lab.Right.Phase2());
        Assert.Equal((EspProtocol.Bundle, mac, cipher, Mac.None), (right.Proposal.Protocol, right.Proposal.Mac, right.Proposal.Cipher, right.EspMac));
        Assert.Equal((left.InboundSpi, left.InboundAhSpi), (right.OutboundSpi, right.OutboundAhSpi));
        Assert.Equal((left.OutboundSpi, left.OutboundAhSpi), (right.InboundSpi, right.InboundAhSpi));
        Assert.Equal(4, new HashSet<uint> { left.InboundSpi, left.InboundAhSpi, left.OutboundSpi, left.OutboundAhSpi }.Count);
        Assert.Empty(lab.Left.Failures());
    }

    [Fact]
    public void Rekeying_loses_nothing_and_leaves_no_row_behind()
    {
        Lab lab = Bundles(Bundle(Cipher.AesCbc, 16, Mac.HmacSha196, seconds: 60));
        uint first = lab.Left.Phase2()[0].InboundAhSpi;
        Assert.Equal(0, lab.Traffic(400));
        Assert.DoesNotContain(lab.Left.Phase2(), sa => sa.InboundAhSpi == first);
        Assert.True(lab.Left.Phase2().Count <= 2);
    }

    [Fact]
    public void Clearing_a_bundle_tells_the_peer_of_both()
    {
        Lab lab = Bundles(Bundle(Cipher.AesCbc, 16, Mac.HmacSha196));
        uint spi = lab.Left.Phase2()[0].InboundSpi;
        _ = lab.Left.Ask(s => s.ClearPhase2(new ClearRequest(), null!));
        lab.Network.RunSeconds(2);
        Assert.DoesNotContain(lab.Right.Phase2(), sa => sa.OutboundSpi == spi);
    }

    [Fact]
    public void Bundle_on_one_side_only_names_both_offers()
    {
        Lab lab = new();
        lab.LeftVpn.Proposals.Clear();
        lab.LeftVpn.Proposals.Add(Bundle(Cipher.AesCbc, 16, Mac.HmacSha196));
        lab.Start();
        lab.Network.RunSeconds(10);
        Failure failure = Assert.Single(lab.Right.Failures(), f => f.Phase == 2);
        Assert.Equal(Failure.Types.Kind.Proposal, failure.Kind);
        Assert.StartsWith("phase 2 protocol does not match: they offer bundle, we accept esp", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bundle_and_its_halves_are_alternatives()
    {
        VpnPolicy both = Policy(Inside(16), new Phase2Policy(CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha1, 3600, 0));
        VpnPolicy alone = Policy(new Phase2Policy(CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha1, 3600, 0));
        Assert.True(SaPayload.TryParse(Phase2Negotiation.Offer(both, 0x1000, aroundSpi: 0x2000), out SaPayload offer, out _));
        Phase2Choice bundle = Phase2Negotiation.Select(offer, both, default, out string theirs, out _)!;
        Assert.Equal((true, 0x1000u, 0x2000u, (byte)1, true), (bundle.Policy.IsBundle, bundle.PeerSpi, bundle.AroundPeerSpi, bundle.Number, bundle.IsAroundFirst));
        Assert.Equal("ah+aes-128-cbc/hmac-sha1-96/no pfs, aes-128-cbc/hmac-sha1-96/no pfs", theirs);
        Assert.Equal((false, (byte)2), (Phase2Negotiation.Select(offer, alone, default, out _, out _) is { } esp ? (esp.Policy.IsBundle, esp.Number) : default));
        // No half of it passes for the whole, in either direction.
        Assert.True(SaPayload.TryParse(Phase2Negotiation.Offer(alone, 0x1000), out SaPayload espOffer, out _));
        Assert.Null(Phase2Negotiation.Select(espOffer, Policy(Inside(16)), default, out _, out _));
        Assert.Null(Phase2Negotiation.Confirm(espOffer, Policy(Inside(16)), default, out _));
        Assert.Null(Phase2Negotiation.Select(offer, both, EncapsulationMode.UdpTunnel, out _, out _));
        Assert.Contains("NAT", Phase2Negotiation.WhyNotBehindNat(Policy(Inside(16)), EncapsulationMode.UdpTunnel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Peers_order_and_own_integrity_of_esp_are_taken(bool ahLast)
    {
        VpnPolicy vpn = Policy(Inside(16));
        byte[] ah = Proposals.Proposal(7, ahLast, SecurityProtocol.Ah, [0, 0, 32, 0],
            [Proposals.Transform(2, 1, false, [(1, 1), (2, 3600), (4, 1), (5, 1)]), Proposals.Transform(3, 2, true, [(1, 1), (2, 3600), (4, 2), (5, 2)])]);
        byte[] esp = Proposals.Proposal(7, !ahLast, SecurityProtocol.Esp, [0, 0, 16, 0],
            [Proposals.Transform(3, 1, false, [(1, 1), (2, 3600), (4, 1), (5, 2)]), Proposals.Transform(12, 2, true, [(1, 1), (2, 3600), (4, 1), (5, 2), (6, 128)])]);
        Assert.True(SaPayload.TryParse(Proposals.SaBody(ahLast ? [esp, ah] : [ah, esp]), out SaPayload offer, out _));
        Phase2Choice choice = Phase2Negotiation.Select(offer, vpn, default, out _, out _)!;
        Assert.Equal((MacAlgorithm.HmacSha1, MacAlgorithm.HmacSha1), (choice.Policy.Mac, choice.Policy.AroundMac));
        Assert.True(SaPayload.TryParse(choice.ReplyBody(0x3000, 0x4000), out SaPayload reply, out _));
        Phase2Choice confirmed = Phase2Negotiation.Confirm(reply, vpn, default, out _)!;
        Assert.Equal((0x3000u, 0x4000u, !ahLast), (confirmed.PeerSpi, confirmed.AroundPeerSpi, confirmed.IsAroundFirst));
    }

    private static Lab Bundles(Phase2Proposal proposal)
    {
        Lab lab = new();
        foreach (Vpn vpn in (Vpn[])[lab.LeftVpn, lab.RightVpn])
        {
            vpn.Proposals.Clear();
            vpn.Proposals.Add(proposal.Clone());
        }

        lab.Up();
        return lab;
    }

    private static Phase2Proposal Bundle(Cipher cipher, uint keyBytes, Mac mac, uint seconds = 3600)
    {
        Phase2Proposal proposal = Lab.Phase2(cipher, keyBytes, mac, seconds);
        proposal.Protocol = EspProtocol.Bundle;
        return proposal;
    }

    private static Phase2Policy Inside(int keyBytes) => new(CipherAlgorithm.AesCbc, keyBytes, MacAlgorithm.None, 3600, 0) { AroundMac = MacAlgorithm.HmacSha1 };

    private static VpnPolicy Policy(params Phase2Policy[] proposals) => new(
        "vpn", ConfigSource.None, "gw", "st0.0", proposals, ConfigSource.None, 0, ConfigSource.None, true,
        new ProxyIdentity(AddressRange.All, AddressRange.All, 0, 0, 0), ConfigSource.None, DontFragment.Clear, true, "f");
}
