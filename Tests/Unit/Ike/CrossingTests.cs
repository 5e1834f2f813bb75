using FsCheck;
using FsCheck.Fluent;
using RouterOS.Ike.Wire;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

/// <summary>Both sides begin at once: one phase 1 SA and one pair stay, the same at both sides, and no packet is lost meanwhile.</summary>
public sealed class CrossingTests
{
    [Theory]
    [InlineData(0.0, true, false)]
    [InlineData(0.0, false, false)]
    [InlineData(0.2, true, false)]
    [InlineData(0.2, false, false)]
    [InlineData(0.0, true, true)]
    [InlineData(0.2, true, true)]
    public void Both_sides_that_start_at_once_end_with_one_of_each(double loss, bool traffic, bool aggressive)
    {
        for (ulong seed = 0; seed < 5; seed++)
        {
            Lab lab = Both(seed, aggressive);
            (lab.Network.Loss, lab.Network.Delay, lab.Network.Duplication) = (loss, loss, loss);
            lab.Up(200);
            Settle(lab, traffic);
            AssertOne(lab, $"seed {seed}");
        }
    }

    [Fact]
    public void Crossed_rekeys_of_phase_2_leave_one_pair()
    {
        for (ulong seed = 0; seed < 5; seed++)
        {
            Lab lab = Both(seed, aggressive: false).Up();
            Settle(lab, traffic: true);
            (lab.Network.Loss, lab.Network.Delay) = (seed % 2 * 0.2, seed % 2 * 0.2);
            foreach (SimulatedRouter router in (SimulatedRouter[])[lab.Left, lab.Right])
            {
                string key = router.Phase2().Single(p => p.Current).InboundSpi.ToString();
                router.Module.Raise(new() { Table = "sa-in", Key = key, Name = "soft-expired" });
            }

            Settle(lab, traffic: true);
            AssertOne(lab, $"seed {seed}");
        }
    }

    [Fact]
    public void Crossed_rekeys_of_phase_1_leave_one_sa()
    {
        for (ulong seed = 0; seed < 5; seed++)
        {
            Lab lab = Both(seed, aggressive: false).With(i => i.Gateways[0].Proposals[0].LifetimeSeconds = 1000).Up();
            Settle(lab, traffic: true);
            // Nothing of main mode gets through until both sides want a new one.
            HashSet<uint> began = [];
            lab.Network.Tap = d =>
            {
                _ = d.Exchange == 2 && began.Add(d.Source);
                return d.Exchange == 2 && began.Count < 2 ? null : d;
            };
            Assert.True(lab.Network.RunUntil(() => began.Count == 2, 1000), $"seed {seed}");
            Settle(lab, traffic: true);
            AssertOne(lab, $"seed {seed}");
        }
    }

    [Fact]
    public void A_peer_that_settles_nothing_is_followed_to_the_pair_that_it_uses()
    {
        for (ulong seed = 0; seed < 5; seed++)
        {
            Lab lab = Both(seed, aggressive: false);
            int crossed = 0;
            lab.Network.Tap = d =>
            {
                // Neither says that it settles what has crossed.
                int at = d.Exchange == 2 ? d.Payload.AsSpan().IndexOf(VendorIds.SettlesCrossings) : -1;
                if (at >= 0)
                {
                    crossed++;
                    d.Payload[at] ^= 0xff;
                }

                return d;
            };
            lab.Up();
            // The peer's end stays on what is the older one here.
            Settle(lab, traffic: true);
            Assert.True(crossed >= 2);
            Assert.Equal(lab.Left.Phase2().Select(p => p.InboundSpi).Order(), lab.Right.Phase2().Select(p => p.OutboundSpi).Order());
            _ = Assert.Single(lab.Left.Phase2());
        }
    }

    [Fact]
    public void An_exchange_of_ours_that_has_proved_nothing_gives_way_to_the_one_of_the_peer()
    {
        Lab lab = Both(1, aggressive: false);
        // What the right side begins does not arrive.
        ulong? late = null;
        lab.Network.Tap = d =>
        {
            late ??= d is { Exchange: 2, Source: Lab.RightAddress } && d.Payload.AsSpan(8, 8).IndexOfAnyExcept((byte)0) < 0
                ? BitConverter.ToUInt64(d.Payload, 0) : null;
            return late is { } cookie && BitConverter.ToUInt64(d.Payload, 0) == cookie ? null : d;
        };
        lab.Up();
        lab.Network.RunSeconds(1.5);
        int sent = lab.Network.Sent.Count;
        lab.Network.RunSeconds(60);
        Assert.Equal(sent, lab.Network.Sent.Count);
        AssertOne(lab, "at once");
        Assert.True(lab.Left.Phase1()[0].Initiator);
    }

    private static Lab Both(ulong seed, bool aggressive)
    {
        Lab lab = new Lab(seed).With(i => i.Gateways[0].Mode = aggressive ? Mode.Aggressive : Mode.Main);
        lab.RightVpn.EstablishImmediately = true;
        return lab;
    }

    private static void Settle(Lab lab, bool traffic)
    {
        if (traffic)
        {
            Assert.True(lab.Traffic(110, 0.25) == 0, lab.Explain());
        }
        else
        {
            lab.Network.RunSeconds(110);
        }

        (lab.Network.Loss, lab.Network.Delay, lab.Network.Duplication) = (0, 0, 0);
        Assert.Equal(0, lab.Traffic(5));
    }

    private static void AssertOne(Lab lab, string which)
    {
        string seen = $"{which}: {lab.Left.Phase1().Count}/{lab.Right.Phase1().Count} phase 1, {lab.Left.Phase2().Count}/{lab.Right.Phase2().Count} pairs\n{lab.Explain()}\n"
            + string.Join("\n", lab.Left.Phase2().Select(p => $"L {p.InboundSpi:x8} {p.OutboundSpi:x8} {p.Current}").Concat(lab.Right.Phase2().Select(p => $"R {p.InboundSpi:x8} {p.OutboundSpi:x8} {p.Current}")));
        Assert.True(lab.Left.UpPhase1().Count == 1 && lab.Right.UpPhase1().Count == 1, seen);
        Assert.True(lab.Left.Phase2().Count == 1 && lab.Right.Phase2().Count == 1, seen);
        Assert.Equal(lab.Left.UpPhase1()[0].InitiatorCookie, lab.Right.UpPhase1()[0].InitiatorCookie);
        Assert.Equal(lab.Left.Phase2()[0].InboundSpi, lab.Right.Phase2()[0].OutboundSpi);
        Assert.Equal(lab.Left.Phase2()[0].InboundSpi, Assert.Single(lab.Left.Module.Inbound).Spi);
        Assert.Equal(lab.Right.Phase2()[0].InboundSpi, Assert.Single(lab.Right.Module.Inbound).Spi);
        Assert.Empty(lab.Left.Failures());
        Assert.Empty(lab.Right.Failures());
    }
}
