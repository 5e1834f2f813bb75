using System.Buffers.Binary;

namespace RouterOS.Packets;

/// <summary>
/// View of a super-packet: one TCP or UDP packet over IPv4 that stands for several packets of equal size, as a segmentation offload
/// makes it (Linux: <c>gso_size</c>, TSO and USO).
/// </summary>
/// <remarks>
/// The checksum of TCP or UDP in a super-packet means nothing: <see cref="Write"/> makes it for each packet, and a port that sends the
/// super-packet whole writes what its device wants.
/// </remarks>
public readonly struct SuperPacket
{
    private const int TcpMinimum = 20;
    private const int TcpSequence = 4;
    private const int TcpFlags = 13;
    private const int TcpChecksum = 16;
    private const int UdpChecksum = 6;
    private const byte FinAndPush = 0x09;
    private const byte Congested = 0x80;

    private readonly ushort _ipHeader;
    private readonly ushort _payloadBytes;

    private SuperPacket(bool isTcp, int ipHeader, int headers, int payload, int segmentBytes)
    {
        IsTcp = isTcp;
        _ipHeader = (ushort)ipHeader;
        HeaderBytes = (ushort)headers;
        _payloadBytes = (ushort)payload;
        SegmentBytes = (ushort)segmentBytes;
        Count = (ushort)((payload + segmentBytes - 1) / segmentBytes);
    }

    /// <summary>True for TCP, false for UDP.</summary>
    public bool IsTcp { get; }

    /// <summary>Bytes of the IP and transport headers, which every packet repeats.</summary>
    public ushort HeaderBytes { get; }

    /// <summary>Payload bytes of each packet but the last, which may have fewer.</summary>
    public ushort SegmentBytes { get; }

    /// <summary>Packets that it stands for; 1 when the payload fits one.</summary>
    public ushort Count { get; }

    /// <summary>Reads the headers once.</summary>
    /// <param name="packet">From the first byte of the IP header; bytes behind the packet's total length are ignored.</param>
    /// <param name="segmentBytes">Payload bytes of each packet.</param>
    /// <param name="super">The view.</param>
    /// <returns>False for anything but whole TCP or UDP over IPv4, or IPv6 without extension headers, with payload: it cannot be cut.</returns>
    public static bool TryParse(ReadOnlySpan<byte> packet, int segmentBytes, out SuperPacket super)
    {
        super = default;
        if (segmentBytes is < 1 or > ushort.MaxValue || packet.Length < Ipv4Header.MinimumLength)
        {
            return false;
        }

        int ipHeader;
        int total;
        byte protocol;
        if (packet[0] >> 4 == 4)
        {
            ipHeader = (packet[0] & 0x0f) * 4;
            total = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
            protocol = packet[9];
            bool isFragment =
                (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & (Ipv4Header.MoreFragmentsBit | Ipv4Header.FragmentOffsetMask)) != 0;
            if (ipHeader < Ipv4Header.MinimumLength || isFragment)
            {
                return false;
            }
        }
        else if (packet[0] >> 4 == 6 && packet.Length >= Ipv6Header.Length)
        {
            // No extension headers: what an offload makes has none.
            ipHeader = Ipv6Header.Length;
            total = Ipv6Header.Length + BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
            protocol = packet[6];
        }
        else
        {
            return false;
        }

        bool isTcp = protocol == (byte)IpProtocol.Tcp;
        int minimum = isTcp ? TcpMinimum : UdpHeader.Length;
        if ((!isTcp && protocol != (byte)IpProtocol.Udp) || total > packet.Length || total < ipHeader + minimum)
        {
            return false;
        }

        int transport = isTcp ? (packet[ipHeader + 12] >> 4) * 4 : UdpHeader.Length;
        int headers = ipHeader + transport;
        if (transport < minimum || headers >= total || headers + segmentBytes > ushort.MaxValue)
        {
            return false;
        }

        super = new SuperPacket(isTcp, ipHeader, headers, total - headers, segmentBytes);
        return true;
    }

    /// <summary>Bytes of one packet, headers included.</summary>
    public int LengthOf(int index) => HeaderBytes + Math.Min(SegmentBytes, _payloadBytes - (index * SegmentBytes));

    /// <summary>Writes one packet with right lengths, numbers and checksums.</summary>
    /// <param name="packet">The super-packet that was parsed.</param>
    /// <param name="index">Which one: 0 to <see cref="Count"/> - 1.</param>
    /// <param name="destination">As long as <see cref="LengthOf"/> says.</param>
    /// <param name="checksum">False: UDP goes without one, for a packet that does not leave this host.</param>
    public void Write(ReadOnlySpan<byte> packet, int index, Span<byte> destination, bool checksum = true)
    {
        int start = index * SegmentBytes;
        ReadOnlySpan<byte> payload = packet.Slice(HeaderBytes + start, destination.Length - HeaderBytes);
        packet[..HeaderBytes].CopyTo(destination);
        bool isSummed = checksum || IsTcp;
        uint payloadSum = isSummed ? InternetChecksum.CopyAndSum(payload, destination[HeaderBytes..]) : 0;
        if (!isSummed)
        {
            payload.CopyTo(destination[HeaderBytes..]);
        }

        Span<byte> ip = destination[.._ipHeader];
        bool isVersion6 = ip[0] >> 4 == 6;
        if (isVersion6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)(destination.Length - Ipv6Header.Length));
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)destination.Length);
            BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)(BinaryPrimitives.ReadUInt16BigEndian(ip[4..]) + index));
            BinaryPrimitives.WriteUInt16BigEndian(ip[10..], 0);
            BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Compute(ip));
        }

        Span<byte> transport = destination[_ipHeader..HeaderBytes];
        int checksumAt = IsTcp ? TcpChecksum : UdpChecksum;
        if (IsTcp)
        {
            uint sequence = BinaryPrimitives.ReadUInt32BigEndian(transport[TcpSequence..]);
            BinaryPrimitives.WriteUInt32BigEndian(transport[TcpSequence..], sequence + (uint)start);
            // FIN and PSH belong to the last byte, CWR (RFC 3168 section 6.1.2) to the first packet only.
            transport[TcpFlags] &= index < Count - 1 ? unchecked((byte)~FinAndPush) : (byte)0xff;
            transport[TcpFlags] &= index > 0 ? unchecked((byte)~Congested) : (byte)0xff;
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(transport[4..], (ushort)(destination.Length - _ipHeader));
        }

        BinaryPrimitives.WriteUInt16BigEndian(transport[checksumAt..], 0);
        if (!isSummed)
        {
            return;
        }

        uint sum = isVersion6
            ? InternetChecksum.PseudoHeader(ip[Ipv6Header.SourceOffset..], ip[6], destination.Length - _ipHeader)
            : InternetChecksum.PseudoHeader(
                BinaryPrimitives.ReadUInt32BigEndian(ip[12..]), BinaryPrimitives.ReadUInt32BigEndian(ip[16..]), ip[9], destination.Length - _ipHeader);
        ushort made = InternetChecksum.Fold((ulong)sum + InternetChecksum.Sum(transport) + payloadSum);
        // RFC 768: a UDP checksum that comes out as 0 is sent as all ones. TCP accepts both.
        BinaryPrimitives.WriteUInt16BigEndian(transport[checksumAt..], made == 0 ? (ushort)0xffff : made);
    }

    /// <summary>Makes one packet of a super-packet in a buffer of its own, with the super-packet's metadata.</summary>
    /// <param name="packet">The super-packet that was parsed, its IPv4 header in front; it stays the caller's.</param>
    /// <param name="index">Which one: 0 to <see cref="Count"/> - 1.</param>
    /// <param name="pools">Where the buffer comes from.</param>
    /// <param name="checksum">As for <see cref="Write"/>.</param>
    /// <returns>The new packet's handle; 0 when no buffer is free.</returns>
    public nint Cut(ref PacketBuffer packet, int index, PacketPools pools, bool checksum = true)
    {
        int length = LengthOf(index);
        nint handle = pools.Rent(length);
        if (handle != 0)
        {
            ref PacketBuffer piece = ref PacketBuffer.At(handle);
            piece.Length = length;
            packet.CopyMetadataTo(ref piece);
            piece.ClearSegments();
            Write(packet.Data, index, piece.Data, checksum);
        }

        return handle;
    }

    /// <summary>
    /// Writes into a super-packet's metadata what its own headers say of its segments, whatever a port has said; one of a single segment
    /// becomes that packet, checksum included. False for what is no whole TCP or UDP packet.
    /// </summary>
    public static bool TryAccept(ref PacketBuffer packet)
    {
        if (!TryParse(packet.Data, packet.SegmentBytes, out SuperPacket super))
        {
            return false;
        }

        if (super.Count == 1)
        {
            KeepFirst(ref packet);
            return true;
        }

        packet.SegmentCount = super.Count;
        packet.SegmentHeaderBytes = super.HeaderBytes;
        return true;
    }

    /// <summary>Makes the first packet of a super-packet out of it, in place: for an answer that quotes it.</summary>
    public static void KeepFirst(ref PacketBuffer packet)
    {
        if (TryParse(packet.Data, packet.SegmentBytes, out SuperPacket super))
        {
            packet.Length = super.LengthOf(0);
            super.Write(packet.Data, 0, packet.Data);
        }

        packet.ClearSegments();
    }
}
