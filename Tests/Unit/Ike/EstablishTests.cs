using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

public sealed class EstablishTests
{
    [Fact]
    public void Tunnel_comes_up_and_carries_packets_both_ways()
    {
        Lab lab = new Lab().Up();
        Assert.Equal(0, lab.Traffic(2));
        Phase1Sa left = Assert.Single(lab.Left.Phase1());
        Phase1Sa right = Assert.Single(lab.Right.Phase1());
        Assert.True(left.Initiator);
        Assert.False(right.Initiator);
        Assert.Equal(left.InitiatorCookie, right.InitiatorCookie);
        Assert.Equal(left.ResponderCookie, right.ResponderCookie);
        Phase2Sa leftPair = Assert.Single(lab.Left.Phase2());
        Phase2Sa rightPair = Assert.Single(lab.Right.Phase2());
        Assert.Equal(leftPair.InboundSpi, rightPair.OutboundSpi);
        Assert.Equal(leftPair.OutboundSpi, rightPair.InboundSpi);
        Assert.Empty(lab.Left.Failures());
        Assert.Empty(lab.Right.Failures());
        Assert.Equal(0ul, lab.Left.AllDrops() + lab.Right.AllDrops());
    }
}
