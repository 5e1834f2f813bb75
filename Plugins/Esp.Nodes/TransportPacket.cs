using System.Buffers.Binary;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>A packet of transport mode (RFC 4301 section 4.1): its own IP header stays, what it carries is protected.</summary>
internal static unsafe class TransportPacket
{
    private const int TotalLengthOffset = 2;
    private const int FlagsOffset = 6;
    private const int ProtocolOffset = 9;
    private const int ChecksumOffset = 10;
    private const int TcpChecksumOffset = 16;
    private const int UdpChecksumOffset = 6;
    private const int Icmp6ChecksumOffset = 2;
    private const int PayloadLengthOffset = 4;

    /// <summary>True for a whole packet, no fragment: only that is protected in transport mode.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> packet) => InnerPacket.IsVersion6(packet)
        ? packet.Length >= Ipv6Header.Length && Ipv6Extensions.TryWalk(packet, out Ipv6Extensions walked)
            && walked is { FragmentAt: 0, Routes: false, Offset: <= AhContext.HeaderRoom } && walked.Offset < packet.Length
        : packet.Length > Ipv4Header.MinimumLength && (packet[0] & 0x0f) * 4 is var header && header >= Ipv4Header.MinimumLength
        && header < packet.Length
        && (BinaryPrimitives.ReadUInt16BigEndian(packet[FlagsOffset..]) & (Ipv4Header.MoreFragmentsBit | Ipv4Header.FragmentOffsetMask)) == 0;

    /// <summary>Bytes in front of what is protected, of a whole packet of either family.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="protocolAt">Where the byte stands that says what follows.</param>
    public static int HeaderBytes(ReadOnlySpan<byte> packet, out int protocolAt)
    {
        protocolAt = ProtocolOffset;
        if (!InnerPacket.IsVersion6(packet))
        {
            return (packet[0] & 0x0f) * 4;
        }

        _ = Ipv6Extensions.TryWalk(packet, out Ipv6Extensions walked);
        protocolAt = walked.ProtocolAt;
        return walked.Offset;
    }

    /// <summary>Makes the packet one that leaves as it is, outside its protection.</summary>
    public static void Leave(ref PacketBuffer packet, SaRecord* sa, byte* start, int length)
    {
        packet.Offset += (int)(start - packet.Start);
        packet.Length = length;
        packet.Flags = PacketFlags.LocallyOriginated | PacketFlags.TunnelOuter;
        packet.IngressInterface = 0;
        packet.EgressInterface = 0;
        packet.Instance = sa->Instance;
        packet.Protection = 0;
        packet.RequiredProtection = 0;
        packet.NextHop = 0;
        packet.IcmpReply = 0;
        packet.AvoidProtection = sa->Protection;
    }

    /// <summary>Takes an authentic packet out of its protection; false, counted at the SA, when it is outside of what was agreed on.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="sa">Its SA.</param>
    /// <param name="header">Its IPv4 header as it came.</param>
    /// <param name="headerBytes">Bytes of the header.</param>
    /// <param name="payload">What was protected, inside the packet's buffer with room for the header before it.</param>
    /// <param name="payloadBytes">Its bytes.</param>
    /// <param name="protocol">What it is.</param>
    public static bool Open(
        ref PacketBuffer packet, SecurityAssociation sa, byte* header, int headerBytes, byte* payload, int payloadBytes, byte protocol)
    {
        byte* start = Uncover(header, headerBytes, payload, payloadBytes, protocol);
        int length = headerBytes + payloadBytes;
        if (!sa.Selector.Matches(new ReadOnlySpan<byte>(start, length)))
        {
            sa.Row->SelectorMismatch++;
            return false;
        }

        (uint source, uint destination) = sa.Original;
        if (sa.Protection.HasNoUdpChecksum)
        {
            ClearChecksum(start, length);
        }
        else
        {
            FixChecksum(start, length, source, destination);
        }

        sa.Row->Packets++;
        sa.Row->Bytes += (uint)length;
        sa.Row->OtherBytes += (uint)packet.Length;
        InnerPacket.Enter(ref packet, sa.Record, start, length);
        return true;
    }

    /// <summary>The same of IPv6. A NAT between shows itself by UDP around the packet: its checksums are made anew then.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="sa">Its SA.</param>
    /// <param name="header">Its IPv6 headers as they came, outside of the packet's buffer.</param>
    /// <param name="headerBytes">Bytes of them.</param>
    /// <param name="payload">What was protected.</param>
    /// <param name="payloadBytes">Its bytes.</param>
    /// <param name="protocol">What it is.</param>
    /// <param name="wasInUdp">It came inside UDP.</param>
    /// <param name="cameBytes">Bytes that it came with.</param>
    public static bool Open6(
        ref PacketBuffer packet, SecurityAssociation sa, byte* header, int headerBytes, byte* payload, int payloadBytes, byte protocol, bool wasInUdp,
        int cameBytes)
    {
        // Safe: as many bytes lie before what was protected, or the caller has left room for them.
        byte* start = payload - headerBytes;
        int length = headerBytes + payloadBytes;
        _ = Ipv6Extensions.TryWalk(new ReadOnlySpan<byte>(header, headerBytes), out Ipv6Extensions walked);
        Buffer.MemoryCopy(header, start, headerBytes, headerBytes);
        WriteHeader6(start, length, walked.ProtocolAt, protocol);
        Span<byte> whole = new(start, length);
        if (!sa.Selector.Matches(whole))
        {
            sa.Row->SelectorMismatch++;
            return false;
        }

        if ((wasInUdp || sa.Protection.HasNoUdpChecksum) && IsWhole(whole))
        {
            WriteChecksum6(whole, HeaderBytes(whole, out int protocolAt), whole[protocolAt]);
        }

        sa.Row->Packets++;
        sa.Row->Bytes += (uint)length;
        sa.Row->OtherBytes += (uint)cameBytes;
        InnerPacket.Enter(ref packet, sa.Record, start, length);
        return true;
    }

