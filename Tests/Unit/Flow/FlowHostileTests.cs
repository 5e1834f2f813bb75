using FsCheck;
using FsCheck.Fluent;
using RouterOS.Flow.Nodes;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;
using RouterOS.Unit.Esp;
using RouterOS.Unit.Forwarding;
using static RouterOS.Unit.Flow.FlowPackets;

namespace RouterOS.Unit.Flow;

public sealed class FlowHostileTests
{
    private const int BatchPackets = 256;

    [Fact]
    public void Random_packets_are_read_or_refused_without_a_throw()
    {
        Gen<byte[]> transport = Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf().Resize(64);
        Gen<byte> protocol = Gen.Elements<byte>(1, 6, 17, 47, 50, 132);
        Prop.ForAll(
            transport.ToArbitrary(),
            protocol.ToArbitrary(),
            Gen.Choose(0, 15).ToArbitrary(),
            (payload, number, headerWords) =>
            {
                byte[] packet = Build.Ip("10.1.0.10", "203.0.113.9", (IpProtocol)number, payload);
                FlowPacket.TryParse(packet, 0, out _);
                packet[0] = (byte)(0x40 | headerWords);
                FlowPacket.TryParse(packet, 0, out _);
                FlowPacket.TryParse(payload, 0, out _);
                return true;
            }).Check(Seeded.Config);
    }

    [Fact]
    public void Mutated_packets_through_the_whole_graph_break_nothing_and_leak_nothing()
    {
        Random random = new(20260112);
        using FlowRig rig = new FlowRig(64).PermitOut();
        rig.Bind(FlowRig.Outside, FlowRig.Untrust, new HostInboundRow { AllServices = true });
        byte[] udp = Udp("10.1.0.10", 1, "203.0.113.80", 2);
        byte[][] samples =
        [
            udp, Udp("203.0.113.80", 2, "10.1.0.10", 1), Tcp("10.1.0.10", 3, "203.0.113.80", 4, Syn), Icmp("10.1.0.10", "203.0.113.80", 8, 5),
            Error("203.0.113.80", "10.1.0.10", udp), Udp("203.0.113.80", 2, "203.0.113.1", 1),
        ];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] packet = [.. samples[random.Next(samples.Length)]];
            for (int changes = random.Next(4); changes > 0; changes--)
            {
                packet[random.Next(packet.Length)] = (byte)random.Next(256);
            }

            if (random.Next(8) == 0)
            {
                packet = packet[..random.Next(20, packet.Length)];
                packet[2] = (byte)(packet.Length >> 8);
                packet[3] = (byte)packet.Length;
            }

            packet[10] = packet[11] = 0;
            int header = Math.Clamp((packet[0] & 0xf) * 4, 20, packet.Length);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), InternetChecksum.Compute(packet.AsSpan(0, header)));
            rig.Send((uint)random.Next(1, 5), packet);
            if (i % 500 == 0)
            {
                rig.Wait(1);
            }
        }

        Assert.Equal(0UL, rig.Chassis.Plane.Worker.Graph.Faults);
        rig.Chassis.AssertNothingLeaks();
    }

    [Fact]
    public void Packets_and_ageing_allocate_nothing()
    {
        using FakeWorker worker = new();
        FlowState state = new(worker, new ForwardingTables(), 512, 99)
        {
            Settings = new(new FlowDefaultRow { Sessions = new() { CheckReset = true, RefuseDnsReply = true, RouteChangeTimeout = 50, EarlyAgeout = 2, HighWatermark = 100, LowWatermark = 100, TcpMssGreIn = 1000 } }),
        };
        state.SetZone(1, new RouterOS.Flow.Nodes.ZoneInterface(new ZoneInterfaceRow { Interface = 1, Zone = 1 }));
        state.SetZone(2, new RouterOS.Flow.Nodes.ZoneInterface(new ZoneInterfaceRow { Interface = 2, Zone = 2 }));
        state.Policies.Set("1/2", new PolicySetRow
        {
            FromZone = 1, ToZone = 2,
            Rules =
            {
                FlowRig.Rule(1, Policy.Types.Action.Deny, new Application { Protocol = 6, FirstDestinationPort = 23, LastDestinationPort = 23 }),
                FlowRig.Rule(2, Policy.Types.Action.Permit),
            },
        });
        GraphNode[] nodes = [new FlowPolicyNode(state, new ForwardingTables(), worker), new FlowLocalInNode(state, worker), new FlowLocalOutNode(state, worker)];
        nint[] batch = new nint[BatchPackets];
        ushort[] edges = new ushort[BatchPackets];
        for (int i = 0; i < batch.Length; i++)
        {
            batch[i] = worker.Pools.Rent(200);
            ref PacketBuffer packet = ref PacketBuffer.At(batch[i]);
            packet.IngressInterface = i % 3 == 1 ? 2u : 1u;
            packet.EgressInterface = i % 3 == 1 ? 1u : 2u;
        }

        byte[][] samples =
        [
            Udp("10.1.0.10", 1, "203.0.113.80", 2), Udp("203.0.113.80", 2, "10.1.0.10", 1), Tcp("10.1.0.10", 3, "203.0.113.80", 23, Ack),
            Tcp("10.1.0.10", 3, "203.0.113.80", 80, Syn), Error("203.0.113.80", "10.1.0.10", Udp("10.1.0.10", 1, "203.0.113.80", 2)),
            Icmp("10.1.0.10", "203.0.113.80", 8, 5),
        ];
        for (int i = 0; i < batch.Length; i++)
        {
            byte[] sample = samples[i % samples.Length];
            PacketBuffer.At(batch[i]).Length = sample.Length;
            sample.CopyTo(PacketBuffer.At(batch[i]).Data);
        }

        Assert.Equal(0, Allocation.Of(() => RunAll(5_000)));
        Assert.True(state.Sessions.Count > 100);
        Assert.True(state.Drops.Read((int)FlowDrop.PolicyDenied) > 0);
        Assert.Equal(0UL, state.Refused);
        Array.ForEach(batch, worker.Free);

        void RunAll(int batches)
        {
            for (int round = 0; round < batches; round++)
            {
                // New ports all the time, so that sessions are opened and age, not only found.
                PacketBuffer.At(batch[0]).Data[21] = (byte)round;
                PacketBuffer.At(batch[3]).Data[21] = (byte)(round * 3);
                worker.Now += 100_000_000;
                nodes[round % 3].Process(batch, edges);
                state.Sweep(64);
            }
        }
    }
}
