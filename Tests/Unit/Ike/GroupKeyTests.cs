using RouterOS.Ike.Control;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

/// <summary>One key for whoever comes, in either mode, for L2TP in transport mode: clients of a remote-access server.</summary>
public sealed class GroupKeyTests
{
    private const uint Public = 0xcb007109; // 203.0.113.9
    private const uint First = 0x0a000005;
    private const uint Second = 0x0a000006;
    private const uint L2tp = 1701;

    [Fact]
    public void A_client_from_anywhere_connects_in_main_mode()
    {
        Lab lab = Server(new Lab(1, Public)).Up();

        Phase1Sa sa = Assert.Single(lab.Right.UpPhase1());
        Assert.Equal(("203.0.113.9", Mode.Main), (sa.RemoteAddress, sa.Mode));
        Phase2Sa pair = Assert.Single(lab.Right.Phase2());
        Assert.Equal(("203.0.113.9/32", L2tp, L2tp), (pair.RemoteSelector, pair.LocalPort, pair.RemoteSelectorPort));
        Assert.Equal(0ul, lab.Right.AllDrops());
    }

    [Fact]
    public void Fragments_of_a_client_from_anywhere_are_put_together_once_its_exchange_has_begun()
    {
        Lab lab = Server(new Lab(1, Public));
        lab.Network.Tap = FragmentationTests.Cutting(lab, from: 2);
        lab.Up();
        Assert.Equal(0ul, lab.Right.AllDrops());
    }

    [Fact]
    public void Clients_behind_one_nat_with_the_same_inner_address_and_port_have_a_protection_each()
    {
        Lab lab = Server(new Lab(1, First));
        lab.Network.Nat = new SimulatedNat(lab.Network, Public, First, Second);
        SimulatedRouter second = lab.Network.Add(Second, "second");
        Same(lab.LeftIntent);
        IkeIntent other = lab.LeftIntent.Clone();
        other.Vpns[0].EstablishImmediately = true;
        lab.Start();
        lab.Network.RunSeconds(0.1);
        Assert.True(lab.Network.RunUntil(() => lab.Left.Phase2().Any(s => s.Current), 20), lab.Explain());
        second.Start(other);
        lab.Network.RunSeconds(0.1);
        Assert.True(lab.Network.RunUntil(() => second.Phase2().Any(s => s.Current), 20), lab.Explain());
        lab.Network.RunSeconds(2);

        Phase2Sa[] pairs = [.. lab.Right.Phase2()];
        Assert.Equal(2, pairs.Select(p => p.Protection).Distinct().Count());
        Assert.Equal(2, pairs.Select(p => p.RemoteUdpPort).Distinct().Count());

        // What comes out of the transport mode has the NAT's address, not the one that the client has itself.
        Assert.All(pairs, p => Assert.Equal("203.0.113.9/32", p.RemoteSelector));
        Assert.Equal(2, lab.Right.UpPhase1().Count);
        lab.Right.Kill();
        lab.Right.Start(lab.RightIntent);
        lab.Network.RunSeconds(2);
        Assert.Equal(2, lab.Right.Phase2().Count(p => p.Current));
    }

