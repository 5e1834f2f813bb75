using RouterOS.L2tp.Control;
using RouterOS.L2tp.Control.Machines;
using RouterOS.L2tp.Wire;
using RouterOS.Ppp.Wire;
using RouterOS.Proto.Ppp.V1;
using RouterOS.Unit.L2tp.Simulation;

namespace RouterOS.Unit.L2tp;

public sealed class EstablishTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_client_dials_in_and_gets_an_address_and_name_servers(int method)
    {
        Lab lab = new() { Methods = [(AuthenticationMethod)method] };
        lab.Start();
        Node client = lab.Client();
        Assert.True(lab.Connect(client, 10), string.Join("; ", lab.Router.Ends.Select(e => e.Message)));

        NetworkUp router = lab.Router.Networks.Values.Single();
        NetworkUp own = client.Networks.Values.Single();
        Assert.Equal("alice", router.User);
        Assert.Equal(Lab.FirstPoolAddress, router.PeerAddress);
        Assert.Equal(router.PeerAddress, own.LocalAddress);
        Assert.Equal(router.LocalAddress, own.PeerAddress);
        Assert.Equal(0xc0000235u, client.Links.Values.Single().Ipcp.Servers[0]);
        Assert.True(lab.Router.Tunnels.All.Single().IsAuthenticated);
        Assert.Equal(0ul, lab.Router.Counters.Malformed + client.Counters.Malformed);
    }

    [Fact]
    public void A_client_hears_that_its_address_is_right_when_the_data_path_can_take_its_packets()
    {
        Lab lab = new Lab().Start();
        lab.Router.Programming = TimeSpan.FromMilliseconds(700);
        Node client = lab.Client();
        L2tpTunnel tunnel = client.Dial(Lab.RouterAddress, Lab.Dialling());
        Assert.True(lab.Time.RunUntil(() => tunnel.State == TunnelState.Established, 5));
        _ = tunnel.OpenSession(new CallDetails());
        Assert.True(lab.Time.RunUntil(() => client.Networks.Count > 0, 5));
        Assert.InRange(lab.Time.Now - lab.Router.Programmed.Single().When, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(100));
        Assert.True(lab.Time.RunUntil(() => lab.Router.Networks.Count > 0, 5));
    }

    [Fact]
    public void A_session_that_the_data_path_does_not_take_ends_with_the_reason()
    {
        Lab lab = new Lab().Start();
        lab.Router.Refusal = "no room";
        Assert.False(lab.Connect(lab.Client(), 10));
        Assert.Contains("no room", lab.Router.Ends.Single().Message, StringComparison.Ordinal);
        Assert.Contains("no room", lab.Router.Tunnels.History.Sessions.Single().Ending!.Message, StringComparison.Ordinal);
        Assert.Equal(0, lab.Router.Aaa.Sessions);
    }

    [Fact]
    public void A_wrong_user_password_ends_the_session_with_the_cause_and_not_the_tunnel()
    {
        Lab lab = new();
        lab.Start();
        Node client = lab.Client(password: "looking glass");
        Assert.False(lab.Connect(client, 10));
        LinkEnd end = lab.Router.Ends.Single();
        Assert.Equal((uint)DisconnectCause.AuthenticationFailed, end.Cause);
        Assert.Contains("the password is wrong", lab.Router.Reasons);
        L2tpSession ended = lab.Router.Tunnels.History.Sessions.Single();
        Assert.Equal((ushort)CallResult.Administrative, ended.Ending!.Result);
        Assert.Equal(TunnelState.Established, lab.Router.Tunnels.All.Single().State);
        Assert.Equal(0, lab.Router.Aaa.Sessions);
    }

    [Fact]
    public void A_wrong_tunnel_password_is_refused_with_not_authorized()
    {
        Lab lab = new();
        lab.Start();
        Node client = lab.Client();
        L2tpTunnel tunnel = client.Dial(Lab.RouterAddress, Lab.Dialling(secret: "another"));
        lab.Time.RunSeconds(10);
        Assert.Equal(TunnelState.Ended, tunnel.State);
        Assert.Equal((ushort)StopResult.NotAuthorized, tunnel.Ending!.Result);
        Assert.Equal(0, lab.Router.Tunnels.All.Count(t => t.State == TunnelState.Established));
    }

    [Fact]
    public void A_client_that_proves_a_wrong_password_is_counted_and_told()
    {
        // The client does not ask the router to prove anything, so only the router can find out.
        Lab lab = new();
        lab.Start();
        Node client = lab.Client();
        client.Tunnels.Apply(new() { SendsChallenge = false });
        L2tpTunnel tunnel = client.Dial(Lab.RouterAddress, Lab.Dialling(secret: "another"));
        lab.Time.RunSeconds(10);
        Assert.Equal(1ul, lab.Router.Tunnels.AuthenticationErrors);
        Assert.Equal((ushort)StopResult.NotAuthorized, tunnel.Ending!.Result);
        Assert.True(tunnel.Ending.ByPeer);
        Assert.Equal(TunnelState.Ended, tunnel.State);
    }

    [Fact]
    public void What_comes_in_the_clear_is_not_answered_where_the_profile_wants_IPsec()
    {
        Lab lab = new();
        lab.Host.IpsecTransport = true;
        lab.Start();
        Node clear = lab.Client();
        L2tpTunnel tunnel = clear.Dial(Lab.RouterAddress, Lab.Dialling());
        lab.Time.RunSeconds(40);
        Assert.Equal(TunnelState.Ended, tunnel.State);
        Assert.DoesNotContain(lab.Wire.Sent, s => s.Ends.LocalAddress == Lab.RouterAddress);
        Assert.True(lab.Router.Tunnels.Drops[L2tpDrop.NotProtected] > 0);

        Node secured = lab.Client(protection: 7);
        Assert.True(lab.Connect(secured));
        Assert.All(lab.Wire.Sent.Where(s => s.Ends.LocalAddress == Lab.RouterAddress), s => Assert.Equal(7u, s.Ends.Protection));
    }

    [Fact]
    public void Clients_with_equal_addresses_ports_and_tunnel_numbers_never_meet()
    {
        Lab lab = new();
        lab.Host.IpsecTransport = true;
        lab.Start();
        Node[] clients = [.. Enumerable.Range(1, 20).Select(i => lab.Client(protection: (uint)i))];
        foreach (Node client in clients)
        {
            Assert.True(lab.Connect(client));
        }

        Assert.Equal(20, lab.Router.Networks.Count);
        Assert.Equal(20, lab.Router.Networks.Values.Select(n => n.PeerAddress).Distinct().Count());

        // The same numbers under another protection are nobody's.
        L2tpTunnel first = lab.Router.Tunnels.All.Single(t => t.Ends.Protection == 1);
        byte[] hello = new byte[L2tpHeader.ControlLength];
        L2tpHeader.WriteControl(hello, first.LocalId, 0, first.Channel.NextReceive, 0, 0);
        ulong before = lab.Router.Tunnels.Drops[L2tpDrop.Unknown];
        lab.Router.Tunnels.Receive(first.Ends with { Protection = 2 }, hello);
        lab.Router.Tunnels.Receive(first.Ends with { Protection = 0 }, hello);
        Assert.Equal(before + 2, lab.Router.Tunnels.Drops[L2tpDrop.Unknown]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Loss_reordering_and_duplicates_delay_and_nothing_more(ulong seed)
    {
        Lab lab = new(seed);
        lab.Wire.Loss = 0.2;
        lab.Wire.Duplication = 0.2;
        lab.Wire.Delay = 0.3;
        lab.Intent.RetransmissionsNotEstablished = 7;
        lab.Intent.RetransmissionsEstablished = 7;
        lab.Start();
        Node client = lab.Client();
        client.Tunnels.Apply(new() { RetransmissionsNotEstablished = 7, RetransmissionsEstablished = 7 });
        Assert.True(lab.Connect(client, 120), string.Join("; ", lab.Router.Ends.Concat(client.Ends).Select(e => e.Message)));
        Assert.Single(lab.Router.Tunnels.All);
        Assert.Equal(1, lab.Router.Tunnels.Sessions);
        Assert.Equal(1, lab.Router.Aaa.Sessions);
    }

    [Fact]
    public void Closing_from_either_side_leaves_nothing_behind()
    {
        Lab lab = new();
        lab.Start();
        Node client = lab.Client();
        Assert.True(lab.Connect(client));
        client.Links.Values.Single().Terminate(DisconnectCause.Normal, "enough");
        lab.Time.RunSeconds(10);
        Assert.Equal(0, lab.Router.Tunnels.Sessions);
        Assert.Equal(0, lab.Router.Aaa.Sessions);
        Assert.Empty(lab.Router.Links);
        Assert.Equal(TunnelState.Established, lab.Router.Tunnels.All.Single().State);

        // Without a session the tunnel goes at the idle time, and is shown until the destruct time.
        lab.Time.RunSeconds(65);
        Assert.Empty(lab.Router.Tunnels.All);
        Assert.Empty(client.Tunnels.All);
        Assert.Single(lab.Router.Tunnels.History.Tunnels);
        lab.Time.RunSeconds(700);
        Assert.Empty(lab.Router.Tunnels.History.Tunnels);
        Assert.Empty(lab.Router.Tunnels.Destinations);
    }

    [Fact]
    public void A_peer_that_falls_silent_is_found_by_hellos()
    {
        Lab lab = new();
        lab.Start();
        Node client = lab.Client();
        Assert.True(lab.Connect(client));
        lab.Time.RunSeconds(300);
        Assert.Single(lab.Router.Tunnels.All);
        lab.Wire.IsCut = true;
        lab.Time.RunSeconds(200);
        Assert.Empty(lab.Router.Tunnels.All);
        Assert.Equal(0, lab.Router.Aaa.Sessions);
    }
}
