using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

public sealed class DeleteTests
{
    [Fact]
    [Trait("rfc", "2408:3.15")]
    public void Clearing_phase_2_clears_it_on_both_sides()
    {
        Lab lab = new();
        lab.Left.Start(lab.LeftIntent);
        lab.Right.Start(lab.RightIntent);
        lab.Network.RunSeconds(1);
        lab.Left.Module.Send(1);
        lab.Network.RunSeconds(2);
        Assert.True(lab.IsUp);
        uint id = lab.Left.Phase2()[0].TunnelId;
        Assert.Equal(0u, lab.Left.Ask(s => s.ClearPhase2(new ClearRequest { Index = id + 1 }, null!)).Cleared);
        Assert.Equal(1u, lab.Left.Ask(s => s.ClearPhase2(new ClearRequest { Index = id }, null!)).Cleared);
        lab.Network.RunSeconds(30);
        Assert.Empty(lab.Left.Phase2());
        Assert.Empty(lab.Right.Phase2());
        Assert.Empty(lab.Right.Module.Inbound);
        Assert.Empty(lab.Right.Module.Outbound);
        Assert.Equal(Failure.Types.Kind.PeerDeleted, Assert.Single(lab.Right.Failures()).Kind);
        Assert.Single(lab.Left.Phase1());
        lab.Right.Module.Send(1);
        lab.Network.RunSeconds(2);
        Assert.Equal(0, lab.Traffic(1));
        Assert.Empty(lab.Right.Failures());
    }

    [Fact]
    public void Clearing_phase_1_leaves_phase_2_alone()
    {
        Lab lab = new Lab().Up();
        Assert.Equal(0u, lab.Left.Ask(s => s.ClearPhase1(new ClearRequest { Peer = "192.0.2.9" }, null!)).Cleared);
        Assert.Equal(1u, lab.Left.Ask(s => s.ClearPhase1(new ClearRequest { Peer = "198.51.100.2" }, null!)).Cleared);
        lab.Network.RunSeconds(30);
        Assert.Empty(lab.Left.Phase1());
        Assert.Empty(lab.Right.Phase1());
        Assert.Single(lab.Left.Phase2());
        Assert.Equal(0, lab.Traffic(1));
        Assert.Equal(0, lab.Traffic(8000, 5));
    }

    [Fact]
    public void Phase_1_is_made_again_under_living_tunnels_that_want_dead_peer_detection()
    {
        Lab lab = new Lab().WithLiveness(RouterOS.Proto.Ike.V1.DeadPeerDetection.Types.Probe.IdleTunnel).Up();
        uint spi = lab.Left.Phase2()[0].InboundSpi;
        _ = lab.Left.Ask(s => s.ClearPhase1(new ClearRequest(), null!));
        lab.Network.RunSeconds(30);
        Assert.NotEmpty(lab.Left.UpPhase1());
        Assert.Equal(spi, Assert.Single(lab.Left.Phase2()).InboundSpi);
    }

    [Fact]
    public void Cleared_tunnel_that_is_wanted_comes_up_again()
    {
        Lab lab = new Lab().Up();
        _ = lab.Left.Ask(s => s.ClearPhase2(new ClearRequest(), null!));
        Assert.True(lab.Network.RunUntil(() => lab.IsUp, 10));
        _ = lab.Right.Ask(s => s.ClearPhase2(new ClearRequest(), null!));
        lab.Network.RunSeconds(1);
        Assert.False(lab.IsUp);
        Assert.True(lab.Network.RunUntil(() => lab.IsUp, 30), lab.Explain());
        Assert.Equal(0, lab.Traffic(1));
    }

    [Fact]
    public void Clean_stop_tells_the_peer_and_leaves_nothing()
    {
        Lab lab = new Lab().Up();
        lab.Left.Stop();
        lab.Network.RunSeconds(5);
        Assert.Empty(lab.Left.Module.Rows);
        Assert.Empty(lab.Right.Phase2());
        Assert.Empty(lab.Right.Phase1());
        Assert.Equal(["protections"], lab.Left.Values.Values.Keys);
    }

    [Fact]
    [Trait("rfc", "2407:4.6.3.3")]
    public void Initial_contact_clears_what_the_peer_has_lost()
    {
        Lab lab = new Lab().Up();
        uint lost = lab.Right.Phase2()[0].InboundSpi;
        // The left router loses everything, its sealed state too, and comes back.
        lab.Left.Kill();
        lab.Left.Values.Values.Clear();
        lab.Left.Module.Rows.Clear();
        lab.Network.RunSeconds(20);
        lab.Left.Start(lab.LeftIntent);
        lab.Network.RunSeconds(10);
        Assert.Single(lab.Right.Phase1());
        Assert.NotEqual(lost, Assert.Single(lab.Right.Phase2()).InboundSpi);
        Assert.Equal(0, lab.Traffic(1));
    }

    [Fact]
    public void Initial_contact_spares_other_ports_of_the_same_address()
    {
        Lab lab = new Lab().Up();
        // Another client behind the same address: the same identity from another port.
        lab.Left.Kill();
        lab.Left.Values.Values.Clear();
        lab.Left.Module.Rows.Clear();
        lab.Network.Tap = d => d.Source == Lab.LeftAddress ? d with { SourcePort = 1024 } : d with { DestinationPort = d.SourcePort };
        lab.Network.RunSeconds(5);
        lab.Left.Start(lab.LeftIntent);
        lab.Network.RunSeconds(5);
        Assert.Equal([500u, 1024u], lab.Right.Phase1().Select(p => p.RemotePort).Order());
        Assert.Equal([500u, 1024u], lab.Right.Phase2().Select(p => p.RemotePort).Order());
    }

    [Fact]
    public void Only_a_first_contact_says_initial_contact()
    {
        Lab lab = new Lab().With(i => i.Gateways[0].Proposals[0].LifetimeSeconds = 600).Up();
        uint[] lengths = MessageFives(lab);
        lab.Network.RunSeconds(1200);
        uint[] all = MessageFives(lab);
        Assert.True(all.Length > lengths.Length);
        // The notification and nothing else makes message 5 longer.
        Assert.All(all.Skip(1), length => Assert.True(length < all[0]));
    }

    private static uint[] MessageFives(Lab lab) =>
        [.. lab.Network.Sent.Where(d => d.Exchange == 2 && d.IsEncrypted && d.Source == Lab.LeftAddress).Select(d => (uint)d.Payload.Length)];
}
