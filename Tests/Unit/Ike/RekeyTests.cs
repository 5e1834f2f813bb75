using FsCheck;
using FsCheck.Fluent;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

public sealed class RekeyTests
{
    [Theory]
    [InlineData(3600u, 28800u, 10000.0)]
    [InlineData(180u, 600u, 2000.0)]
    [Trait("rfc", "2408:4.3")]
    public void Rekeys_of_both_phases_lose_no_packet(uint phase2, uint phase1, double seconds)
    {
        Lab lab = Short(phase1, phase2).Up();
        uint spi = lab.Left.Phase2()[0].InboundSpi;
        Assert.Equal(0, lab.Traffic(seconds, 1));
        Assert.NotEqual(spi, lab.Left.Phase2().Single(p => p.Current).InboundSpi);
        AssertConverged(lab);
    }

    [Fact]
    public void Lifetimes_of_seconds_lose_no_packet()
    {
        for (ulong seed = 0; seed < 10; seed++)
        {
            Lab lab = Short(50, 14, seed).Up();
            Assert.Equal(0, lab.Traffic(120, 0.05));
            AssertConverged(lab);
        }
    }

    [Fact]
    public void Responder_rekeys_when_the_initiator_does_not()
    {
        // The right side alone knows of a short life: it answered, so it must start the rekey itself.
        Lab lab = new();
        lab.RightVpn.Proposals[0].LifetimeSeconds = 180;
        lab.RightGateway.Proposals[0].LifetimeSeconds = 600;
        // What it says about phase 1 does not arrive.
        lab.Network.Tap = d => d.Exchange == 5 && d.Source == Lab.RightAddress ? null : d;
        lab.Up();
        lab.Network.RunSeconds(2);
        lab.Network.Tap = d => d;
        Assert.Equal(0, lab.Traffic(1500, 0.5));
        Assert.Contains(lab.Network.Sent, d => d.Source == Lab.RightAddress && d.Exchange == 2 && d.Payload.AsSpan(8, 8).IndexOfAnyExcept((byte)0) < 0);
        AssertConverged(lab);
    }

    [Fact]
    public void Crossed_rekeys_converge_to_one_pair() =>
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            Lab lab = Short(28800, 180, seed);
            lab.RightVpn.EstablishImmediately = true;
            lab.Up();
            // Both sides are told at the same moment that their SA is nearly used up.
            for (int i = 0; i < 3; i++)
            {
                foreach (SimulatedRouter router in (SimulatedRouter[])[lab.Left, lab.Right])
                {
                    string key = router.Phase2().Single(p => p.Current).InboundSpi.ToString();
                    router.Module.Raise(new() { Table = "sa-in", Key = key, Name = "soft-expired" });
                }

                Assert.Equal(0, lab.Traffic(8, 0.2));
            }

