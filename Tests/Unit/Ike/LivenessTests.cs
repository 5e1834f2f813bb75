using RouterOS.Ike.Control;
using RouterOS.Ike.Control.Machines;
using RouterOS.Ike.Control.Policy;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;
using Probe = RouterOS.Proto.Ike.V1.DeadPeerDetection.Types.Probe;

namespace RouterOS.Unit.Ike;

[Trait("rfc", "3706")]
public sealed class LivenessTests
{
    private static readonly LivenessPolicy s_optimized = new(ProbeMode.Optimized, TimeSpan.FromSeconds(10), 3);
    private static readonly LivenessPolicy s_idle = s_optimized with { Mode = ProbeMode.IdleTunnel };
    private static readonly LivenessPolicy s_always = s_optimized with { Mode = ProbeMode.Always };

    [Fact]
    public void Machine_probes_and_gives_up_as_each_mode_says()
    {
        for (int unanswered = 0; unanswered <= 4; unanswered++)
        {
            foreach (bool sent in (bool[])[false, true])
            {
                Assert.Equal((0, LivenessAction.None), LivenessMachine.Next(unanswered, s_optimized, true, sent));
                Assert.Equal((0, LivenessAction.None), LivenessMachine.Next(unanswered, s_idle, true, sent));
                Assert.Equal((1, LivenessAction.Probe), LivenessMachine.Next(unanswered, s_always, true, sent));
                (int, LivenessAction) silent = unanswered >= 3 ? (unanswered, LivenessAction.Dead) : (unanswered + 1, LivenessAction.Probe);
                Assert.Equal(silent, LivenessMachine.Next(unanswered, s_idle, false, sent));
                Assert.Equal(silent, LivenessMachine.Next(unanswered, s_always, false, sent));
                Assert.Equal(
                    unanswered == 0 && !sent ? (0, LivenessAction.None) : silent, LivenessMachine.Next(unanswered, s_optimized, false, sent));
            }
        }
    }

    [Fact]
    public void Dead_peer_is_given_up_after_interval_times_threshold_and_comes_back()
    {
        Lab lab = new Lab().WithLiveness(Probe.IdleTunnel, 10, 5).Up();
        lab.Network.RunSeconds(100);
        Assert.True(lab.IsUp);
        lab.Network.IsCut = true;
        lab.Network.RunSeconds(45);
        Assert.NotEmpty(lab.Left.UpPhase1());
        lab.Network.RunSeconds(30);
        Assert.Empty(lab.Left.UpPhase1());
        Assert.Empty(lab.Right.UpPhase1());
        Assert.Empty(lab.Left.Phase2());
        Assert.Empty(lab.Left.Module.Inbound);
        Assert.Equal(0u, lab.Right.Module.Protection(1)!.OutboundSpi);
        Failure failure = Assert.Single(lab.Right.Failures());
        Assert.Equal(Failure.Types.Kind.PeerDead, failure.Kind);
        Assert.Contains("198.51.100.1 is dead", failure.Message, StringComparison.Ordinal);
        lab.Network.IsCut = false;
        Assert.True(lab.Network.RunUntil(() => lab.IsUp, 130), lab.Explain());
        Assert.Equal(0, lab.Traffic(1));
        Assert.Empty(lab.Left.Failures());
        Assert.Empty(lab.Right.Failures());
    }

    [Fact]
    public void Optimized_mode_probes_only_when_packets_go_out_and_none_come_back()
    {
        Lab lab = new Lab().WithLiveness(Probe.Optimized, 10, 3).Up();
        int before = lab.Network.Sent.Count;
        lab.Network.RunSeconds(300);
        Assert.Equal(before, lab.Network.Sent.Count);
        _ = lab.Traffic(60, 1);
        Assert.Equal(before, lab.Network.Sent.Count);
        for (int i = 0; i < 30; i++)
        {
            lab.Left.Module.Send(1);
            lab.Network.RunSeconds(1);
        }

        Assert.InRange(lab.Network.Sent.Count(d => d.Exchange == 5), 4, 8);
        Assert.True(lab.IsUp);
    }

    [Fact]
    public void Always_send_probes_every_interval()
    {
        Lab lab = new Lab();
        lab.LeftGateway.DeadPeerDetection = new() { Probe = Probe.AlwaysSend, IntervalSeconds = 5, Threshold = 3 };
        lab.Up();
        int before = lab.Network.Sent.Count;
        _ = lab.Traffic(100, 1);
        Assert.InRange(lab.Network.Sent.Count - before, 36, 42);
    }

