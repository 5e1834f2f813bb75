using RouterOS.Ike.Control;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

public sealed class DynamicPeerTests
{
    private const uint Elsewhere = 0xcb007109; // 203.0.113.9

    [Theory]
    [InlineData(Identity.Types.Kind.Fqdn, "branch.example.net")]
    [InlineData(Identity.Types.Kind.UserFqdn, "ops@example.net")]
    [InlineData(Identity.Types.Kind.Address, "192.0.2.77")]
    [InlineData(Identity.Types.Kind.KeyId, "branch 7")]
    public void A_peer_is_found_by_its_identity_whatever_its_address(Identity.Types.Kind kind, string value)
    {
        Lab lab = One(kind, value, new Lab(1, Elsewhere)).Up();
        Assert.Equal(0, lab.Traffic(1));
        Phase1Sa sa = Assert.Single(lab.Right.Phase1());
        Assert.Equal(("203.0.113.9", Mode.Aggressive), (sa.RemoteAddress, sa.Mode));
        Assert.Equal(Elsewhere, lab.Right.Module.Protection(1)!.RemoteAddress);
        Assert.Equal(0ul, lab.Right.AllDrops());
    }

    [Fact]
    public void A_peer_that_comes_back_from_another_address_takes_its_tunnel_along()
    {
        Lab lab = One().Up();
        SimulatedRouter moved = lab.Network.Add(Elsewhere, "moved");
        lab.Left.Kill();
        moved.Start(lab.LeftIntent);
        Assert.True(lab.Network.RunUntil(() => lab.Right.Module.Protection(1)!.RemoteAddress == Elsewhere, 20));
        lab.Network.RunSeconds(10);
        lab.Right.Module.Send(1);
        lab.Network.RunSeconds(1);
        Assert.Equal(1, moved.Module.Received);
        // INITIAL-CONTACT of the same identity clears what it had at its old address.
        Assert.Equal("203.0.113.9", Assert.Single(lab.Right.UpPhase1()).RemoteAddress);
        Assert.Single(lab.Right.Phase2());
    }

    [Fact]
    public void We_cannot_start_toward_an_address_that_is_not_known_and_say_so()
    {
        Lab lab = One();
        lab.RightVpn.EstablishImmediately = true;
        lab.Right.Start(lab.RightIntent);
        lab.Network.RunSeconds(30);
        Assert.Empty(lab.Network.Sent);
        Assert.Contains("only the peer can start", Assert.Single(lab.Right.Failures()).Message, StringComparison.Ordinal);
        lab.LeftVpn.EstablishImmediately = true;
        lab.Left.Start(lab.LeftIntent);
        Assert.True(lab.Network.RunUntil(() => lab.IsUp, 20), lab.Explain());
        Assert.Empty(lab.Right.Failures());
    }

    [Fact]
    public void A_stranger_is_named_with_its_identity_and_costs_nothing()
    {
        Lab lab = One(left: new Lab(1, Elsewhere));
        lab.LeftGateway.LocalIdentity.Value = "other.example.net";
        lab.Start();
        lab.Network.RunSeconds(10);
        Assert.Equal(
            "no ike gateway has the address 203.0.113.9 or the identity other.example.net", Assert.Single(lab.Right.Failures()).Message);
        Assert.Equal(0, lab.Right.OwnStrand.Computations);
        Assert.DoesNotContain(lab.Network.Sent, d => d.Source == Lab.RightAddress);
    }

