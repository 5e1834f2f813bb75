using System.Buffers.Binary;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Ike.Control.Explain;

/// <summary>What a captured packet is to IKE.</summary>
internal enum CapturedKind
{
    /// <summary>Nothing of ours.</summary>
    Other,

    /// <summary>A message of IKE.</summary>
    Ike,

    /// <summary>An ESP packet, plain or inside UDP.</summary>
    Esp,

    /// <summary>A byte that keeps a NAT's mapping.</summary>
    Keepalive,

    /// <summary>A fragment behind the first, or a first one whose rest is elsewhere.</summary>
    Fragment,

    /// <summary>Lengths contradict each other.</summary>
    Malformed,
}

/// <summary>A captured packet taken apart as far as IKE or ESP.</summary>
internal readonly record struct CapturedDatagram(
    CapturedKind Kind, PeerEndpoints Ends, ReadOnlyMemory<byte> Payload, bool IsInsideUdp, int Number, DateTimeOffset Time)
{
    private const int MinimumHeader = 20;
    private const int UdpHeader = 8;
    private const int Marker = 4;
    private const byte Udp = 17;
    private const byte Esp = 50;
    private const int FragmentBits = 0x3fff;

    /// <summary>Takes a packet apart; <see cref="PeerEndpoints.Local"/> is its source and <see cref="PeerEndpoints.Remote"/> its destination.</summary>
    public static CapturedDatagram Read(CapturedPacket packet)
    {
        ReadOnlySpan<byte> ip = packet.Bytes.Span;
        CapturedDatagram result = new(CapturedKind.Malformed, default, ReadOnlyMemory<byte>.Empty, false, packet.Number, packet.Time);
        if (ip.Length < MinimumHeader || ip[0] >> 4 != 4)
        {
            return result;
        }

        int header = (ip[0] & 0x0f) * 4;
        int total = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        if (header < MinimumHeader || total < header || total > ip.Length)
        {
            return result;
        }

        uint source = BinaryPrimitives.ReadUInt32BigEndian(ip[12..]);
        uint destination = BinaryPrimitives.ReadUInt32BigEndian(ip[16..]);
        ReadOnlyMemory<byte> payload = packet.Bytes[header..total];
        result = result with { Kind = CapturedKind.Other, Ends = new(source, 0, destination, 0), Payload = payload };
        if (ip[9] is not (Udp or Esp))
        {
            return result;
        }

        if ((BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & FragmentBits) != 0)
        {
            return result with { Kind = CapturedKind.Fragment };
        }

        if (ip[9] == Esp)
        {
            return result with { Kind = payload.Length >= 8 ? CapturedKind.Esp : CapturedKind.Malformed };
        }

        return payload.Length < UdpHeader ? result with { Kind = CapturedKind.Malformed } : ReadUdp(result, payload);
    }

    private static CapturedDatagram ReadUdp(CapturedDatagram result, ReadOnlyMemory<byte> udp)
    {
        ushort sourcePort = BinaryPrimitives.ReadUInt16BigEndian(udp.Span);
        ushort destinationPort = BinaryPrimitives.ReadUInt16BigEndian(udp.Span[2..]);
        int length = BinaryPrimitives.ReadUInt16BigEndian(udp.Span[4..]);
        result = result with { Ends = new(result.Ends.Local, sourcePort, result.Ends.Remote, destinationPort) };
        bool natPort = sourcePort == PeerEndpoints.NatPort || destinationPort == PeerEndpoints.NatPort;
        if (!natPort && sourcePort != PeerEndpoints.Port && destinationPort != PeerEndpoints.Port)
        {
            return result;
        }

        if (length < UdpHeader || length > udp.Length)
        {
            return result with { Kind = CapturedKind.Malformed };
        }

        ReadOnlyMemory<byte> payload = udp[UdpHeader..length];
        if (!natPort)
        {
            return result with { Kind = CapturedKind.Ike, Payload = payload };
        }

        // RFC 3948 section 2: IKE has four zeros where ESP has its SPI; one byte is a keepalive.
        ReadOnlySpan<byte> bytes = payload.Span;
        return bytes.Length == 1 ? result with { Kind = CapturedKind.Keepalive, Payload = payload }
            : bytes.Length < Marker ? result with { Kind = CapturedKind.Malformed }
            : !bytes[..Marker].ContainsAnyExcept((byte)0) ? result with { Kind = CapturedKind.Ike, Payload = payload[Marker..], IsInsideUdp = true }
            : result with { Kind = bytes.Length >= 8 ? CapturedKind.Esp : CapturedKind.Malformed, Payload = payload, IsInsideUdp = true };
    }
}
