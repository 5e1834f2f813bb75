using FsCheck;
using FsCheck.Fluent;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

public sealed class LossTests
{
    [Fact]
    public void Lost_doubled_and_late_messages_only_cost_time() =>
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            Lab lab = new(seed);
            lab.RightVpn.EstablishImmediately = seed % 3 == 0;
            lab.With(i => i.Vpns[0].PfsGroup = seed % 2 == 0 ? 2u : 0u);
            (lab.Network.Loss, lab.Network.Duplication, lab.Network.Delay) = (0.25, 0.3, 0.3);
            lab.Start();
            Assert.True(lab.Network.RunUntil(() => lab.IsUp, 600), $"seed {seed}\n{lab.Explain()}");
            (lab.Network.Loss, lab.Network.Delay) = (0, 0);
            lab.Network.RunSeconds(200);
            Assert.Equal(0, lab.Traffic(2));
            Assert.Empty(lab.Left.Failures());
            Assert.DoesNotContain(lab.Right.Failures(), f => f.Kind != Failure.Types.Kind.NoResponse);
        }).Check(Seeded.Config.WithMaxTest(60));

    [Fact]
    public void Each_message_may_be_lost_once()
    {
        for (int lost = 0; lost < 9; lost++)
        {
            Lab lab = new();
            int count = 0;
            int drop = lost;
            lab.Network.Tap = d => count++ == drop ? null : d;
            lab.Up();
            lab.Network.RunSeconds(60);
            Assert.Equal(0, lab.Traffic(1));
            Assert.Single(lab.Left.Phase1());
            Assert.Single(lab.Right.Phase1());
            Assert.Single(lab.Left.Phase2());
            Assert.Single(lab.Right.Phase2());
        }
    }

    [Fact]
    public void Repeated_datagrams_are_answered_from_memory_and_change_nothing()
    {
        Lab lab = new();
        lab.Network.Duplication = 1;
        lab.Up();
        lab.Network.RunSeconds(30);
        Assert.Single(lab.Left.Phase1());
        Assert.Single(lab.Right.Phase2());
        Assert.Equal(1, lab.Left.OwnStrand.Computations - lab.Right.OwnStrand.Computations);
        Assert.True(lab.Network.Sent.Count < 40, "answers to answers");
        Assert.Equal(0, lab.Traffic(1));
    }

    [Fact]
    public void Retransmission_is_bounded_and_grows()
    {
        Lab lab = new();
        lab.Network.IsCut = true;
        List<DateTimeOffset> times = [];
        lab.Network.Tap = d =>
        {
            times.Add(lab.Network.Now);
            return d;
        };
        lab.Left.Start(lab.LeftIntent);
        lab.Network.RunSeconds(1);
        lab.Left.Module.Send(1);
        lab.Network.RunSeconds(300);
        Assert.Equal([1, 2, 4, 8, 16], times.Zip(times.Skip(1)).Select(t => (int)(t.Second - t.First).TotalSeconds));
        Assert.Single(lab.Network.Sent.Select(d => Convert.ToHexString(d.Payload)).Distinct());
    }
}