    [Fact]
    public void A_dynamic_peer_in_main_mode_is_told_apart_from_a_stranger()
    {
        Lab lab = One(left: new Lab(1, Elsewhere));
        lab.LeftGateway.Mode = Mode.Main;
        lab.Start();
        lab.Network.RunSeconds(10);
        Assert.Contains("known by its identity, in aggressive mode", Assert.Single(lab.Right.Failures()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_identity_will_do_where_the_configuration_says_so()
    {
        Lab lab = One(left: new Lab(1, Elsewhere));
        lab.RightGateway.AnyIdentity = true;
        lab.LeftGateway.LocalIdentity.Value = "whoever.example";
        lab.Up();
        Assert.Equal("whoever.example", lab.Right.Phase1()[0].PeerIdentity);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Many_peers_share_one_gateway_each_with_tunnels_of_its_own(bool shared)
    {
        Lab lab = Many(out SimulatedRouter second, shared);
        SimulatedModule hub = lab.Right.Module;
        Assert.Equal(2, lab.Right.UpPhase1().Count);
        Assert.Equal(2, lab.Right.Phase2().Count);
        Assert.Equal(["10.1.1.0/24", "10.1.2.0/24"], lab.Right.Phase2().Select(s => s.RemoteSelector).Order());
        uint[] protections = [.. lab.Right.Phase2().OrderBy(s => s.RemoteSelector).Select(s => s.Protection)];
        // Both are behind one interface: each takes what is for its own network.
        Assert.Equal([0x0a010100u, 0x0a010200u], protections.Select(p => hub.Protection(p)!.Takes.DestinationFirst));
        hub.Send(protections[0]);
        hub.Send(protections[1]);
        hub.Send(protections[1]);
        lab.Left.Module.Send(1);
        second.Module.Send(1);
        lab.Network.RunSeconds(1);
        Assert.Equal((1, 2, 2), (lab.Left.Module.Received, second.Module.Received, hub.Received));

        // A crash of the hub changes nothing for either.
        int changes = hub.Changes;
        lab.Right.Kill();
        lab.Right.Start(lab.RightIntent);
        lab.Network.RunSeconds(2);
        Assert.Equal(changes, hub.Changes);
        Assert.Equal(2, lab.Right.UpPhase1().Count);
        hub.Send(protections[0]);
        hub.Send(protections[1]);
        lab.Network.RunSeconds(1);
        Assert.Equal((2, 3), (lab.Left.Module.Received, second.Module.Received));

        // Who leaves takes nothing of the other one along, and leaves nothing behind.
        Leave(lab, lab.Left);
        lab.Network.RunSeconds(5);
        Assert.Single(lab.Right.UpPhase1());
        Assert.Equal("10.1.2.0/24", Assert.Single(lab.Right.Phase2()).RemoteSelector);
        Leave(lab, second);
        lab.Network.RunSeconds(5);
        Assert.Empty(hub.Rows);
        Assert.Empty(lab.Right.Phase1());
    }

    [Fact]
    public void Rekeys_of_many_peers_lose_no_packet()
    {
        Lab lab = Many(out SimulatedRouter second, shared: false, lifetime: 200);
        for (int i = 0; i < 2000; i++)
        {
            foreach (Phase2Sa pair in lab.Right.Phase2().Where(s => s.Current))
            {
                lab.Right.Module.Send(pair.Protection);
            }

            lab.Left.Module.Send(1);
            second.Module.Send(1);
            lab.Network.RunSeconds(0.5);
        }

        Assert.Equal(0, lab.Right.Module.NotSent + lab.Right.Module.NotReceived + second.Module.NotReceived + second.Module.NotSent);
        Assert.Equal(0, lab.Left.Module.NotReceived + lab.Left.Module.NotSent);
    }

    [Fact]
    public void More_peers_than_the_limit_are_refused_by_name()
    {
        Lab lab = Many(out SimulatedRouter second, shared: false, limit: 1, expected: 1);
        Assert.Single(lab.Right.UpPhase1());
        Failure failure = Assert.Single(lab.Right.Failures());
        Assert.Equal(Failure.Types.Kind.Limit, failure.Kind);
        Assert.Contains("two.corp.example is refused", failure.Message, StringComparison.Ordinal);
        Leave(lab, lab.Left);
        Assert.True(lab.Network.RunUntil(() => second.Phase2().Any(s => s.Current), 200), lab.Explain());
    }

    [Fact]
    public void Traffic_that_another_peer_has_is_refused_by_name()
    {
        Lab lab = Many(out SimulatedRouter second, shared: false, secondNet: "10.1.1.0/24", expected: 1);
        lab.Network.RunSeconds(5);
        Assert.Contains(
            lab.Right.Failures(), f => f.Message.Contains("peer two.corp.example asks for", StringComparison.Ordinal)
                && f.Message.Contains("which another peer has", StringComparison.Ordinal) && f.Kind == Failure.Types.Kind.ProxyIdentity);
        Assert.Empty(second.Phase2());
    }

    [Theory]
    [InlineData("comes too late in main mode", true, false)]
    [InlineData("needs an identity", false, true)]
    public void Commits_that_cannot_work_are_refused(string words, bool main, bool nameless)
    {
        Lab lab = One();
        lab.RightGateway.Mode = main ? Mode.Main : Mode.Aggressive;
        lab.RightGateway.RemoteIdentity = nameless ? null : lab.RightGateway.RemoteIdentity;
        Assert.Contains(IkeCommit.Validate(new([lab.RightIntent])), f => f.Message.Contains(words, StringComparison.Ordinal));
    }

    // One message after the other: the wire may change the order of two.
    private static void Leave(Lab lab, SimulatedRouter router)
    {
        router.Ask(s => s.ClearPhase2(new ClearRequest(), null!));
        lab.Network.RunSeconds(0.1);
        router.Stop();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Keys_and_identities_of_groups_are_exposures_with_who_uses_them_now(bool shared)
    {
        Lab lab = Many(out _, shared);
        Exposure[] found = [.. (await lab.Right.Diagnostics!.ListExposures(new ListExposuresRequest(), null!)).Exposures];
        Exposure key = Assert.Single(found, e => e.What == "one preshared key for all peers of a gateway");
        Assert.Equal(("security ike policy pol1 pre-shared-key", 12u), (key.Source.Path, key.Source.Line));
        Assert.Equal(2, key.Users.Count);
        string[] names = shared ? ["all.example.net"] : ["one.corp.example", "two.corp.example"];
        Assert.All(names, name => Assert.Contains(key.Users, u => u.Contains($"({name})", StringComparison.Ordinal)));
        Assert.Equal(shared ? 1 : 0, found.Count(e => e.What == "one IKE identity for all peers of a gateway" && e.Users.Count == 2));
        // The sessions of one gateway's peers are no several gateways.
        Assert.DoesNotContain(found, e => e.What == "one preshared key for several peers");
    }

    private static Lab One(
        Identity.Types.Kind kind = Identity.Types.Kind.Fqdn, string value = "branch.example.net", Lab? left = null)
    {
        Lab lab = left ?? new Lab();
        lab.With(i => i.Gateways[0].Mode = Mode.Aggressive);
        lab.LeftGateway.LocalIdentity = new() { Kind = kind, Value = value };
        lab.RightGateway.RemoteAddresses.Clear();
        lab.RightGateway.DynamicPeer = new();
        lab.RightGateway.RemoteIdentity = new() { Kind = kind, Value = value };
        return lab;
    }

    // Two peers of a hub, at two addresses, each with a part of 10.1.0.0/16.
    private static Lab Many(
        out SimulatedRouter second, bool shared, uint limit = 0, string secondNet = "10.1.2.0/24", int expected = 2, uint lifetime = 3600)
    {
        Lab lab = One(value: shared ? "all.example.net" : "one.corp.example");
        lab.WithPhase2(Lab.Phase2(Cipher.AesCbc, 16, Mac.HmacSha196, lifetime));
        lab.RightGateway.RemoteIdentity.Value = shared ? "all.example.net" : "corp.example";
        lab.RightGateway.DynamicPeer = new()
        {
            Users = shared ? DynamicPeer.Types.Users.SharedIdentity : DynamicPeer.Types.Users.GroupIdentity,
            ConnectionsLimit = limit,
        };
        lab.RightVpn.RemoteSelector = "10.1.0.0/16";
        lab.LeftVpn.LocalSelector = "10.1.1.0/24";
        IkeIntent other = lab.LeftIntent.Clone();
        other.Gateways[0].LocalIdentity.Value = shared ? "all.example.net" : "two.corp.example";
        other.Vpns[0].LocalSelector = secondNet;
        other.Vpns[0].EstablishImmediately = true;
        second = lab.Network.Add(Elsewhere, "second");
        lab.Start();
        lab.Network.RunSeconds(0.1);
        Assert.True(lab.Network.RunUntil(() => lab.Left.Phase2().Any(s => s.Current), 20), lab.Explain());
        SimulatedRouter started = second;
        started.Start(other);
        lab.Network.RunSeconds(5);
        Assert.Equal(expected, lab.Right.Phase2().Count);
        return lab;
    }
}
