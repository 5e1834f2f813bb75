using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

/// <summary>Operation of IKE as a whole: the trace of one peer, events, a new start.</summary>
public sealed class OperationTests
{
    [Fact]
    public void A_peer_is_traced_while_an_operator_wants_it_and_others_are_not()
    {
        Lab lab = new Lab().Up();
        Assert.Empty(lab.Left.Traced.Names);
        _ = lab.Left.Ask(s => s.SetDebug(new DebugState { Local = "198.51.100.1", Remote = "192.0.2.9", Level = 7 }, null!));
        Renew(lab);
        Assert.Empty(lab.Left.Traced.Lines("kmd")!);
        _ = lab.Left.Ask(s => s.SetDebug(new DebugState { Local = "198.51.100.1", Remote = "198.51.100.2", Level = 15 }, null!));
        Assert.Equal((15u, "198.51.100.2"), (lab.Left.Ask(s => s.GetDebug(new GetDebugRequest(), null!)).Level, lab.Left.Ask(s => s.GetDebug(new GetDebugRequest(), null!)).Remote));
        Renew(lab);
        IReadOnlyList<string> lines = lab.Left.Traced.Lines("kmd")!;
        Assert.Contains(lines, line => line.Contains("sent to 198.51.100.2:500", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("main mode with 198.51.100.2: ", StringComparison.Ordinal));
        _ = lab.Left.Ask(s => s.SetDebug(new DebugState(), null!));
        int count = lab.Left.Traced.Lines("kmd")!.Count;
        Renew(lab);
        Assert.Equal(count, lab.Left.Traced.Lines("kmd")!.Count);
    }

    [Fact]
    public void Events_of_tunnels_are_counted()
    {
        Lab lab = new Lab().Up();
        _ = lab.Left.Ask(s => s.ClearPhase2(new ClearRequest(), null!));
        Assert.True(lab.Network.RunUntil(() => lab.IsUp, 30), lab.Explain());
        ListTunnelEventsReply left = lab.Left.Ask(s => s.ListTunnelEvents(new ListTunnelEventsRequest(), null!));
        Assert.Equal((1ul, 2ul, 0ul, 1ul), (left.Phase1Up, left.Phase2Up, left.Phase1Cleared, left.Phase2Cleared));
        ListTunnelEventsReply right = lab.Right.Ask(s => s.ListTunnelEvents(new ListTunnelEventsRequest(), null!));
        Assert.Equal(Failure.Types.Kind.PeerDeleted, Assert.Single(right.Failures).Kind);
    }

    [Fact]
    public void A_new_start_makes_everything_anew()
    {
        Lab lab = new Lab().Up();
        uint old = lab.Left.Phase2()[0].OutboundSpi;
        _ = lab.Left.Ask(s => s.Restart(new RestartRequest(), null!));
        lab.Network.RunSeconds(0.5);
        Assert.True(lab.Network.RunUntil(() => lab.IsUp, 30), lab.Explain());
        Assert.NotEqual(old, Assert.Single(lab.Left.Phase2()).OutboundSpi);
        Assert.Equal(0, lab.Traffic(1));
    }

    private static void Renew(Lab lab)
    {
        _ = lab.Left.Ask(s => s.ClearPhase1(new ClearRequest(), null!));
        _ = lab.Left.Ask(s => s.ClearPhase2(new ClearRequest(), null!));
        lab.Network.RunSeconds(1);
        Assert.True(lab.Network.RunUntil(() => lab.IsUp, 30), lab.Explain());
    }
}
