using RouterOS.Forwarding;
using RouterOS.Gre.Nodes;
using RouterOS.Gre.Wire;
using RouterOS.Packets;
using RouterOS.Proto.Gre.V1;
using RouterOS.Simulation;
using RouterOS.Unit.Forwarding;
using Kind = RouterOS.Proto.Forwarding.V1.RouteRow.Types.Kind;

namespace RouterOS.Fuzz.Gre;

/// <summary>GRE and IP in IP: the header alone, and changed packets through a plane with tunnels of every kind.</summary>
public sealed class GreTests
{
    private const string Peer = "192.0.2.9";
    private const string Own = "192.0.2.1";

    [Fact]
    public void Header() => FuzzLoop.Parse("gre", 20_000, bytes =>
    {
        bool accepted = GreHeader.TryParse(bytes, out GreHeader header, out GreError error);
        Assert.True(accepted == (error == GreError.None));
        if (accepted)
        {
            _ = header.Key + header.Sequence + (uint)header.Protocol;
            Assert.True(header.Length <= bytes.Length && header.Packet.Length == bytes.Length);
        }
    });

    [Fact]
    public void Packets_of_tunnels()
    {
        SinkPort outside = new();
        SinkPort inside = new();
        using Chassis chassis = new(new SimulatedClock(), [("p0", outside), ("p1", inside)], new GreNodePackage());
        chassis.Interface(1, "p0", Own + "/24");
        chassis.Interface(2, "p1", "198.51.100.1/24");
        chassis.Feed(KernelNodes.PortInput, Build.Arp(ArpOperation.Request, [2, 0, 0, 0, 1, 9], Peer, new byte[6], Own));
        chassis.Feed(KernelNodes.PortInput, Build.Arp(ArpOperation.Request, [2, 0, 0, 0, 1, 8], "198.51.100.9", new byte[6], "198.51.100.1"), port: 1);
        uint index = 100;
        foreach (Action<TunnelRow> change in (Action<TunnelRow>[])
        [
            _ => { }, row => (row.HasKey, row.Key, row.Checksum, row.Sequence) = (true, 7, true, true), row => row.Encapsulation = Encapsulation.Ip,
            row => (row.HasKey, row.Key, row.Secured, row.Protection) = (true, 8, true, "none"),
        ])
        {
            TunnelRow row = new() { Interface = index, LocalAddress = Chassis.Ip(Own), RemoteAddress = Chassis.Ip(Peer) };
            change(row);
            chassis.Interface(index, "", $"10.5.{index}.1/30", linkType: "gre");
            chassis.Set("gre-tunnel", $"{index}", row);
            index++;
        }

        chassis.Route("10.60.0.0/16", Kind.Forward, 101);
        ByteMutator mutator = new(Corpus.Bytes("gre"));
        ByteMutator packets = new(Corpus.Bytes("ipv4"));
        FuzzLoop.Run("gre-packets", 20_000, (random, input) =>
        {
            bool isIp = random.OneIn(5);
            byte[] payload = isIp ? packets.Next(random) : mutator.Next(random);
            input.Bytes = Build.Ip(Peer, Own, isIp ? IpProtocol.Ipv4 : IpProtocol.Gre, payload.AsSpan(0, Math.Min(payload.Length, 1400)));
            if (random.OneIn(4))
            {
                input.Bytes[1] = (byte)random.Next(256);
                input.Bytes[10] = input.Bytes[11] = 0;
                ushort checksum = InternetChecksum.Compute(input.Bytes.AsSpan(0, 20));
                (input.Bytes[10], input.Bytes[11]) = ((byte)(checksum >> 8), (byte)checksum);
            }

            chassis.Feed(KernelNodes.Ip4Input, input.Bytes, ingress: 1);

            // Into a tunnel, and an ICMP error about what has left.
            byte[] inner = packets.Next(random);
            chassis.Feed(KernelNodes.Ip4Input, inner, ingress: 2);
            byte[] quote = [3, 4, 0, 0, 0, 0, (byte)random.Next(6), (byte)random.Next(256), .. input.Bytes.AsSpan(0, Math.Min(input.Bytes.Length, 40))];
            chassis.Feed(KernelNodes.Ip4Input, Build.Ip("192.0.2.77", Own, IpProtocol.Icmp, quote), ingress: 1);
            Assert.Equal(0ul, chassis.Plane.Worker.Graph.Faults);
            if (random.OneIn(100))
            {
                chassis.Clock.Advance(TimeSpan.FromSeconds(1));
                chassis.Punted.Clear();
                chassis.Events.Clear();
            }
        });

        // The tunnel without options still works.
        long before = inside.Sent;
        chassis.Feed(
            KernelNodes.Ip4Input, Build.Ip(Peer, Own, IpProtocol.Gre, [0, 0, 8, 0, .. Build.Udp("10.60.0.1", "198.51.100.9", 53)]), ingress: 1);
        Assert.Equal(before + 1, inside.Sent);
        chassis.AssertNothingLeaks();
    }
}
