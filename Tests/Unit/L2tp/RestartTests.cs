using RouterOS.L2tp.Control;
using RouterOS.L2tp.Control.Machines;
using RouterOS.L2tp.Control.Policy;
using RouterOS.L2tp.Wire;
using RouterOS.Unit.L2tp.Simulation;

namespace RouterOS.Unit.L2tp;

public sealed class RestartTests
{
    [Theory]
    [InlineData(0u, 0)]
    [InlineData(7u, 0)]
    [InlineData(0u, 3)]
    public void Peers_of_tunnels_from_before_a_restart_are_told_and_dial_again(uint protection, int hellos)
    {
        Lab lab = new Lab().Start();
        Node client = lab.Client(protection: protection);
        Assert.True(lab.Connect(client));
        lab.Time.RunSeconds(65 * hellos);
        L2tpTunnel before = client.Tunnels.All.Single();
        L2tpTunnel own = lab.Router.Tunnels.All.Single();

        Node restarted = Restart(lab);
        List<bool> told = [];
        restarted.Tunnels.Former.Over = (_, isTold) => told.Add(isTold);
        restarted.Tunnels.Former.Add(own.Ends, own.LocalId, own.RemoteId);
        lab.Time.RunSeconds(1);
        Assert.Equal((ushort)StopResult.ShuttingDown, before.Ending!.Result);
        Assert.True(before.Ending.ByPeer);
        lab.Time.RunSeconds(3);
        Assert.Equal([true], told);
        Assert.Equal(0, restarted.Tunnels.Former.Count);
        Assert.Equal(TunnelState.Ended, before.State);
        L2tpTunnel again = client.Dial(Lab.RouterAddress, Lab.Dialling());
        Assert.True(lab.Time.RunUntil(() => again.State == TunnelState.Established, 5));
    }

    [Fact]
    public void A_peer_that_has_gone_is_told_a_few_times_and_forgotten()
    {
        Lab lab = new Lab().Start();
        List<bool> told = [];
        lab.Router.Tunnels.Former.Over = (_, isTold) => told.Add(isTold);
        lab.Router.Tunnels.Former.Add(new TunnelEnds(Lab.RouterAddress, 1701, 0xc63364aa, 1701, 0, 0), 5, 6);
        lab.Time.RunSeconds(60);
        Assert.Equal([false], told);
        Assert.Equal(5, lab.Wire.Sent.Count(s => s.Ends.RemoteAddress == 0xc63364aa));
    }

    [Fact]
    public void Ten_thousand_peers_are_not_asked_all_at_once()
    {
        Lab lab = new Lab().Start();
        for (int i = 1; i <= 10_000; i++)
        {
            lab.Router.Tunnels.Former.Add(new TunnelEnds(Lab.RouterAddress, 1701, 0xc6336409, (ushort)i, 0, 0), (ushort)i, 6);
        }

        lab.Time.RunSeconds(0.9);
        Assert.InRange(lab.Wire.Sent.Count, 400, 600);
    }

    [Fact]
    public void An_IPsec_connection_whose_peer_speaks_of_a_tunnel_from_before_a_restart_is_to_end()
    {
        Lab lab = new Lab().Start();
        Node client = lab.Client(protection: 7);
        Node other = lab.Client(protection: 8);
        Assert.True(lab.Connect(client));
        Node restarted = Restart(lab);
        List<uint> strays = [];
        restarted.Tunnels.Stray = ends => strays.Add(ends.Protection);
        Assert.True(lab.Connect(other));
        client.Tunnels.All.Single().Channel.Send(0, TunnelMessages.Hello());
        lab.Time.RunSeconds(5);
        Assert.Equal([7u], strays);

        // A tunnel that has just ended is no stray: its last messages are on their way.
        other.Tunnels.All.Single().Close(StopResult.Clear, GeneralError.None, "done");
        lab.Time.RunSeconds(10);
        restarted.Tunnels.Receive(new TunnelEnds(Lab.RouterAddress, 1701, Lab.ClientAddress, 1701, 8, 0), [0x00, 0x02, 0, 9, 0, 9, 0, 0]);
        Assert.Equal([7u], strays);
    }

    private static Node Restart(Lab lab)
    {
        // The earlier one hears and says nothing any more.
        Node restarted = new(lab.Time, lab.Wire, Lab.RouterAddress, isServer: true) { Settings = lab.Router.Settings };
        restarted.Tunnels.Apply(L2tpPolicy.Read(lab.Intent));
        restarted.Aaa.Apply(lab.Users);
        lab.Router.IsSilent = true;
        return restarted;
    }
}
