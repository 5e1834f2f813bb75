using RouterOS.L2tp.Control;
using RouterOS.L2tp.Control.Machines;
using RouterOS.Unit.L2tp.Simulation;
using Xunit.Abstractions;

namespace RouterOS.Unit.L2tp;

[Collection(MeasuredAlone.Name)]
public sealed class ScaleTests(ITestOutputHelper output)
{
    private const int Clients = 1000;

    // All of L2TP, PPP and AAA of the router's side; without the modules' rows and without IPsec.
    private const long MostBytes = 10_000;

    [Fact]
    public void A_thousand_sessions_of_a_thousand_tunnels_are_small()
    {
        Lab lab = new Lab().Start();
        lab.Wire.KeepsSent = false;
        Node client = lab.Client();
        // What everybody needs once is not any session's.
        Assert.True(lab.Connect(client));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        List<L2tpTunnel> tunnels = [];
        for (int i = 1; i <= Clients; i++)
        {
            tunnels.Add(client.Dial(Lab.RouterAddress, Lab.Dialling(), (ushort)(2000 + i)));
            lab.Time.RunSeconds(0.002);
        }

        Assert.True(lab.Time.RunUntil(() => tunnels.TrueForAll(t => t.State == TunnelState.Established), 60));
        foreach (L2tpTunnel tunnel in tunnels)
        {
            _ = tunnel.OpenSession(new CallDetails { SerialNumber = tunnel.LocalId });
        }

        Assert.True(lab.Time.RunUntil(() => lab.Router.Networks.Count == Clients + 1, 60));
        long both = GC.GetTotalMemory(forceFullCollection: true) - before;
        output.WriteLine($"{both / Clients} bytes per session, both ends together");
        Assert.InRange(both / Clients, 0, 2 * MostBytes);
        Assert.Equal(Clients + 1, lab.Router.Networks.Values.Select(n => n.PeerAddress).Distinct().Count());
        GC.KeepAlive(lab);
    }
}