    [Fact]
    public void Decrypted_packets_are_a_sign_of_life_even_when_ike_is_silent()
    {
        Lab lab = new Lab().WithLiveness(Probe.AlwaysSend, 10, 3).Up();
        lab.Network.Tap = d => d.Exchange == 5 ? null : d;
        Assert.Equal(0, lab.Traffic(200, 1));
        Assert.True(lab.IsUp);
    }

    [Fact]
    public void Peer_that_dies_while_phase_1_is_away_is_given_up_too()
    {
        Lab lab = new Lab().WithLiveness(Probe.IdleTunnel, 10, 3).With(i => i.Gateways[0].Proposals[0].LifetimeSeconds = 30).Up();
        lab.Network.IsCut = true;
        // Phase 1 ends of itself before three probes are over.
        lab.Network.RunSeconds(120);
        Assert.Empty(lab.Left.Phase2());
        Assert.Empty(lab.Right.Phase2());
        Assert.Empty(lab.Right.Module.Inbound);
        lab.Network.IsCut = false;
        Assert.True(lab.Network.RunUntil(() => lab.IsUp, 130), lab.Explain());
        Assert.Equal(0, lab.Traffic(200, 1));
    }

    [Fact]
    public void A_module_that_is_away_is_not_a_dead_peer()
    {
        Lab lab = new Lab().WithLiveness(Probe.IdleTunnel, 10, 3).Up();
        lab.Left.Module.IsAttached = false;
        lab.Network.RunSeconds(200);
        Assert.True(lab.IsUp);
    }

    [Fact]
    public void A_peer_that_did_not_offer_it_is_never_probed()
    {
        Lab lab = new Lab().WithLiveness(Probe.AlwaysSend, 10, 3);
        lab.Network.Tap = WithoutVendorId;
        lab.Up();
        int before = lab.Network.Sent.Count;
        lab.Network.RunSeconds(100);
        Assert.Equal(before, lab.Network.Sent.Count);
        Assert.False(lab.Left.Phase1()[0].DeadPeerDetection);
    }

    [Fact]
    public void Replayed_answers_keep_nobody_alive()
    {
        Lab lab = new Lab().WithLiveness(Probe.IdleTunnel, 10, 3);
        lab.RightGateway.DeadPeerDetection = null;
        lab.Up();
        lab.Network.RunSeconds(50);
        Datagram answer = lab.Network.Sent.Last(d => d.Source == Lab.RightAddress && d.Exchange == 5);
        lab.Network.IsCut = true;
        for (int i = 0; i < 60; i++)
        {
            lab.Network.Deliver(answer);
            lab.Network.RunSeconds(1);
        }

        Assert.Empty(lab.Left.UpPhase1());
        Assert.True(lab.Left.Drops(IkeDrop.Replayed) >= 30);
    }

    [Fact]
    public void Probes_of_many_peers_are_spread_and_none_waits_alone()
    {
        DateTimeOffset now = SimulatedClock.Start;
        ProbePace pace = new(() => now);
        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(TimeSpan.Zero, pace.Wait());
            now += TimeSpan.FromMilliseconds(1);
        }

        now += TimeSpan.FromSeconds(10);
        List<TimeSpan> waits = [.. Enumerable.Range(0, 20_000).Select(_ => pace.Wait())];
        Assert.Equal(ProbePace.Burst, waits.Count(wait => wait == TimeSpan.Zero));
        Assert.Equal(waits.Order(), waits);
        Assert.InRange(waits[^1].TotalSeconds, 5, 9);
        for (int second = 0; second < 7; second++)
        {
            Assert.InRange(waits.Count(wait => wait.TotalSeconds >= second && wait.TotalSeconds < second + 1), 2000, 2500 + ProbePace.Burst);
        }
    }

    private static Datagram? WithoutVendorId(Datagram datagram)
    {
        if (datagram.Exchange != 2 || datagram.IsEncrypted)
        {
            return datagram;
        }

        byte[] copy = [.. datagram.Payload];
        int at = copy.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xaf, 0xca, 0xd7, 0x13]);
        if (at > 0)
        {
            copy[at] ^= 1;
        }

        return datagram with { Payload = copy };
    }
}
