using System.Buffers.Binary;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Unit.Ike.Simulation;

/// <summary>Datagrams of a simulation as the packets of a capture.</summary>
internal static class Capture
{
    private const int Headers = 28;

    /// <summary>The datagrams in order, 0.1 s after each other.</summary>
    public static IReadOnlyList<CapturedPacket> Of(IEnumerable<Datagram> datagrams) =>
        [.. datagrams.Select((d, i) => new CapturedPacket(i + 1, DateTimeOffset.UnixEpoch.AddSeconds(0.1 * i), Packet(d)))];

    /// <summary>One datagram with IPv4 and UDP before it.</summary>
    public static byte[] Packet(Datagram datagram)
    {
        byte[] packet = new byte[Headers + datagram.Payload.Length];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[8] = 64;
        packet[9] = 17;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), datagram.Source);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), datagram.Destination);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20), datagram.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(22), datagram.DestinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), (ushort)(8 + datagram.Payload.Length));
        datagram.Payload.CopyTo(packet, Headers);
        return packet;
    }

    /// <summary>The same packet as one of IPv6, with destination options in front of UDP: the last bytes of the addresses stay.</summary>
    public static CapturedPacket As6(CapturedPacket packet)
    {
        ReadOnlySpan<byte> bytes = packet.Bytes.Span;
        byte[] turned = new byte[48 + bytes.Length - 20];
        (turned[0], turned[6], turned[7], turned[40], turned[42]) = (0x60, 60, 64, 17, 1);
        turned[43] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(turned.AsSpan(4), (ushort)(turned.Length - 40));
        foreach ((int at, int from) in ((int, int)[])[(8, 12), (24, 16)])
        {
            (turned[at], turned[at + 1], turned[at + 2], turned[at + 3]) = (0x20, 0x01, 0x0d, 0xb8);
            bytes.Slice(from, 4).CopyTo(turned.AsSpan(at + 12));
        }

        bytes[20..].CopyTo(turned.AsSpan(48));
        return packet with { Bytes = turned };
    }
}
