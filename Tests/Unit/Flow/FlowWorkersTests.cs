using RouterOS.Forwarding.Plane;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;
using RouterOS.Unit.Crypto;
using RouterOS.Unit.Forwarding;
using static RouterOS.Unit.Flow.FlowPackets;

namespace RouterOS.Unit.Flow;

/// <summary>Flow on several workers: packets come in on any of them, each flow has one session on one of them.</summary>
public sealed class FlowWorkersTests
{
    private const int Workers = 3;

    [Fact]
    public void A_flow_has_one_session_wherever_its_packets_come_in()
    {
        using FlowRig rig = new FlowRig(workers: Workers).PermitOut();
        for (int flow = 0; flow < 30; flow++)
        {
            ushort port = (ushort)(1000 + flow);
            for (int worker = 0; worker < Workers; worker++)
            {
                Assert.Single(rig.Send(FlowRig.Inside, Udp("10.1.0.10", port, "203.0.113.80", 53), worker));
                Assert.Single(rig.Send(FlowRig.Outside, Udp("203.0.113.80", 53, "10.1.0.10", port), worker));
            }
        }

        List<SessionState> sessions = rig.Sessions();
        Assert.Equal(30, sessions.Count);
        Assert.Equal(30, sessions.Select(session => session.Id).Distinct().Count());
        Assert.All(sessions, session => Assert.Equal((3u, 3u), (session.ForwardPackets, session.ReversePackets)));
        Assert.Equal((30u, 3u * 1024), (rig.Summary().Sessions, rig.Summary().Maximum));
        Assert.Equal((180ul, 30ul), (rig.Hits(1).Packets, rig.Hits(1).Sessions));
        // The sum of what the workers counted.
        Assert.Equal(30ul, rig.Counters(FlowRig.Inside).ConnectionsEstablished);
        // All workers have some of them, and a number finds its session on whichever.
        Assert.Equal(Workers, sessions.Select(session => (session.Id & 0xfffff) / 1024).Distinct().Count());
        Assert.All(sessions, session => Assert.Equal(session, Assert.Single(rig.Sessions($"{session.Id}"))));
        Assert.Equal(30, rig.Sessions("0-1023").Count + rig.Sessions("1024-3071").Count);
    }

    [Fact]
    public void Answers_without_a_session_stay_out_on_every_worker()
    {
        using FlowRig rig = new FlowRig(workers: Workers).PermitOut();
        for (int worker = 0; worker < Workers; worker++)
        {
            Assert.Empty(rig.Send(FlowRig.Outside, Udp("203.0.113.80", 53, "10.1.0.10", 4000), worker));
        }

        Assert.Equal(3ul, rig.Drops("policy-denied"));
        Assert.Equal(3ul, rig.Counters(FlowRig.Outside).PolicyDenied);
    }

    [Fact]
    public void An_error_finds_the_session_that_it_is_about()
    {
        using FlowRig rig = new FlowRig(workers: Workers).PermitOut();
        for (ushort port = 1; port <= 12; port++)
        {
            byte[] packet = Udp("10.1.0.10", port, "203.0.113.80", 53);
            Assert.Single(rig.Send(FlowRig.Inside, packet, port % Workers));
            Assert.Single(rig.Send(FlowRig.Outside, Error("203.0.113.5", "10.1.0.10", packet), (port + 1) % Workers));
        }
    }

    [Fact]
    public void Answers_to_the_routers_own_packets_are_let_in_on_every_worker()
    {
        using FlowRig rig = new(workers: Workers);
        rig.SendOwn(Icmp("203.0.113.1", "203.0.113.80", 8, 77));
        for (int worker = 0; worker < Workers; worker++)
        {
            rig.Send(FlowRig.Outside, Icmp("203.0.113.80", "203.0.113.1", 0, 77), worker);
            Assert.Equal(worker + 1, rig.Chassis.Punted.Count);
        }

        rig.Send(FlowRig.Outside, Icmp("203.0.113.80", "203.0.113.1", 0, 78), 1);
        Assert.Equal(Workers, rig.Chassis.Punted.Count);
    }