            Assert.Equal(0, lab.Traffic(1000, 1));
            AssertConverged(lab);
        }).Check(Seeded.Config.WithMaxTest(10));

    [Fact]
    public void Rekeys_survive_a_lossy_wire() =>
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            Lab lab = Short(600, 180, seed).Up();
            (lab.Network.Loss, lab.Network.Duplication, lab.Network.Delay) = (0.15, 0.2, 0.1);
            _ = lab.Traffic(1500, 1);
            (lab.Network.Loss, lab.Network.Delay) = (0, 0);
            lab.Network.RunSeconds(100);
            Assert.True(lab.IsUp, lab.Explain());
            Assert.Equal(0, lab.Traffic(300, 1));
        }).Check(Seeded.Config.WithMaxTest(20));

    [Fact]
    public void Reauthentication_makes_before_it_breaks_and_phase_2_lives_on()
    {
        Lab lab = Short(600, 86400).Up();
        ulong cookie = lab.Left.Phase1()[0].InitiatorCookie;
        uint spi = lab.Left.Phase2()[0].InboundSpi;
        bool gap = false;
        for (int i = 0; i < 1200; i++)
        {
            lab.Network.RunSeconds(1);
            gap |= lab.Left.UpPhase1().Count == 0 || lab.Right.UpPhase1().Count == 0;
        }

        Assert.False(gap);
        Assert.NotEqual(cookie, lab.Left.Phase1()[0].InitiatorCookie);
        Assert.Equal(spi, Assert.Single(lab.Left.Phase2()).InboundSpi);
        Assert.Single(lab.Left.Phase1());
        Assert.Single(lab.Right.Phase1());
    }

    [Fact]
    public void Old_pair_goes_half_a_minute_after_the_rekey_where_nothing_comes_on_it_and_the_peer_has_shown_that_it_has_the_new_one()
    {
        Lab lab = Short(28800, 3600).Up();
        lab.Network.RunSeconds(10);
        lab.Left.Module.Raise(new() { Table = "sa-in", Key = lab.Left.Phase2()[0].InboundSpi.ToString(), Name = "soft-expired" });
        lab.Network.RunSeconds(30);
        Assert.Equal(2, lab.Left.Phase2().Count);
        lab.Network.RunSeconds(10);
        Assert.Single(lab.Left.Phase2());
        Assert.Single(lab.Right.Phase2());
        Assert.Equal(0, lab.Traffic(1));
    }

    [Fact]
    public void Old_pair_stays_while_the_peer_sends_on_it()
    {
        Lab lab = Short(28800, 3600).Up();
        lab.Network.RunSeconds(10);
        uint old = lab.Left.Module.Protection(1)!.OutboundSpi;
        lab.Left.Module.Raise(new() { Table = "sa-in", Key = lab.Left.Phase2()[0].InboundSpi.ToString(), Name = "soft-expired" });
        lab.Network.RunSeconds(10);
        for (int i = 0; i < 8; i++)
        {
            lab.Right.Module.Receive((SaRow)lab.Left.Module.Rows[("sa-out", $"1/{old}")], null, Lab.LeftAddress, 0);
            lab.Network.RunSeconds(15);
        }

        Assert.Equal(2, lab.Right.Phase2().Count);
        lab.Network.RunSeconds(70);
        Assert.Single(lab.Right.Phase2());
    }

    [Fact]
    public void Old_pair_goes_half_a_minute_after_the_first_packet_on_the_new_one()
    {
        Lab lab = Short(28800, 3600).Up();
        // The other side knows by message 3; what it says about the old pair does not arrive.
        lab.Network.Tap = d => d.Exchange == 5 && d.Source == Lab.RightAddress ? null : d;
        lab.Network.RunSeconds(10);
        lab.Left.Module.Raise(new() { Table = "sa-in", Key = lab.Left.Phase2()[0].InboundSpi.ToString(), Name = "soft-expired" });
        lab.Network.RunSeconds(60);
        Assert.Equal(2, lab.Left.Phase2().Count);
        Assert.Equal(0, lab.Traffic(1));
        lab.Network.RunSeconds(45);
        Assert.Single(lab.Left.Phase2());
        Assert.Single(lab.Right.Phase2());
        Assert.Single(lab.Right.Module.Inbound);
        Assert.Equal(0, lab.Traffic(1));
    }

    [Fact]
    public void Initiator_of_a_rekey_keeps_sending_on_the_old_sa_until_the_peer_can_have_message_3()
    {
        Lab lab = Short(28800, 3600).Up();
        uint old = lab.Left.Module.Protection(1)!.OutboundSpi;
        int lost = 0;
        // Message 3 of the rekey is lost once: the peer asks for it again within a second.
        lab.Network.Tap = d => d.Exchange == 32 && d.Source == Lab.LeftAddress && d.Payload.Length < 100 && lost++ == 0 ? null : d;
        lab.Left.Module.Raise(new() { Table = "sa-in", Key = lab.Left.Phase2()[0].InboundSpi.ToString(), Name = "soft-expired" });
        lab.Network.RunSeconds(1);
        Assert.Equal(old, lab.Left.Module.Protection(1)!.OutboundSpi);
        Assert.Equal(0, lab.Traffic(10));
        Assert.NotEqual(old, lab.Left.Module.Protection(1)!.OutboundSpi);
        Assert.True(lost > 1);
    }

    [Fact]
    public void Pair_whose_bytes_go_before_it_sends_has_a_successor_at_once()
    {
        Lab lab = Short(28800, 3600).With(i => i.Vpns[0].Proposals[0].LifetimeKilobytes = 1000).Up();
        Raise(lab, lab.Left.Phase2()[0], "soft-expired");
        Assert.True(lab.Network.RunUntil(() => lab.Left.Phase2().Count == 2, 1), lab.Explain());
        lab.Network.RunSeconds(0.05);
        Raise(lab, lab.Left.Phase2().Single(p => !p.Current), "soft-expired");
        lab.Network.RunSeconds(0.5);
        Assert.Equal(3, lab.Left.Phase2().Count);
        Assert.Equal(0, lab.Traffic(5));
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(5)]
    public void Pair_that_goes_on_when_its_successor_is_used_up_has_another_one_soon(double after)
    {
        Lab lab = Short(28800, 3600).With(i => i.Vpns[0].Proposals[0].LifetimeKilobytes = 1000).Up();
        uint first = lab.Left.Phase2()[0].InboundSpi;
        Raise(lab, lab.Left.Phase2()[0], "soft-expired");
        Assert.True(lab.Network.RunUntil(() => lab.Left.Phase2().Count == 2, 1), lab.Explain());
        lab.Network.RunSeconds(after);
        Raise(lab, lab.Left.Phase2().Single(p => p.InboundSpi != first), "hard-expired");
        lab.Network.RunSeconds(5);
        Assert.Contains(lab.Left.Phase2(), p => p.Current && p.InboundSpi != first);
        Assert.Equal(0, lab.Traffic(5));
    }

    [Fact]
    public void Peer_that_sends_on_a_pair_with_a_byte_limit_is_sent_to_on_it()
    {
        Lab lab = Short(28800, 3600).With(i => i.Vpns[0].Proposals[0].LifetimeKilobytes = 1000).Up();
        uint old = lab.Left.Module.Protection(1)!.OutboundSpi;
        Raise(lab, lab.Left.Phase2()[0], "soft-expired");
        Assert.Equal(0, lab.Traffic(1));
        Assert.NotEqual(old, lab.Left.Module.Protection(1)!.OutboundSpi);
    }

    [Fact]
    public void Message_3_of_a_pair_with_a_byte_limit_is_repeated_to_a_peer_that_does_not_ask_for_it()
    {
        Lab lab = Short(28800, 3600).With(i => i.Vpns[0].Proposals[0].LifetimeKilobytes = 1000).Up();
        int sent = 0;
        bool repeats = false;
        lab.Network.Tap = d =>
        {
            // The peer's second message 2, and the first message 3.
            repeats |= d is { Exchange: 32, Source: Lab.RightAddress } && d.Payload.Length > 100 && sent > 0;
            return d.Exchange == 32 && (repeats && d.Source == Lab.RightAddress
                || (d.Source == Lab.LeftAddress && d.Payload.Length < 100 && sent++ == 0)) ? null : d;
        };
        Raise(lab, lab.Left.Phase2()[0], "soft-expired");
        Assert.Equal(0, lab.Traffic(10));
        Assert.True(sent > 1);
        Assert.True(lab.Right.Phase2().Single(p => p.Current).InboundSpi == lab.Left.Phase2().Single(p => p.Current).OutboundSpi);
    }

    // 100 MB last for two seconds.
    [Theory]
    [InlineData(1ul)]
    [InlineData(2ul)]
    [InlineData(3ul)]
    public void Lifetimes_of_kilobytes_lose_no_packet_at_full_speed_though_the_traffic_costs_messages_of_the_rekey(ulong seed)
    {
        Lab lab = Short(28800, 3600, seed).With(i => i.Vpns[0].Proposals[0].LifetimeKilobytes = 100_000).Up();
        lab.Left.Module.PacketBytes = lab.Right.Module.PacketBytes = 250_000;
        lab.Network.Loss = 0.3;
        Assert.Equal(0, lab.Traffic(30, 0.005));
        Assert.InRange(lab.Left.Lines.Count(l => l.Text.Contains("is up: inbound", StringComparison.Ordinal)), 30, 120);
    }

    // Nothing comes back that would say that the peer has the new pair.
    [Fact]
    public void Burst_after_a_quiet_time_one_way_does_not_meet_the_end_of_a_pair()
    {
        Lab lab = Short(28800, 3600).With(i => i.Vpns[0].Proposals[0].LifetimeKilobytes = 100_000).Up();
        lab.Network.RunSeconds(600);
        lab.Left.Module.PacketBytes = lab.Right.Module.PacketBytes = 250_000;
        for (int i = 0; i < 2000; i++)
        {
            lab.Left.Module.Send(1);
            lab.Network.RunSeconds(0.005);
        }

        Assert.Equal((0, 0), (lab.Left.Module.NotSent, lab.Right.Module.NotReceived));
    }

    [Fact]
    public void Pair_that_has_sent_all_its_bytes_still_receives_when_its_successor_sends()
    {
        Lab lab = Short(28800, 3600).With(i => i.Vpns[0].Proposals[0].LifetimeKilobytes = 1000).Up();
        Phase2Sa old = lab.Left.Phase2()[0];
        Raise(lab, old, "soft-expired");
        Assert.True(lab.Network.RunUntil(() => lab.Left.Phase2().Count == 2, 1), lab.Explain());
        lab.Left.Module.Raise(new() { Table = "sa-out", Key = $"1/{old.OutboundSpi}", Name = "hard-expired" });
        lab.Network.RunSeconds(0.02);
        Assert.NotEqual(old.OutboundSpi, lab.Left.Module.Protection(1)!.OutboundSpi);
        Assert.Contains(lab.Left.Module.Inbound, r => r.Spi == old.InboundSpi);
        Assert.Contains(lab.Right.Module.Inbound, r => r.Spi == old.OutboundSpi);
    }

    [Fact]
    public void Rekey_that_fails_is_tried_again_until_the_sa_ends()
    {
        Lab lab = Short(28800, 600).Up();
        lab.Network.Tap = d => d.Exchange == 32 ? null : d;
        lab.Network.RunSeconds(700);
        Assert.False(lab.IsUp);
        Assert.Contains(lab.Left.Failures(), f => f.Kind == Failure.Types.Kind.NoResponse && f.Phase == 2);
        lab.Network.Tap = d => d;
        Assert.True(lab.Network.RunUntil(() => lab.IsUp, 200), lab.Explain());
        Assert.Equal(0, lab.Traffic(1));
        Assert.Empty(lab.Left.Failures());
    }

    private static void Raise(Lab lab, Phase2Sa pair, string name) =>
        lab.Left.Module.Raise(new() { Table = "sa-in", Key = pair.InboundSpi.ToString(System.Globalization.CultureInfo.InvariantCulture), Name = name });

    private static Lab Short(uint phase1, uint phase2, ulong seed = 1) => new Lab(seed).With(i =>
    {
        i.Gateways[0].Proposals[0].LifetimeSeconds = phase1;
        i.Vpns[0].Proposals[0].LifetimeSeconds = phase2;
    });

    private static void AssertConverged(Lab lab)
    {
        lab.Network.RunSeconds(5);
        Assert.InRange(lab.Left.Phase2().Count, 1, 3);
        Assert.Equal(lab.Left.Phase2().Select(p => p.InboundSpi).Order(), lab.Right.Phase2().Select(p => p.OutboundSpi).Order());
        Assert.InRange(lab.Left.UpPhase1().Count, 1, 2);
        Assert.Equal(lab.Left.Module.Inbound.Select(r => r.Spi), lab.Left.Phase2().Select(p => p.InboundSpi).OrderBy(s => s.ToString(), StringComparer.Ordinal));
        Assert.Empty(lab.Left.Failures());
        Assert.Empty(lab.Right.Failures());
    }
}