    /// <summary>Moves the header in front of what was protected, and makes both one packet again.</summary>
    /// <param name="header">The header as it came.</param>
    /// <param name="headerBytes">Bytes of the header.</param>
    /// <param name="payload">What was protected.</param>
    /// <param name="payloadBytes">Its bytes.</param>
    /// <param name="protocol">What it is.</param>
    /// <returns>Where the packet starts.</returns>
    private static byte* Uncover(byte* header, int headerBytes, byte* payload, int payloadBytes, byte protocol)
    {
        byte* start = payload - headerBytes;
        Buffer.MemoryCopy(header, start, headerBytes, headerBytes);
        WriteHeader(start, headerBytes, headerBytes + payloadBytes, protocol);
        return start;
    }

    /// <summary>Gives a header another length and protocol, and the checksum of that.</summary>
    public static void WriteHeader(byte* header, int headerBytes, int length, byte protocol)
    {
        Span<byte> bytes = new(header, headerBytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[TotalLengthOffset..], (ushort)length);
        bytes[ProtocolOffset] = protocol;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumOffset..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumOffset..], InternetChecksum.Compute(bytes));
    }

    /// <summary>The same of IPv6.</summary>
    /// <param name="header">The packet.</param>
    /// <param name="length">Bytes of all of it.</param>
    /// <param name="protocolAt">Where the byte stands that says what follows.</param>
    /// <param name="protocol">What follows.</param>
    public static void WriteHeader6(byte* header, int length, int protocolAt, byte protocol)
    {
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(header + PayloadLengthOffset, 2), (ushort)(length - Ipv6Header.Length));
        header[protocolAt] = protocol;
    }

    /// <summary>Makes the checksum of TCP, UDP or ICMPv6 over IPv6, which none of them may go without.</summary>
    /// <param name="packet">The packet, IPv6 header first.</param>
    /// <param name="header">Bytes of its headers.</param>
    /// <param name="protocol">What follows them.</param>
    public static void WriteChecksum6(Span<byte> packet, int header, byte protocol)
    {
        Span<byte> body = packet[header..];
        int offset = (IpProtocol)protocol switch
        {
            IpProtocol.Tcp => TcpChecksumOffset,
            IpProtocol.Udp => UdpChecksumOffset,
            IpProtocol.Icmp6 => Icmp6ChecksumOffset,
            _ => body.Length,
        };
        if (offset + 2 > body.Length)
        {
            return;
        }

        Span<byte> checksum = body.Slice(offset, 2);
        checksum.Clear();
        uint addresses = InternetChecksum.PseudoHeader(packet[Ipv6Header.SourceOffset..Ipv6Header.Length], protocol, body.Length);
        ushort sum = InternetChecksum.Compute(body, addresses);
        BinaryPrimitives.WriteUInt16BigEndian(checksum, sum == 0 && protocol == (byte)IpProtocol.Udp ? ushort.MaxValue : sum);
    }

    /// <summary>
    /// The checksum of TCP or UDP was made with addresses that a NAT has changed since (RFC 3948 section 3.1.2): makes it right for the
    /// ones in the header.
    /// </summary>
    /// <param name="packet">The packet, header first.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="source">Source that the sender had; 0 for the one in the header.</param>
    /// <param name="destination">Destination that the sender had; 0 for the one in the header.</param>
    private static void FixChecksum(byte* packet, int length, uint source, uint destination)
    {
        int header = (packet[0] & 0x0f) * 4;
        int offset = header + ((IpProtocol)packet[ProtocolOffset] switch
        {
            IpProtocol.Tcp => TcpChecksumOffset,
            IpProtocol.Udp => UdpChecksumOffset,
            _ => length,
        });
        if (offset + 2 > length)
        {
            return;
        }

        ReadOnlySpan<byte> addresses = new(packet + 12, 8);
        Span<byte> checksum = new(packet + offset, 2);
        ushort sum = BinaryPrimitives.ReadUInt16BigEndian(checksum);
        bool isUdp = packet[ProtocolOffset] == (byte)IpProtocol.Udp;
        if (isUdp && sum == 0)
        {
            // The sender makes none.
            return;
        }

        sum = Replace(sum, source, BinaryPrimitives.ReadUInt32BigEndian(addresses));
        sum = Replace(sum, destination, BinaryPrimitives.ReadUInt32BigEndian(addresses[4..]));
        BinaryPrimitives.WriteUInt16BigEndian(checksum, isUdp && sum == 0 ? ushort.MaxValue : sum);
    }

    /// <summary>Takes the checksum of UDP out (RFC 768: 0 says that none was made).</summary>
    public static void ClearChecksum(byte* packet, int length)
    {
        int offset = ((packet[0] & 0x0f) * 4) + UdpChecksumOffset;
        if (packet[ProtocolOffset] == (byte)IpProtocol.Udp && offset + 2 <= length)
        {
            *(ushort*)(packet + offset) = 0;
        }
    }

    private static ushort Replace(ushort sum, uint before, uint after) => before == 0 || before == after ? sum
        : InternetChecksum.Update(
            InternetChecksum.Update(sum, (ushort)(before >> 16), (ushort)(after >> 16)), (ushort)before, (ushort)after);
}
