using RouterOS.L2tp.Control;
using RouterOS.L2tp.Control.Machines;
using RouterOS.Unit.L2tp.Simulation;

namespace RouterOS.Fuzz.L2tp;

/// <summary>Live tunnels and sessions with hostile bytes in their way: nothing is thrown, nothing grows, and a sound client connects afterwards.</summary>
public sealed class L2tpExchangeTests
{
    private const int Dials = 300;
    private const int MostTunnels = 64;

    [Fact]
    public void A_client_and_a_router_whose_messages_are_changed_on_the_way()
    {
        byte[][] good = Recorded();
        ByteMutator mutator = new(good);
        Lab? lab = null;
        int dial = 0;
        FuzzLoop.Run("l2tp-exchange", Dials, (random, input) =>
        {
            if (lab is null || dial++ % 20 == 0)
            {
                lab = new Lab((ulong)dial + 1).Start();
                lab.Wire.KeepsSent = false;
            }

            Node client = lab.Client(address: Lab.ClientAddress + 1);
            int spared = random.Next(12);
            lab.Wire.Outside = (ends, payload) =>
            {
                byte[] bytes = spared-- > 0 || !random.OneIn(3) ? payload : random.OneIn(6) ? random.Pick(good) : mutator.Mutate(payload, random);
                input.Bytes = bytes;
                Node to = ends.RemoteAddress == Lab.RouterAddress ? lab.Router : client;
                _ = lab.Time.After(TimeSpan.FromMilliseconds(5), () => to.Tunnels.Receive(
                    new TunnelEnds(ends.RemoteAddress, ends.RemotePort, ends.LocalAddress, ends.LocalPort, ends.Protection, ends.Instance), bytes));
            };
            _ = lab.Connect(client, 5);
            lab.Time.RunSeconds(1);
            Assert.InRange(lab.Router.Tunnels.All.Count, 0, MostTunnels);
            lab.Wire.Outside = null;
            if (random.OneIn(10))
            {
                Node sound = lab.Client(address: Lab.ClientAddress + 100 + (uint)dial);
                Assert.True(lab.Connect(sound, 60), "a sound client cannot connect");
                foreach (L2tpTunnel tunnel in sound.Tunnels.All)
                {
                    Assert.Equal(TunnelState.Established, tunnel.State);
                }
            }
        });
    }

    // What a sound client and the router say to each other.
    private static byte[][] Recorded()
    {
        Lab lab = new Lab().Start();
        Assert.True(lab.Connect(lab.Client()));
        return [.. lab.Wire.Sent.Select(sent => sent.Payload)];
    }
}
