using Google.Protobuf;
using RouterOS.Ike.Control;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

public sealed class FailureTests
{
    [Fact]
    public void Proposal_mismatch_names_both_offers_and_the_line()
    {
        Lab lab = new();
        lab.LeftGateway.Proposals[0] = Lab.Phase1(Cipher.TripleDesCbc, 24, Hash.Md5, 2);
        lab.Start();
        lab.Network.RunSeconds(5);
        Failure failure = Assert.Single(lab.Right.Failures());
        Assert.Equal(Failure.Types.Kind.Proposal, failure.Kind);
        Assert.Equal(
            "phase 1 proposals do not match: they offer 3des-cbc/md5/group2, we accept aes-128-cbc/sha1/group2 (security ike policy pol1 proposals)",
            failure.Message);
        Assert.Equal(11u, failure.Source.Line);
        Assert.Equal(1u, failure.Phase);
        Assert.Equal("198.51.100.1", failure.RemoteAddress);
        Failure other = Assert.Single(lab.Left.Failures());
        Assert.Equal(Failure.Types.Kind.Proposal, other.Kind);
        Assert.Contains("NoProposalChosen", other.Message, StringComparison.Ordinal);
        Assert.Single(lab.Right.Lines, l => l.Id == 1001);
        // An answer in the clear is a hint, not an end: with the proposal corrected the next attempts work.
        lab.RightGateway.Proposals.Add(lab.LeftGateway.Proposals[0]);
        lab.Right.Apply(lab.RightIntent);
        Assert.True(lab.Network.RunUntil(() => lab.IsUp, 120), lab.Explain());
        Assert.Empty(lab.Right.Failures());
        Assert.Empty(lab.Left.Failures());
    }