    [Fact]
    public void Packets_of_a_flow_keep_their_order_through_the_hand_off()
    {
        using FlowRig rig = new FlowRig(workers: Workers).PermitOut();
        for (int i = 0; i < 900; i++)
        {
            // Ten flows, all on the last worker's port; the payload's length is the number of the packet in its flow.
            rig.Chassis.Feed(
                "ip4-input", Udp("10.1.0.10", (ushort)(1000 + (i % 10)), "203.0.113.80", 53, 1 + (i / 10)), FlowRig.Inside, worker: 2, run: false);
        }

        List<byte[]> left = rig.Run();
        Assert.Equal(900, left.Count);
        foreach (IGrouping<int, byte[]> flow in left.GroupBy(packet => (packet[20] << 8) | packet[21]))
        {
            Assert.Equal(Enumerable.Range(1, 90), flow.Select(packet => packet.Length - 28));
        }

        Assert.Equal(0ul, rig.Chassis.Drops("worker/handoff-full"));
        rig.Chassis.AssertNothingLeaks();
    }

    [Fact]
    public void Handing_packets_over_allocates_nothing()
    {
        using FlowRig rig = new FlowRig(workers: Workers).PermitOut();
        rig.Keeps = false;
        byte[][] packets = [.. Enumerable.Range(0, 30).Select(flow => Udp("10.1.0.10", (ushort)(1000 + flow), "203.0.113.80", 53))];
        ForwardingPlane plane = rig.Chassis.Plane;
        int input = plane.Worker.NodeIndex("ip4-input");
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int round = 0; round < 2000; round++)
            {
                foreach (byte[] bytes in packets)
                {
                    nint handle = plane.Pools.Rent(bytes.Length);
                    ref PacketBuffer packet = ref PacketBuffer.At(handle);
                    packet.Length = bytes.Length;
                    bytes.CopyTo(packet.Data);
                    packet.IngressInterface = FlowRig.Inside;
                    plane.Workers[round % Workers].Enqueue(input, handle);
                }

                plane.RunOnce();
            }
        }));
        // A third of the flows is each worker's; what it got of the others it has handed over.
        List<SessionState> sessions = rig.Sessions();
        Assert.Equal(Workers, sessions.Select(session => (session.Id & 0xfffff) / 1024).Distinct().Count());
        Assert.Equal(rig.Sent, sessions.Aggregate(0ul, (sum, session) => sum + session.ForwardPackets));
    }

    [Fact]
    public void Fragments_meet_on_one_worker()
    {
        using FlowRig rig = new FlowRig(workers: Workers).PermitOut();
        for (ushort id = 1; id <= 9; id++)
        {
            byte[] whole = Udp("10.1.0.10", id, "203.0.113.80", 53, 64);
            // Two fragments of 40 and 32 bytes behind the header, on different workers.
            byte[] first = Build.Fragment("10.1.0.10", "203.0.113.80", whole.AsSpan(20), 0, 40, more: true, id);
            byte[] last = Build.Fragment("10.1.0.10", "203.0.113.80", whole.AsSpan(20), 40, 32, more: false, id);
            Assert.Empty(rig.Send(FlowRig.Inside, first, id % Workers));
            Assert.Single(rig.Send(FlowRig.Inside, last, (id + 1) % Workers));
        }

        Assert.Equal(9, rig.Sessions().Count);
        rig.Chassis.AssertNothingLeaks();
    }

    [Fact]
    public void Two_runs_of_the_same_traffic_are_the_same()
    {
        Assert.Equal(RunOnce(), RunOnce());

        static List<string> RunOnce()
        {
            using FlowRig rig = new FlowRig(workers: Workers).PermitOut();
            var random = new Random(42);
            for (int i = 0; i < 400; i++)
            {
                byte[] packet = Udp($"10.1.0.{10 + random.Next(40)}", (ushort)random.Next(1, 9), "203.0.113.80", (ushort)random.Next(1, 9), i);
                rig.Chassis.Feed("ip4-input", packet, FlowRig.Inside, worker: random.Next(Workers), run: random.Next(5) == 0);
            }

            return [.. rig.Run().Select(Convert.ToHexString)];
        }
    }
}
