using RouterOS.Abstractions.Crypto;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Wire;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;
using EspProtocol = RouterOS.Proto.Esp.V1.Protocol;

namespace RouterOS.Unit.Ike;

public sealed class AhTests
{
    [Theory]
    [InlineData(Mac.HmacMd596)]
    [InlineData(Mac.HmacSha196)]
    [InlineData(Mac.HmacSha256128)]
    [InlineData(Mac.HmacSha25696)]
    [Trait("rfc", "2407:4.4.3")]
    public void Tunnel_of_ah_comes_up_and_carries_packets_both_ways(Mac mac)
    {
        Lab lab = new();
        Use(lab.LeftVpn, Ah(mac));
        Use(lab.RightVpn, Ah(mac));
        lab.Up();
        Assert.Equal(0, lab.Traffic(2));
        Phase2Sa sa = Assert.Single(lab.Right.Phase2());
        Assert.Equal((EspProtocol.Ah, mac, Cipher.Null), (sa.Proposal.Protocol, sa.Proposal.Mac, sa.Proposal.Cipher));
        Assert.Empty(lab.Left.Failures());
    }

    [Fact]
    public void Ah_on_one_side_only_names_both_offers()
    {
        Lab lab = new();
        Use(lab.LeftVpn, Ah(Mac.HmacSha196));
        lab.Start();
        lab.Network.RunSeconds(10);
        Failure failure = Assert.Single(lab.Right.Failures(), f => f.Phase == 2);
        Assert.Equal(Failure.Types.Kind.Proposal, failure.Kind);
        Assert.StartsWith(
            "phase 2 protocol does not match: they offer ah, we accept esp", failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Esp_and_ah_are_offered_as_alternatives_and_the_first_that_the_peer_has_is_taken()
    {
        Lab lab = new();
        Use(lab.LeftVpn, Lab.Phase2(Cipher.TripleDesCbc, 24, Mac.HmacMd596), Ah(Mac.HmacSha196), Lab.Phase2(Cipher.AesCbc, 16, Mac.HmacSha196));
        Use(lab.RightVpn, Lab.Phase2(Cipher.AesCbc, 16, Mac.HmacSha196), Ah(Mac.HmacSha196));
        lab.Up();
        Assert.Equal(EspProtocol.Ah, Assert.Single(lab.Left.Phase2()).Proposal.Protocol);
        Assert.Equal(0, lab.Traffic(1));
    }

    [Fact]
    public void Deleting_an_ah_pair_tells_the_peer()
    {
        Lab lab = new();
        Use(lab.LeftVpn, Ah(Mac.HmacSha196));
        Use(lab.RightVpn, Ah(Mac.HmacSha196));
        lab.Up();
        uint spi = lab.Left.Phase2()[0].InboundSpi;
        _ = lab.Left.Ask(s => s.ClearPhase2(new ClearRequest(), null!));
        lab.Network.RunSeconds(2);
        Assert.DoesNotContain(lab.Right.Phase2(), sa => sa.OutboundSpi == spi);
    }

    [Fact]
    public void Behind_a_nat_ah_is_refused_with_the_reason()
    {
        VpnPolicy vpn = new(
            "v", ConfigSource.None, "g", "st0.0",
            [new Phase2Policy(CipherAlgorithm.Null, 0, MacAlgorithm.HmacSha1, 3600, 0) { Protocol = SecurityProtocol.Ah }], ConfigSource.None, 0,
            ConfigSource.None, false, default!, ConfigSource.None, DontFragment.Clear, true, string.Empty);
        Assert.True(SaPayload.TryParse(Phase2Negotiation.Offer(vpn, 0x1000), out SaPayload offer, out _));
        Assert.NotNull(Phase2Negotiation.Select(offer, vpn, default, out _, out _));
        Assert.Null(Phase2Negotiation.Select(offer, vpn, EncapsulationMode.UdpTunnel, out _, out _));
        Assert.Contains("NAT", Phase2Negotiation.WhyNotBehindNat(vpn, EncapsulationMode.UdpTunnel), StringComparison.Ordinal);
        Assert.Null(Phase2Negotiation.WhyNotBehindNat(vpn, default));
    }

    private static Phase2Proposal Ah(Mac mac)
    {
        Phase2Proposal proposal = Lab.Phase2(Cipher.Null, 0, mac);
        proposal.Protocol = EspProtocol.Ah;
        return proposal;
    }

    private static void Use(Vpn vpn, params Phase2Proposal[] proposals)
    {
        vpn.Proposals.Clear();
        vpn.Proposals.AddRange(proposals);
    }
}