    [Fact]
    public void A_refusal_without_a_reason_does_not_hide_the_values_that_the_peers_own_attempt_has_shown()
    {
        Lab lab = new();
        lab.LeftGateway.Proposals[0].DhGroup = 14;
        lab.RightVpn.EstablishImmediately = true;
        lab.Start();
        lab.Network.RunSeconds(200);
        Assert.Contains("they offer group2, we accept group14", Assert.Single(lab.Left.Failures()).Message, StringComparison.Ordinal);
        Assert.Contains("they offer group14, we accept group2", Assert.Single(lab.Right.Failures()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Failures_are_logged_once_and_counted()
    {
        Lab lab = new();
        lab.LeftGateway.Proposals[0].DhGroup = 14;
        lab.Start();
        lab.Network.RunSeconds(500);
        Assert.Single(lab.Right.Lines, l => l.Id == 1001);
        Assert.True(Assert.Single(lab.Right.Failures()).Count > 10);
        lab.Network.RunSeconds(700);
        Assert.Equal(2, lab.Right.Lines.Count(l => l.Id == 1001));
        Assert.True(lab.Network.Sent.Count(d => d.Source == Lab.RightAddress) <= lab.Network.Sent.Count(d => d.Source == Lab.LeftAddress));
    }

    [Fact]
    public void Wrong_preshared_key_is_named_on_both_sides()
    {
        Lab lab = new();
        lab.LeftGateway.PreSharedKey = ByteString.CopyFromUtf8("other");
        lab.Start();
        lab.Network.RunSeconds(60);
        foreach (SimulatedRouter router in (SimulatedRouter[])[lab.Left, lab.Right])
        {
            Failure failure = Assert.Single(router.Failures());
            Assert.Equal(Failure.Types.Kind.Key, failure.Kind);
            Assert.StartsWith("preshared key mismatch likely", failure.Message, StringComparison.Ordinal);
            Assert.Equal(12u, failure.Source.Line);
            Assert.Empty(router.UpPhase1());
        }

        Assert.DoesNotContain("other", lab.Explain().Replace("another", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_identity_is_named_with_what_was_expected()
    {
        Lab lab = new();
        lab.LeftGateway.LocalIdentity = new Identity { Kind = Identity.Types.Kind.Fqdn, Value = "branch.example" };
        lab.RightGateway.RemoteIdentity = new Identity
        {
            Kind = Identity.Types.Kind.Fqdn,
            Value = "main.example",
            Source = Lab.At("security ike gateway gw1 remote-identity", 33),
        };
        lab.Start();
        lab.Network.RunSeconds(60);
        Failure failure = Assert.Single(lab.Right.Failures());
        Assert.Equal(Failure.Types.Kind.Identity, failure.Kind);
        Assert.Contains("they say hostname branch.example, we expect hostname main.example", failure.Message, StringComparison.Ordinal);
        Assert.Equal(33u, failure.Source.Line);
        Assert.Equal(Failure.Types.Kind.Identity, Assert.Single(lab.Left.Failures()).Kind);
        Assert.Empty(lab.Right.UpPhase1());
    }

    [Fact]
    public void Silence_is_named_after_the_last_attempt()
    {
        Lab lab = new();
        lab.Network.IsCut = true;
        lab.Start();
        lab.Network.RunSeconds(40);
        Assert.Empty(lab.Left.Failures());
        lab.Network.RunSeconds(10);
        Failure failure = Assert.Single(lab.Left.Failures());
        Assert.Equal(Failure.Types.Kind.NoResponse, failure.Kind);
        Assert.Contains("no response from 198.51.100.2 to main mode message 1", failure.Message, StringComparison.Ordinal);
        lab.Network.IsCut = false;
        Assert.True(lab.Network.RunUntil(() => lab.IsUp, 120));
        Assert.Empty(lab.Left.Failures());
    }

    [Theory]
    [InlineData(null, "no route to the peer 198.51.100.2")]
    [InlineData("discard", "no route to the peer 198.51.100.2")]
    [InlineData("st0.0", "through st0.0, which is the tunnel itself")]
    public void Missing_route_is_named_and_tried_again_when_routes_change(string? through, string words)
    {
        Lab lab = new();
        lab.Left.RouteInterface = through;
        lab.Start();
        lab.Network.RunSeconds(100);
        Assert.Empty(lab.Network.Sent);
        Failure failure = Assert.Single(lab.Left.Failures());
        Assert.Equal(Failure.Types.Kind.NoRoute, failure.Kind);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        lab.Left.RouteInterface = "ge-0/0/0.0";
        lab.Left.NetworkChanged();
        lab.Network.RunSeconds(2);
        Assert.True(lab.IsUp, lab.Explain());
        Assert.Empty(lab.Left.Failures());
    }

    [Fact]
    public void External_interface_without_an_address_is_no_route()
    {
        Lab lab = new();
        lab.Left.Address = 0;
        lab.Start();
        lab.Network.RunSeconds(10);
        Assert.Contains("external interface ge-0/0/0.0 has no address", Assert.Single(lab.Left.Failures()).Message, StringComparison.Ordinal);
        Assert.All(lab.Left.Module.Rows, row => Assert.Contains("control-peer", row.ToString(), StringComparison.Ordinal));
        lab.Left.Address = Lab.LeftAddress;
        lab.Left.NetworkChanged();
        lab.Network.RunSeconds(2);
        Assert.True(lab.IsUp, lab.Explain());
    }

    [Fact]
    public void Wrong_proxy_identity_is_named_on_both_sides()
    {
        Lab lab = new();
        lab.LeftVpn.RemoteSelector = "10.9.0.0/16";
        lab.Start();
        lab.Network.RunSeconds(5);
        Failure failure = Assert.Single(lab.Right.Failures());
        Assert.Equal(Failure.Types.Kind.ProxyIdentity, failure.Kind);
        Assert.Equal(
            "proxy identity does not match: they ask for local 10.9.0.0/16 remote 10.1.0.0/24, we accept local 10.2.0.0/24 remote 10.1.0.0/24 "
            + "(security ipsec vpn vpn1 ike proxy-identity)",
            failure.Message);
        Assert.Equal((2u, "vpn1"), (failure.Phase, failure.Vpn));
        Assert.Equal(Failure.Types.Kind.ProxyIdentity, Assert.Single(lab.Left.Failures()).Kind);
        Assert.Single(lab.Left.UpPhase1());
    }

    [Fact]
    public void Different_phase_2_proposals_are_named_on_both_sides()
    {
        Lab lab = new();
        lab.LeftVpn.Proposals[0] = Lab.Phase2(Cipher.DesCbc, 8, Mac.HmacMd596);
        lab.Start();
        lab.Network.RunSeconds(5);
        Failure failure = Assert.Single(lab.Right.Failures());
        Assert.Equal(Failure.Types.Kind.Proposal, failure.Kind);
        Assert.Contains(
            "they offer des-cbc/hmac-md5-96/no pfs, we accept aes-128-cbc/hmac-sha1-96/no pfs", failure.Message, StringComparison.Ordinal);
        Assert.Equal(Failure.Types.Kind.Proposal, Assert.Single(lab.Left.Failures()).Kind);
    }

    [Theory]
    [InlineData(0u, 2u)]
    [InlineData(5u, 2u)]
    public void Different_perfect_forward_secrecy_is_named(uint left, uint right)
    {
        Lab lab = new();
        lab.LeftVpn.PfsGroup = left;
        lab.RightVpn.PfsGroup = right;
        lab.Start();
        lab.Network.RunSeconds(5);
        Failure failure = Assert.Single(lab.Right.Failures());
        Assert.Equal(Failure.Types.Kind.Pfs, failure.Kind);
        Assert.Contains($"we accept pfs group{right}", failure.Message, StringComparison.Ordinal);
        Assert.Equal(23u, failure.Source.Line);
    }

    [Fact]
    public void Perfect_forward_secrecy_may_be_asked_for_where_none_is_configured()
    {
        Lab lab = new();
        lab.LeftVpn.PfsGroup = 5;
        lab.Up();
        Assert.Equal(5u, lab.Right.Phase2()[0].PfsGroup);
        Assert.Equal(0, lab.Traffic(1));
    }

    [Fact]
    public void Stranger_is_named_without_an_answer()
    {
        Lab lab = new();
        lab.RightGateway.RemoteAddresses[0] = "198.51.100.9";
        lab.Start();
        lab.Network.RunSeconds(30);
        Assert.Equal(0, lab.Network.Sent.Count(d => d.Source == Lab.RightAddress));
        Failure failure = Assert.Single(lab.Right.Failures());
        Assert.Equal((Failure.Types.Kind.UnknownPeer, "198.51.100.1"), (failure.Kind, failure.RemoteAddress));
        Assert.Single(lab.Right.Lines, l => l.Id == 1003);
    }

    [Fact]
    public void Another_version_of_ike_is_named()
    {
        Lab lab = new Lab();
        lab.Network.Tap = d =>
        {
            byte[] copy = [.. d.Payload];
            copy[17] = 0x20;
            return d with { Payload = copy };
        };
        lab.Start();
        lab.Network.RunSeconds(5);
        Assert.Contains("peer speaks IKE version 2, we speak version 1", Assert.Single(lab.Right.Failures()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Malformed_message_is_named()
    {
        Lab lab = new Lab();
        lab.Network.Tap = d =>
        {
            byte[] copy = [.. d.Payload];
            copy[35] = 0x77;
            return d with { Payload = copy };
        };
        lab.Start();
        lab.Network.RunSeconds(5);
        Assert.Equal(Failure.Types.Kind.Malformed, Assert.Single(lab.Right.Failures()).Kind);
    }

    [Fact]
    public void Modules_that_refuse_an_sa_fail_the_negotiation_and_leave_nothing()
    {
        Lab lab = new();
        lab.Right.Module.Refusal = "no engine for that cipher";
        lab.Start();
        lab.Network.RunSeconds(60);
        Failure failure = Assert.Single(lab.Right.Failures(), f => f.Kind == Failure.Types.Kind.Install);
        Assert.Contains("no engine for that cipher", failure.Message, StringComparison.Ordinal);
        Assert.Empty(lab.Right.Module.Outbound);
        Assert.Empty(lab.Right.Phase2());
        // No message 2: the peer was never told to use what is not there.
        Assert.DoesNotContain(lab.Network.Sent, d => d.Source == Lab.RightAddress && d.Exchange == 32);
    }

    [Fact]
    public void Modules_that_never_answer_do_not_block_the_tunnel_for_ever()
    {
        Lab lab = new();
        lab.Right.Module.IsStuck = true;
        lab.Start();
        lab.Network.RunSeconds(25);
        Assert.Contains("do not acknowledge", Assert.Single(lab.Right.Failures()).Message, StringComparison.Ordinal);
        lab.Right.Module.IsStuck = false;
        Assert.True(lab.Network.RunUntil(() => lab.IsUp, 200), lab.Explain());
        Assert.Equal(0, lab.Traffic(1));
    }

    [Fact]
    public void Packets_for_another_address_of_the_router_and_out_of_the_own_tunnel_are_dropped()
    {
        Lab lab = new Lab().Up();
        Datagram datagram = lab.Network.Sent[0];
        lab.Right.Receive(datagram with { Destination = 0x0a020001 });
        lab.Right.Receive(datagram, protection: 1);
        lab.Network.RunSeconds(1);
        Assert.Equal(1ul, lab.Right.Drops(IkeDrop.WrongAddress));
        Assert.Equal(1ul, lab.Right.Drops(IkeDrop.FromOwnTunnel));
    }
}
