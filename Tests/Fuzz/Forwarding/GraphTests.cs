using RouterOS.Crypto;
using RouterOS.Esp.Nodes;
using RouterOS.Flow.Nodes;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;
using RouterOS.Simulation;
using RouterOS.Unit.Esp;
using RouterOS.Unit.Forwarding;
using Kind = RouterOS.Proto.Forwarding.V1.RouteRow.Types.Kind;

namespace RouterOS.Fuzz.Forwarding;

/// <summary>Frames from the wire into a whole graph with zones, policies and ESP: no fault in any node, and every buffer comes back.</summary>
public sealed class GraphTests : IDisposable
{
    private const string Host = "192.0.2.9";

    private static readonly byte[] s_link = [2, 0, 0, 0, 1, 9];

    private readonly CryptoEngines _engines = CryptoEngines.Open();
    private readonly SimulatedClock _clock = new();
    private readonly SinkPort _inside = new();
    private readonly SinkPort _outside = new();
    private readonly Chassis _chassis;

    public GraphTests()
    {
        _chassis = new Chassis(_clock, [("p0", _inside), ("p1", _outside)], _engines.For, [new FlowNodePackage(), new EspNodePackage()]);
        _chassis.Interface(1, "p0", "192.0.2.1/24");
        _chassis.Interface(2, "p1", "198.51.100.1/24", mtu: 576);
        _chassis.Interface(3, "", "10.255.0.1/30", linkType: "esp");
        _chassis.Route("10.0.0.0/8", Kind.Forward, 2, "198.51.100.9");
        _chassis.Route("10.9.0.0/16", Kind.Reject);
        _chassis.Route("10.8.0.0/16", Kind.Forward, 3);
        for (uint i = 1; i <= 3; i++)
        {
            _chassis.Set("zone-interface", $"{i}", new ZoneInterfaceRow { Interface = i, Zone = i, TcpReset = true, HostInbound = new() { AllServices = true } });
        }

        _chassis.Set("policy", "1/2", Rules(1, 2, Policy.Types.Action.Permit));
        _chassis.Set("policy", "1/3", Rules(1, 3, Policy.Types.Action.Permit));
        _chassis.Set("policy", "2/1", Rules(2, 1, Policy.Types.Action.Reject));
        _chassis.Set("protection", "3", EspRig.Protection());
        _chassis.Set("sa-out", "3/4096", EspRig.Sa(EspPackets.AesSha1));
    }

    [Fact]
    public void Changed_frames()
    {
        IReadOnlyList<byte[]> corpus = Corpus.Bytes("frames");
        ByteMutator mutator = new(corpus);
        _chassis.Feed(KernelNodes.PortInput, Build.Arp(ArpOperation.Request, s_link, Host, new byte[6], "192.0.2.1"));
        long sent = _outside.Sent;
        FuzzLoop.Run("frames", 15_000, (random, input) =>
        {
            byte[] frame = random.OneIn(8) ? [.. random.Pick(corpus)] : mutator.Next(random);
            Mend(frame, random);
            Feed(frame, random, input);
        });

        NoHarm();
        Assert.True(_outside.Sent > sent, "no frame was forwarded: the target has lost its way");
    }

    [Fact]
    public void Random_frames()
    {
        FuzzLoop.Run("random-frames", 10_000, (random, input) =>
        {
            byte[] frame = new byte[random.Next(random.OneIn(3) ? 1600 : 80)];
            for (int i = 0; i < frame.Length; i++)
            {
                frame[i] = (byte)random.Word();
            }

            if (frame.Length > 34 && !random.OneIn(4))
            {
                // Past the first checks: our address, IPv4, a right version.
                SinkPort.Address.CopyTo(frame, 0);
                (frame[12], frame[13]) = (8, (byte)(random.OneIn(5) ? 6 : 0));
                frame[14] = (byte)(0x40 | (5 + (random.OneIn(3) ? random.Next(11) : 0)));
                (frame[16], frame[17]) = ((byte)((frame.Length - 14) >> 8), (byte)(frame.Length - 14));
                Mend(frame, random);
            }

            Feed(frame, random, input);
        });

        NoHarm();
    }

    // Pieces of datagrams in any order, overlapping, of contradicting sizes, by few identifications.
    [Fact]
    public void Fragments()
    {
        byte[] whole = Build.Udp(Host, "192.0.2.1", 500, 1400)[20..];
        FuzzLoop.Run("fragments", 10_000, (random, input) =>
        {
            int offset = random.Next(whole.Length / 8) * 8;
            int size = Math.Min(8 + (random.Next(40) * 8), whole.Length - offset);
            byte[] packet = Build.Fragment(
                Host, random.OneIn(2) ? "192.0.2.1" : "10.0.0.1", whole, offset, size, more: offset + size < whole.Length || random.OneIn(6),
                id: (ushort)random.Next(6), protocol: random.OneIn(3) ? IpProtocol.Icmp : IpProtocol.Udp);
            if (random.OneIn(20))
            {
                packet[6] |= 0x1f;
                packet[7] = 0xff;
            }

            byte[] frame = Build.Frame(SinkPort.Address, s_link, packet);
            Mend(frame, random);
            Feed(frame, random, input);
        });

        NoHarm();
    }

    public void Dispose()
    {
        _chassis.Dispose();
        _engines.Dispose();
    }

    private static PolicySetRow Rules(uint from, uint to, Policy.Types.Action action) => new()
    {
        FromZone = from, ToZone = to, Rules = { new PolicyRuleRow { Id = (from * 10) + to, Name = "p", Action = action } },
    };

    // A checksum that fits lets a change through to what is behind the check; now and then it stays wrong.
    private static void Mend(byte[] frame, FuzzRandom random)
    {
        if (frame.Length < 34 || frame[12] != 8 || frame[13] != 0 || random.OneIn(10))
        {
            return;
        }

        Span<byte> packet = frame.AsSpan(14);
        int header = (packet[0] & 15) * 4;
        if (random.OneIn(2))
        {
            (packet[2], packet[3]) = ((byte)(packet.Length >> 8), (byte)packet.Length);
        }

        if (packet.Length >= header && header >= 20)
        {
            packet[10] = packet[11] = 0;
            ushort checksum = InternetChecksum.Compute(packet[..header]);
            (packet[10], packet[11]) = ((byte)(checksum >> 8), (byte)checksum);
        }
    }

    private void Feed(byte[] frame, FuzzRandom random, FuzzCase input)
    {
        input.Bytes = frame;
        _chassis.Feed(KernelNodes.PortInput, frame, port: (ushort)(random.OneIn(3) ? 1 : 0));
        Assert.Equal(0ul, _chassis.Plane.Worker.Graph.Faults);
        if (random.OneIn(100))
        {
            _clock.Advance(TimeSpan.FromMilliseconds(20));
            _chassis.Punted.Clear();
            _chassis.Events.Clear();
        }
    }

    private void NoHarm() => _chassis.AssertNothingLeaks();
}
