using System.Buffers.Binary;
using RouterOS.Packets;
using RouterOS.Simulation;
using RouterOS.Unit.Flow;

namespace RouterOS.Unit.Forwarding;

/// <summary>Random packets, good and broken, for planes that are compared.</summary>
/// <remarks>
/// In a batch, packets that take the pass overtake those that do not. Nothing minds but TCP's state and who opens a session, so
/// where there are sessions TCP comes in batches of one, and a batch by one port.
/// </remarks>
internal sealed class PlainTraffic(SeededRandom random, bool withSessions)
{
    private static readonly string[] s_far = [PlainTwins.Gateway, "10.1.2.3", "10.255.0.1", "203.0.113.40", "172.16.5.5"];

    private bool _withTcp;
    private int _port;

    private static readonly string[] s_sources =
    [
        PlainTwins.Host, PlainTwins.Host, PlainTwins.Host, "192.0.2.10", "10.5.0.20", "127.0.0.1", "0.0.0.1", "224.0.0.1", "192.0.2.1", "240.0.0.1",
    ];

    private static readonly string[] s_destinations =
    [
        PlainTwins.Gateway, PlainTwins.Gateway, "10.1.2.3", "10.1.2.4", "10.255.0.1", "10.7.0.1", "10.8.0.1", "10.9.0.1", "10.9.7.200", "172.16.5.5",
        "172.31.0.1", "203.0.113.40", "203.0.113.255", "192.0.2.1", "198.51.100.78", "10.4.0.9", "10.6.0.9", "8.8.8.8", "224.0.0.5", "239.1.1.1",
        "255.255.255.255", "127.0.0.1", "0.1.2.3", "245.1.1.1", PlainTwins.Host,
    ];

    public List<(byte[] Bytes, int Port, ushort Segment)> Batch(int packets)
    {
        _withTcp = packets == 1 || !withSessions;
        _port = Port();
        return [.. Enumerable.Range(0, packets).Select(_ => Next())];
    }

    private (byte[] Bytes, int Port, ushort Segment) Next()
    {
        int kind = random.Next(100);
        int port = withSessions ? _port : Port();
        byte[] packet = kind < 6 ? Fragment() : Packet();
        if (kind is >= 6 and < 10)
        {
            packet = WithOptions(packet);
        }
        else if (kind is >= 10 and < 22)
        {
            Break(packet, mend: random.Chance(0.7));
        }

        if (random.Chance(0.05))
        {
            packet = packet[..random.Next(packet.Length)];
        }
        else if (random.Chance(0.3))
        {
            packet = [.. packet, .. new byte[random.Next(20)]];
        }

        ushort segment = random.Chance(0.03) ? (ushort)(1 + random.Next(600)) : (ushort)0;
        return (port is < 0 or 2 ? packet : Frame(packet), port, segment);
    }

    private int Port() => random.Next(10) switch { < 6 => 0, 6 => 1, 7 => 2, 8 => -1, _ => 3 + random.Next(2) };

    private byte[] Frame(byte[] packet)
    {
        byte[] receiver = random.Next(30) switch { 0 => Build.Broadcast, 1 => PlainTwins.HostLink, 2 => [1, 0, 0x5e, 0, 0, 5], _ => SinkPort.Address };
        EtherType type = random.Next(40) switch { 0 => EtherType.Arp, 1 => (EtherType)0x86dd, _ => EtherType.Ipv4 };
        byte[] frame = Build.Frame(receiver, PlainTwins.HostLink, packet, type);
        return random.Chance(0.02) ? frame[..random.Next(frame.Length)] : frame;
    }

    private byte[] Packet()
    {
        string source = s_sources[random.Next(random.Chance(0.8) ? 4 : s_sources.Length)];
        string destination = s_destinations[random.Next(s_destinations.Length)];
        int size = random.Next(4) switch { 0 => random.Next(1490), 1 => 545 + random.Next(20), _ => random.Next(60) };
        byte ttl = random.Next(12) switch { 0 => 1, 1 => 0, 2 => 2, 3 => 255, _ => 64 };
        bool df = random.Chance(0.4);
        if (withSessions && random.Chance(0.6))
        {
            return Known();
        }

        return random.Next(4) switch
        {
            0 => Build.Echo(source, destination, Math.Min(size, 1472), ttl, df),
            1 => Build.Ip(source, destination, (IpProtocol)(7 + random.Next(200)), Bytes(size), ttl, df, (ushort)random.Next(65536)),
            2 when _withTcp => Build.Ip(source, destination, IpProtocol.Tcp, Segment(size), ttl, df, (ushort)random.Next(65536)),
            _ => Build.Udp(source, destination, (ushort)(50 + random.Next(5)), Math.Min(size, 1472), ttl, df),
        };
    }

    // Of one of a few flows, from either end.
    private byte[] Known()
    {
        string far = s_far[random.Next(s_far.Length)];
        ushort near = (ushort)(40000 + random.Next(3));
        int bytes = random.Next(60);
        return random.Chance(0.7)
            ? FlowPackets.Udp(PlainTwins.Host, near, far, 53, bytes)
            : FlowPackets.Udp(far, 53, PlainTwins.Host, near, bytes);
    }

    // Data and ends of connections.
    private byte[] Segment(int size)
    {
        byte[] segment = Bytes(Math.Max(size, 20));
        BinaryPrimitives.WriteUInt16BigEndian(segment, (ushort)(4000 + random.Next(3)));
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), 80);
        segment[12] = 5 << 4;
        segment[13] = (byte)(random.Next(6) switch { 0 => 0x11, 1 => 0x14, _ => 0x10 });
        return segment;
    }

    private byte[] Fragment() => Build.Fragment(
        PlainTwins.Host, s_destinations[random.Next(10)], Bytes(400), 8 * random.Next(20), 8 * (1 + random.Next(10)), random.Chance(0.5));

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        random.Fill(bytes);
        return bytes;
    }

    private static byte[] WithOptions(byte[] packet)
    {
        byte[] with = [.. packet[..20], 1, 1, 1, 1, .. packet[20..]];
        with[0] = 0x46;
        BinaryPrimitives.WriteUInt16BigEndian(with.AsSpan(2), (ushort)with.Length);
        Mend(with);
        return with;
    }

    private void Break(byte[] packet, bool mend)
    {
        for (int i = random.Next(3); i >= 0; i--)
        {
            int at = random.Next(20);
            packet[at] ^= (byte)(at == 9 ? 0x80 : 1 << random.Next(8));
        }

        if (mend)
        {
            Mend(packet);
        }
    }

    private static void Mend(byte[] packet)
    {
        int header = Math.Min(packet.Length, Math.Max(20, (packet[0] & 15) * 4)) & ~3;
        packet[10] = packet[11] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), InternetChecksum.Compute(packet.AsSpan(0, header)));
    }
}
