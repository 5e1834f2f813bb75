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
    private const int Header6 = 40;
    private const byte HopByHop = 0;
    private const byte Routing = 43;
    private const byte Fragment = 44;
    private const byte DestinationOptions = 60;
    private const int FragmentBits6 = 0xfff9;

    /// <summary>Takes a packet apart; <see cref="PeerEndpoints.Local"/> is its source and <see cref="PeerEndpoints.Remote"/> its destination.</summary>
    public static CapturedDatagram Read(CapturedPacket packet)
    {
        ReadOnlySpan<byte> ip = packet.Bytes.Span;
        CapturedDatagram result = new(CapturedKind.Malformed, default, ReadOnlyMemory<byte>.Empty, false, packet.Number, packet.Time);
        if (ip.Length < MinimumHeader || ip[0] >> 4 is not (4 or 6))
        {
            return result;
        }

        bool isVersion6 = ip[0] >> 4 == 6;
        int total = isVersion6 ? Header6 + BinaryPrimitives.ReadUInt16BigEndian(ip[4..]) : BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        byte protocol = 0;
        bool isFragment = false;
        int header = total > ip.Length ? 0 : isVersion6 ? Walk6(ip[..total], out protocol, out isFragment) : Walk4(ip, out protocol, out isFragment);
        if (header == 0 || total < header)
        {
            return result;
        }

        int addresses = isVersion6 ? 8 : 12;
        int bytes = isVersion6 ? 16 : 4;
        PeerEndpoints ends = new(PeerAddress.FromBytes(ip.Slice(addresses, bytes)), 0, PeerAddress.FromBytes(ip.Slice(addresses + bytes, bytes)), 0);
        ReadOnlyMemory<byte> payload = packet.Bytes[header..total];
        result = result with { Kind = CapturedKind.Other, Ends = ends, Payload = payload };
        if (protocol is not (Udp or Esp))
        {
            return result;
        }

        if (isFragment)
        {
            return result with { Kind = CapturedKind.Fragment };
        }

        if (protocol == Esp)
        {
            return result with { Kind = payload.Length >= 8 ? CapturedKind.Esp : CapturedKind.Malformed };
        }

        return payload.Length < UdpHeader ? result with { Kind = CapturedKind.Malformed } : ReadUdp(result, payload);
    }

    // Bytes of the header; 0 where it is none.
    private static int Walk4(ReadOnlySpan<byte> ip, out byte protocol, out bool isFragment)
    {
        protocol = ip[9];
        isFragment = (BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & FragmentBits) != 0;
        int header = (ip[0] & 0x0f) * 4;
        return header < MinimumHeader ? 0 : header;
    }

    // Bytes of the header and the extension headers behind it; 0 where they are cut.
    private static int Walk6(ReadOnlySpan<byte> ip, out byte protocol, out bool isFragment)
    {
        (protocol, isFragment) = (0, false);
        if (ip.Length < Header6)
        {
            return 0;
        }

        protocol = ip[6];
        int at = Header6;
        while (protocol is HopByHop or Routing or Fragment or DestinationOptions)
        {
            if (at + 8 > ip.Length)
            {
                return 0;
            }

            bool cut = protocol == Fragment;
            isFragment |= cut && (BinaryPrimitives.ReadUInt16BigEndian(ip[(at + 2)..]) & FragmentBits6) != 0;
            protocol = ip[at];
            at += cut ? 8 : (ip[at + 1] + 1) * 8;
            if (isFragment)
            {
                break;
            }
        }

        return at <= ip.Length ? at : 0;
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
