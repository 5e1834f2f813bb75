using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Simulation;
using Kind = RouterOS.Proto.Forwarding.V1.RouteRow.Types.Kind;

namespace RouterOS.Unit.Forwarding;

/// <summary>Whatever comes from the wire: nothing throws, and every buffer comes back.</summary>
public sealed class FuzzTests : IDisposable
{
    private const string Host = "192.0.2.9";

    private static readonly byte[] s_link = [2, 0, 0, 0, 1, 9];

    private readonly SimulatedClock _clock = new();
    private readonly SeededRandom _random = new(20);
    private readonly Chassis _chassis;

    public FuzzTests()
    {
        _chassis = new Chassis(_clock, [("p0", new SinkPort()), ("p1", new SinkPort())], new TestPackage(registry =>
            registry.AddFeature(Arcs.PreRoute, KernelNodes.Ip4ReassembleTransit)));
        _chassis.Interface(1, "p0", "192.0.2.1/24");
        _chassis.Interface(2, "p1", "198.51.100.1/24", mtu: 576);
        _chassis.Route("10.0.0.0/8", Kind.Forward, 2, "198.51.100.9");
        _chassis.Route("10.9.0.0/16", Kind.Reject);
    }

    [Fact]
    public void Random_frames_do_no_harm()
    {
        byte[] frame = new byte[1600];
        for (int i = 0; i < 20_000; i++)
        {
            Span<byte> bytes = frame.AsSpan(0, _random.Next(_random.Chance(0.3) ? 1600 : 80));
            _random.Fill(bytes);
            if (bytes.Length > 34 && _random.Chance(0.7))
            {
                // Past the first checks: our address, IPv4, a right version, sometimes a right length and checksum.
                SinkPort.Address.CopyTo(bytes);
                bytes[12] = 8;
                bytes[13] = (byte)(_random.Chance(0.2) ? 6 : 0);
                bytes[14] = (byte)(0x40 | (5 + (_random.Chance(0.3) ? _random.Next(11) : 0)));
                bytes[16] = (byte)((bytes.Length - 14) >> 8);
                bytes[17] = (byte)(bytes.Length - 14);
                Mend(bytes[14..]);
            }

            _chassis.Feed(KernelNodes.PortInput, bytes);
        }

        NoHarm();
    }

    [Fact]
    public void Mutated_packets_do_no_harm()
    {
        byte[] quoted = [.. new byte[8], .. Build.Udp("192.0.2.1", "10.0.0.1", 53)];
        IcmpHeader.Write(quoted, IcmpType.DestinationUnreachable, 4, 1400);
        byte[][] seeds =
        [
            Build.Udp(Host, "198.51.100.9", 53, 1200),
            Build.Udp(Host, "192.0.2.1", 500),
            Build.Echo(Host, "192.0.2.1"),
            Build.Ip(Host, "192.0.2.1", IpProtocol.Icmp, quoted),
            Build.Fragment(Host, "192.0.2.1", new byte[100], 0, 48, more: true),
            Build.Fragment(Host, "192.0.2.1", new byte[100], 48, 48, more: false),
            Build.Fragment(Host, "10.0.0.1", new byte[100], 16, 32, more: true),
            Build.Udp(Host, "10.9.0.1", 53, ttl: 1),
        ];
        for (int i = 0; i < 30_000; i++)
        {
            byte[] packet = [.. seeds[_random.Next(seeds.Length)]];
            for (int change = _random.Next(4); change >= 0; change--)
            {
                packet[_random.Next(Math.Min(packet.Length, 60))] = (byte)_random.Next(256);
            }

            Mend(packet);
            int cut = _random.Chance(0.2) ? _random.Next(packet.Length) : packet.Length;
            _chassis.Feed(KernelNodes.PortInput, Build.Frame(SinkPort.Address, s_link, packet.AsSpan(0, cut)));
            if (i % 100 == 0)
            {
                _clock.Advance(TimeSpan.FromMilliseconds(20));
            }
        }

        NoHarm();
    }

    [Fact]
    public void Mutated_arp_does_no_harm()
    {
        byte[] seed = Build.Arp(ArpOperation.Request, s_link, Host, new byte[6], "192.0.2.1");
        for (int i = 0; i < 10_000; i++)
        {
            byte[] frame = [.. seed];
            frame[14 + _random.Next(28)] = (byte)_random.Next(256);
            frame[14 + _random.Next(28)] ^= (byte)(1 << _random.Next(8));
            _chassis.Feed(KernelNodes.PortInput, frame.AsSpan(0, _random.Chance(0.1) ? _random.Next(frame.Length) : frame.Length));
        }

        NoHarm();
    }

    [Fact]
    public void Mutated_rows_are_refused_or_taken_without_a_throw()
    {
        byte[] row = [8, 1, 18, 2, 105, 49, 26, 8, 101, 116, 104, 101, 114, 110, 101, 116, 40, 220, 11, 48, 1, 66, 7, 13, 1, 2, 0, 192, 16, 24];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] changed = [.. row];
            changed[_random.Next(changed.Length)] = (byte)_random.Next(256);
            _chassis.Plane.SetRow("interface", "1", changed.AsSpan(0, _random.Chance(0.3) ? _random.Next(changed.Length) : changed.Length));
            _chassis.Plane.SetRow("route", "0/10.0.0.0/8", changed);
        }

        NoHarm();
    }

    public void Dispose() => _chassis.Dispose();

    private static void Mend(Span<byte> packet)
    {
        int header = (packet[0] & 15) * 4;
        if (packet.Length >= header && header >= 20)
        {
            packet[10] = packet[11] = 0;
            ushort checksum = InternetChecksum.Compute(packet[..header]);
            packet[10] = (byte)(checksum >> 8);
            packet[11] = (byte)checksum;
        }
    }

    private void NoHarm()
    {
        Assert.Equal(0ul, _chassis.Plane.Worker.Graph.Faults);
        _chassis.AssertNothingLeaks();
    }
}
