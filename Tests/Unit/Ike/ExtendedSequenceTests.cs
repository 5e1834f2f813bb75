using RouterOS.Abstractions.Crypto;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Wire;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

/// <summary>Sequence numbers of 64 bits in phase 2 (RFC 4304), and the size of the replay window.</summary>
public sealed class ExtendedSequenceTests
{
    [Fact]
    [Trait("rfc", "4304:2")]
    public void Both_ends_agree_and_their_rows_say_so()
    {
        Lab lab = new Lab().With(i =>
        {
            i.Vpns[0].Proposals[0].ExtendedSequence = true;
            i.Vpns[0].ReplayWindow = 4096;
        }).Up();
        Assert.Equal(0, lab.Traffic(1));
        foreach (SimulatedRouter router in (SimulatedRouter[])[lab.Left, lab.Right])
        {
            Phase2Sa sa = Assert.Single(router.Phase2());
            SaRow row = Assert.IsType<SaRow>(router.Module.Rows[("sa-in", $"{sa.InboundSpi}")]);
            Assert.Equal((true, true, 4096u, 4096u), (sa.ExtendedSequence, row.ExtendedSequence, row.ReplayWindow, sa.ReplayWindow));
        }
    }

    [Fact]
    public void A_peer_that_does_not_ask_for_it_goes_without()
    {
        Lab lab = new();
        lab.RightVpn.Proposals[0].ExtendedSequence = true;
        lab.Start();
        lab.Network.RunSeconds(10);
        Assert.False(Assert.Single(lab.Right.Phase2()).ExtendedSequence);
        Assert.Equal(64u, Assert.Single(lab.Right.Phase2()).ReplayWindow);
    }

    [Fact]
    public void A_peer_that_asks_for_it_in_vain_is_told_why()
    {
        Lab lab = new();
        lab.LeftVpn.Proposals[0].ExtendedSequence = true;
        lab.Start();
        lab.Network.RunSeconds(10);
        Failure failure = Assert.Single(lab.Right.Failures(), f => f.Phase == 2);
        Assert.Equal((Failure.Types.Kind.Proposal, Failure.Types.Aspect.SequenceNumbers), (failure.Kind, failure.Aspect));
        Assert.Contains("they offer 64-bit sequence numbers, we accept 32-bit sequence numbers", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_that_drops_what_was_offered_is_refused()
    {
        VpnPolicy with = Policy(extended: true);
        Assert.True(SaPayload.TryParse(Phase2Negotiation.Offer(with, 0x1000), out SaPayload offer, out _));
        Assert.True(Phase2Negotiation.Select(offer, with, default, out string words, out _)!.IsExtended);
        Assert.EndsWith("/64-bit sequence numbers", words, StringComparison.Ordinal);
        Assert.NotNull(Phase2Negotiation.Confirm(offer, with, default, out _));
        Assert.Null(Phase2Negotiation.Select(offer, Policy(extended: false), default, out _, out _));
        Assert.True(SaPayload.TryParse(Phase2Negotiation.Offer(Policy(extended: false), 0x1000), out SaPayload plain, out _));
        Assert.Null(Phase2Negotiation.Confirm(plain, with, default, out _));
        Assert.False(Phase2Negotiation.Select(plain, with, default, out _, out _)!.IsExtended);
    }

    private static VpnPolicy Policy(bool extended) => new(
        "v", ConfigSource.None, "g", "st0.0",
        [new Phase2Policy(CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha1, 3600, 0) { IsExtended = extended }], ConfigSource.None, 0,
        ConfigSource.None, false, default!, ConfigSource.None, DontFragment.Clear, true, string.Empty);
}