    [Theory]
    [InlineData(false, true, false)]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)]
    [InlineData(false, false, true)]
    public void Modes_are_accepted_as_the_proposal_says(bool clientIsAggressive, bool main, bool aggressive)
    {
        Lab lab = Server(new Lab(1, Public));
        lab.LeftGateway.Mode = clientIsAggressive ? Mode.Aggressive : Mode.Main;
        lab.RightGateway.Proposals[0].AcceptedModes.Add((Mode[])[.. main ? [Mode.Main] : (Mode[])[], .. aggressive ? [Mode.Aggressive] : (Mode[])[]]);
        lab.Start();
        lab.Network.RunSeconds(10);

        bool accepted = clientIsAggressive ? aggressive : main || !aggressive;
        Assert.Equal(accepted ? 1 : 0, lab.Right.UpPhase1().Count);
    }

    [Theory]
    [InlineData(899, 0, false)]
    [InlineData(900, 0, true)]
    [InlineData(86400, 0, true)]
    [InlineData(86401, 0, false)]
    [InlineData(3600, 99999, false)]
    [InlineData(3600, 100000, true)]
    public void Lifetimes_outside_the_range_are_refused_not_shortened(uint seconds, uint kilobytes, bool accepted)
    {
        Lab lab = Server(new Lab(1, Public));
        (lab.LeftVpn.Proposals[0].LifetimeSeconds, lab.LeftVpn.Proposals[0].LifetimeKilobytes) = (seconds, kilobytes);
        (lab.RightVpn.Proposals[0].LifetimeSeconds, lab.RightVpn.Proposals[0].LifetimeKilobytes) = (86400, uint.MaxValue);
        lab.RightVpn.AcceptedLifetimes = new() { LeastSeconds = 900, MostSeconds = 86400, LeastKilobytes = 100000, MostKilobytes = uint.MaxValue };
        lab.Start();
        lab.Network.RunSeconds(10);

        Assert.Equal(accepted ? 1 : 0, lab.Right.Phase2().Count);
        if (accepted)
        {
            Assert.Equal(seconds, lab.Right.Phase2()[0].Proposal.LifetimeSeconds);
        }
        else
        {
            Assert.Contains(lab.Right.Failures(), f => f.Message.Contains("outside 900 to 86400 seconds", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_group_key_opens_nothing_but_the_selectors_of_the_server()
    {
        Lab lab = Server(new Lab(1, Public));
        (lab.LeftVpn.LocalPort, lab.LeftVpn.RemotePort) = (80, 80);
        lab.Start();
        lab.Network.RunSeconds(10);

        Assert.Single(lab.Right.UpPhase1());
        Assert.Empty(lab.Right.Phase2());
        Assert.Contains(lab.Right.Failures(), f => f.Kind == Failure.Types.Kind.ProxyIdentity);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_client_behind_a_nat_that_passes_esp_is_where_its_packets_come_from(bool passes)
    {
        Lab lab = Server(new Lab(1, First));
        lab.Network.Nat = new SimulatedNat(lab.Network, Public, First, Second);
        lab.With(i => i.Gateways[0].NoNatTraversal = true);
        Same(lab.LeftIntent);
        lab.RightVpn.NatPassthrough = passes;
        lab.Start();
        lab.Network.RunSeconds(10);

        if (!passes)
        {
            Assert.Empty(lab.Right.Phase2());
            return;
        }

        // It has negotiated 10.0.0.77 for itself.
        Phase2Sa pair = Assert.Single(lab.Right.Phase2());
        Assert.Equal("203.0.113.9/32", pair.RemoteSelector);
        ProtectionRow row = lab.Right.Module.Rows.Values.OfType<ProtectionRow>().Single(r => r.Id == pair.Protection);
        Assert.Equal((Public, 0u, true), (row.RemoteAddress, row.LocalPort, row.NoUdpChecksum));
    }

    private static Lab Server(Lab lab)
    {
        lab.With(i =>
        {
            i.Vpns[0].Transport = true;
            i.Vpns[0].BindInterface = string.Empty;
            (i.Vpns[0].SelectorProtocol, i.Vpns[0].LocalPort, i.Vpns[0].RemotePort) = (17, L2tp, L2tp);
        });
        lab.LeftVpn.LocalSelector = "203.0.113.9/32";
        lab.LeftVpn.RemoteSelector = "198.51.100.2/32";
        lab.RightVpn.LocalSelector = "198.51.100.2/32";
        lab.RightVpn.RemoteSelector = string.Empty;
        lab.RightVpn.RemotePort = 0;
        lab.RightGateway.RemoteAddresses.Clear();
        lab.RightGateway.DynamicPeer = new() { Users = DynamicPeer.Types.Users.SharedIdentity };
        lab.RightGateway.AnyIdentity = true;
        Assert.DoesNotContain(IkeCommit.Validate(new([lab.RightIntent])), f => !f.Message.Contains("external-interface", StringComparison.Ordinal));
        return lab;
    }

    private static void Same(IkeIntent client)
    {
        client.Gateways[0].LocalIdentity = new() { Kind = Identity.Types.Kind.Address, Value = "10.0.0.77" };
        client.Vpns[0].LocalSelector = "10.0.0.77/32";
    }
}
