using RouterOS.Ike.Control;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

/// <summary>What is done before the last message of an exchange is there, and what is forgotten once it is.</summary>
public sealed class EarlyTests
{
    private const byte MainMode = 2;
    private const byte QuickMode = 32;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_responder_of_transport_mode_can_send_before_message_3_and_that_of_tunnel_mode_waits(bool transport)
    {
        Lab lab = new Lab().With(i => i.Vpns[0].Transport = transport);
        // Message 3 is the second one that the initiator sends.
        int sent = 0;
        lab.Network.Tap = d => d.Source == Lab.LeftAddress && d.Exchange == QuickMode && ++sent > 1 ? null : d;
        lab.Start();
        Assert.True(lab.Network.RunUntil(() => sent > 1, 10), lab.Explain());
        lab.Network.RunSeconds(0.2);
        Assert.DoesNotContain(lab.Right.Phase2(), s => s.Current);
        SaRow outbound = lab.Right.Module.Rows.Where(r => r.Key.Item1 == "sa-out").Select(r => (SaRow)r.Value).Single();
        Assert.Equal(transport ? outbound.Spi : 0, Protection(lab.Right).OutboundSpi);

        // It comes at last: both kinds send.
        lab.Network.Tap = d => d;
        Assert.True(lab.Network.RunUntil(() => lab.IsUp, 30), lab.Explain());
        lab.Network.RunSeconds(1);
        Assert.Equal(outbound.Spi, Protection(lab.Right).OutboundSpi);
        Assert.Equal(0, lab.Traffic(1));
    }

    [Fact]
    public void What_the_responder_could_send_early_it_sends_no_more_when_message_3_never_comes()
    {
        Lab lab = new Lab().With(i => i.Vpns[0].Transport = true);
        int sent = 0;
        lab.Network.Tap = d => d.Source == Lab.LeftAddress && d.Exchange == QuickMode && ++sent > 1 ? null : d;
        lab.Start();
        Assert.True(lab.Network.RunUntil(() => sent > 1, 10));
        lab.Network.RunSeconds(0.2);
        Assert.NotEqual(0u, Protection(lab.Right).OutboundSpi);
        lab.Network.IsCut = true;
        lab.Network.RunSeconds(180);
        Assert.DoesNotContain(lab.Right.Module.Rows, r => r.Key.Item1 == "sa-out");
        Assert.Equal(0u, Protection(lab.Right).OutboundSpi);
    }

    [Fact]
    public void A_quick_mode_that_has_ended_is_forgotten_by_its_responder_and_its_number_is_not_taken_again()
    {
        Lab lab = new Lab().Up();
        Datagram[] quick = [.. lab.Network.Sent.Where(d => d.Source == Lab.LeftAddress && d.Exchange == QuickMode)];
        Assert.Equal(2, quick.Length);
        ulong before = lab.Right.Drops(IkeDrop.Replayed);
        int answers = Answers(lab);
        lab.Network.Deliver(quick[0]);
        lab.Network.Deliver(quick[1]);
        lab.Network.RunSeconds(2);
        Assert.Equal(answers, Answers(lab));
        Assert.Equal(before + 2, lab.Right.Drops(IkeDrop.Replayed));
        Assert.Single(lab.Right.Phase2());
        Assert.Equal(0, lab.Traffic(1));
    }

    [Fact]
    public void Until_the_peer_uses_its_phase_1_a_repeated_message_5_is_answered_and_afterwards_it_is_nobodys()
    {
        Lab lab = new();
        // Quick mode is held up: the exchange of phase 1 is all there is.
        lab.Network.Tap = d => d.Exchange == QuickMode ? null : d;
        lab.Start();
        lab.Network.RunSeconds(0.01);
        Assert.True(lab.Network.RunUntil(() => lab.Right.UpPhase1().Count == 1 && lab.Left.UpPhase1().Count == 1, 10), lab.Explain());
        Datagram fifth = lab.Network.Sent.Last(d => d.Source == Lab.LeftAddress && d.Exchange == MainMode);
        int answers = Answers(lab);
        lab.Network.Deliver(fifth);
        lab.Network.RunSeconds(0.5);
        Assert.Equal(answers + 1, Answers(lab));

        lab.Network.Tap = d => d;
        Assert.True(lab.Network.RunUntil(() => lab.IsUp, 60), lab.Explain());
        lab.Network.RunSeconds(0.5);
        answers = Answers(lab);
        ulong dropped = lab.Right.Drops(IkeDrop.UnknownSa);
        lab.Network.Deliver(fifth);
        lab.Network.RunSeconds(0.5);
        Assert.Equal(answers, Answers(lab));
        Assert.Equal(dropped + 1, lab.Right.Drops(IkeDrop.UnknownSa));
        Assert.Single(lab.Right.UpPhase1());
        Assert.Equal(0, lab.Traffic(1));
    }

    private static int Answers(Lab lab) => lab.Network.Sent.Count(d => d.Source == Lab.RightAddress && d.Exchange is MainMode or QuickMode);

    private static ProtectionRow Protection(SimulatedRouter router) =>
        router.Module.Rows.Where(r => r.Key.Item1 == "protection").Select(r => (ProtectionRow)r.Value).Single();
}
