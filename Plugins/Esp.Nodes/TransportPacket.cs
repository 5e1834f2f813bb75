using System.Buffers.Binary;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>A packet of transport mode (RFC 4301 section 4.1): its own IPv4 header stays, what it carries is protected.</summary>
internal static unsafe class TransportPacket
{
    private const int TotalLengthOffset = 2;
    private const int FlagsOffset = 6;
    private const int ProtocolOffset = 9;
    private const int ChecksumOffset = 10;
    private const int TcpChecksumOffset = 16;
    private const int UdpChecksumOffset = 6;

    /// <summary>True for a whole packet, no fragment: only that is protected in transport mode.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> packet) =>
        packet.Length > Ipv4Header.MinimumLength && (packet[0] & 0x0f) * 4 is var header && header >= Ipv4Header.MinimumLength
        && header < packet.Length
        && (BinaryPrimitives.ReadUInt16BigEndian(packet[FlagsOffset..]) & (Ipv4Header.MoreFragmentsBit | Ipv4Header.FragmentOffsetMask)) == 0;

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
