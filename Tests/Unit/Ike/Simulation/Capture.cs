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
}
