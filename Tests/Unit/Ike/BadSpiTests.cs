using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

/// <summary>Peers that send on SAs which we have lost.</summary>
[Trait("rfc", "2408:3.14.1")]
public sealed class BadSpiTests
{
    [Theory]
    [InlineData(0u, false)]
    [InlineData(5u, true)]
    public void A_peer_that_is_told_makes_new_SAs(uint most, bool comesBack)
    {
        Lab lab = Lost(most);
        uint old = Assert.Single(lab.Left.Phase2()).OutboundSpi;
        lab.Left.Module.Send(1);
        Assert.Equal(comesBack, lab.Network.RunUntil(() => lab.IsUp, 20));
        Assert.Equal(comesBack, lab.Left.Phase2()[0].OutboundSpi != old);
        Assert.Equal(comesBack, lab.Right.Lines.Exists(line => line.Id == 1044));
    }

    [Fact]
    public void Answers_are_bounded_in_number_and_in_a_second()
    {
        Lab lab = Lost(3);
        int before = FromRight(lab);
        lab.Network.Tap = datagram => datagram.Source == Lab.RightAddress ? null : datagram;
        for (int i = 0; i < 20; i++)
        {
            lab.Left.Module.Send(1);
            lab.Network.RunSeconds(0.04);
        }

        Assert.Equal(before + 1, FromRight(lab));
        for (int i = 0; i < 10; i++)
        {
            lab.Network.RunSeconds(1.1);
            lab.Left.Module.Send(1);
        }

        lab.Network.RunSeconds(1.1);
        Assert.Equal(before + 3, FromRight(lab));
        Dictionary<string, ulong> drops = lab.Right.Ask(s => s.GetDrops(new GetDropsRequest(), null!)).Drops.ToDictionary(d => d.Reason, d => d.Packets);
        Assert.Equal((30ul, 27ul), (drops["UnknownSpi"], drops["UnknownSpiNotAnswered"]));
    }

    [Fact]
    public void Without_phase_1_nothing_is_answered()
    {
        Lab lab = new Lab().With(i => i.BadSpiResponses = 5).Up();
        lab.Right.Kill();
        lab.Right.Values.Values.Clear();
        lab.Right.Module.Rows.Clear();
        lab.Right.Start(lab.RightIntent);
        lab.Network.RunSeconds(1);
        int before = FromRight(lab);
        int lost = lab.Right.Module.NotReceived;
        lab.Left.Module.Send(1);
        lab.Network.RunSeconds(1);
        Assert.Equal(lost + 1, lab.Right.Module.NotReceived);
        Assert.Equal(before, FromRight(lab));
    }

    [Fact]
    public void A_router_that_stops_asks_for_nothing_more()
    {
        Lab lab = new Lab().With(i => i.BadSpiResponses = 5).Up();
        Assert.Contains(("esp", "settings"), lab.Left.Module.Rows.Keys);
        lab.Left.Stop();
        lab.Network.RunSeconds(5);
        Assert.Empty(lab.Left.Module.Rows);
    }

    // Both are up; the right one loses its phase 2 and its word of that is lost.
    private static Lab Lost(uint most)
    {
        Lab lab = new Lab().With(i => i.BadSpiResponses = most).Up();
        lab.Network.Tap = datagram => datagram.Source == Lab.RightAddress ? null : datagram;
        _ = lab.Right.Ask(s => s.ClearPhase2(new ClearRequest(), null!));
        lab.Network.RunSeconds(1);
        lab.Network.Tap = datagram => datagram;
        Assert.Empty(lab.Right.Phase2());
        Assert.Single(lab.Left.Phase2());
        return lab;
    }

    private static int FromRight(Lab lab) => lab.Network.Sent.Count(datagram => datagram.Source == Lab.RightAddress);
}
