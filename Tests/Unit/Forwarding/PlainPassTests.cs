using RouterOS.Flow.Nodes;
using RouterOS.Forwarding;
using RouterOS.Proto.Flow.V1;
using RouterOS.Simulation;
using RouterOS.Unit.Flow;
using Kind = RouterOS.Proto.Forwarding.V1.RouteRow.Types.Kind;

namespace RouterOS.Unit.Forwarding;

/// <summary>The plain pass does what the nodes do: the same bytes leave, and every counter of every node, interface and drop is the same.</summary>
public sealed class PlainPassTests
{
    private const int Rounds = 600;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_packets_fare_as_on_the_nodes(ulong seed)
    {
        using PlainTwins twins = new();
        Compare(twins, seed, []);
        AssertTaken(twins);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void With_reassembly_too(ulong seed)
    {
        using PlainTwins twins = new(1, () => new TestPackage(registry => registry.AddFeature(Arcs.PreRoute, KernelNodes.Ip4ReassembleTransit)));
        Compare(twins, seed, []);
        AssertTaken(twins);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void With_sessions_too(ulong seed)
    {
        using PlainTwins twins = new(1, () => new FlowNodePackage(2048));
        Permit(twins);
        Compare(twins, seed, ["flow-interface", "flow-policy", "flow-summary"]);
        AssertTaken(twins);
    }

    [Fact]
    public void With_sessions_and_workers_too()
    {
        using PlainTwins twins = new(3, () => new FlowNodePackage(2048));
        Permit(twins);
        Compare(twins, 8, ["flow-interface", "flow-policy"], workers: 3);
    }

    [Fact]
    public void A_feature_that_takes_no_part_ends_it()
    {
        TestNode[] features = [new("test-feature", GraphEdge.Continue), new("test-feature", GraphEdge.Continue)];
        int made = 0;
        using PlainTwins twins = new(1, () => new TestPackage(registry =>
        {
            registry.AddNode(features[made++]);
            registry.AddFeature(Arcs.Output, "test-feature");
        }));
        Compare(twins, 9, []);
        Assert.Equal(features[1].Seen.Count, features[0].Seen.Count);
        Assert.Equal(0ul, Passed(twins));
    }

    private static ulong Passed(PlainTwins twins) => twins.Passing.Plane.Worker.Graph.PlainPackets;

    private static void AssertTaken(PlainTwins twins) => Assert.True(Passed(twins) > 100, $"{Passed(twins)} packets took the pass.");

    private static void Permit(PlainTwins twins) => twins.Each(chassis =>
    {
        foreach ((uint index, uint zone) in ((uint, uint)[])
            [(PlainTwins.Inside, 1), (PlainTwins.Outside, 2), (PlainTwins.Raw, 2), (PlainTwins.Tunnel, 3), (PlainTwins.Other, 1)])
        {
            chassis.Set("zone-interface", $"{index}", new ZoneInterfaceRow { Interface = index, Zone = zone });
        }

        Rules(chassis, Policy.Types.Action.Permit);
    });

    private static void Rules(Chassis chassis, Policy.Types.Action toOutside)
    {
        foreach ((uint from, uint to, Policy.Types.Action action) in ((uint, uint, Policy.Types.Action)[])
            [(1, 2, toOutside), (1, 3, Policy.Types.Action.Permit), (3, 2, Policy.Types.Action.Permit), (2, 1, Policy.Types.Action.Reject)])
        {
            chassis.Set("policy", $"{from}/{to}", new PolicySetRow
            {
                FromZone = from, ToZone = to, Rules = { FlowRig.Rule((from * 10) + to, action) },
            });
        }
    }

    private static void Compare(PlainTwins twins, ulong seed, string[] tables, int workers = 1)
    {
        SeededRandom random = new(seed);
        bool flow = tables.Length > 0;
        PlainTraffic traffic = new(random, flow);
        for (int round = 0; round < Rounds; round++)
        {
            int packets = random.Chance(0.4) ? 1 : random.Chance(0.1) ? random.Next(flow ? 30 : 300) : 1 + random.Next(12);
            twins.Give(traffic.Batch(packets), random.Next(workers));
            switch (random.Next(flow ? 14 : 11))
            {
                case 0:
                    twins.Hear(1, [2, 0, 0, 0, 2, (byte)random.Next(4)], random.Chance(0.5) ? PlainTwins.Gateway : "198.51.100.77", "198.51.100.1");
                    break;
                case 1:
                    twins.Interface(mtu: random.Chance(0.5) ? 576u : 1500, up: random.Chance(0.8));
                    twins.Hear(1, PlainTwins.GatewayLink, PlainTwins.Gateway, "198.51.100.1");
                    break;
                case 2:
                    string gateway = $"198.51.100.{(random.Chance(0.5) ? 9 : 70 + random.Next(10))}";
                    twins.Each(chassis => chassis.Route("10.1.2.0/24", Kind.Forward, PlainTwins.Outside, gateway));
                    break;
                case 3:
                    twins.Each(chassis => chassis.Plane.RemoveRow("route", "0/10.1.2.0/24"));
                    break;
                case 4:
                    twins.Wait(random.Chance(0.2) ? 100 : 4);
                    break;
                case 11:
                    Policy.Types.Action action = random.Chance(0.7) ? Policy.Types.Action.Permit : Policy.Types.Action.Deny;
                    twins.Each(chassis => Rules(chassis, action));
                    break;
                case 12:
                    byte[] syn = FlowPackets.Tcp(PlainTwins.Host, (ushort)(4000 + random.Next(3)), PlainTwins.Gateway, 80, FlowPackets.Syn);
                    twins.Give([(Build.Frame(SinkPort.Address, PlainTwins.HostLink, syn), 0, 0)]);
                    break;
                case 13:
                    twins.Give([(Build.Frame(SinkPort.Address, PlainTwins.GatewayLink, FlowPackets.Tcp(
                        PlainTwins.Gateway, 80, PlainTwins.Host, (ushort)(4000 + random.Next(3)), (byte)(random.Chance(0.8) ? 0x10 : 0x11))), 1, 0)]);
                    break;
                default:
                    twins.Wait(0.2);
                    break;
            }

            twins.AssertSame(tables);
        }

        twins.AssertNothingLeaks();
    }
}
