using System.Buffers.Binary;

namespace RouterOS.Packets;

// ARP for IPv4 over Ethernet, RFC 826.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-------------------------------+-------------------------------+
// |     Hardware type (1)         |     Protocol type (0x0800)    |
// +---------------+---------------+-------------------------------+
// | Hw length (6) |Proto length(4)|           Operation           |
// +---------------+---------------+-------------------------------+
// |                  Sender hardware address (6)                  |
// |                               +-------------------------------+
// |                               |   Sender protocol address (4) |
// +-------------------------------+-------------------------------+
// |                               |   Target hardware address (6) |
// +-------------------------------+                               |
// |                                                               |
// +---------------------------------------------------------------+
// |                  Target protocol address (4)                  |
// +---------------------------------------------------------------+

/// <summary>View of an ARP packet for IPv4 over Ethernet.</summary>
public readonly ref struct ArpPacket
{
    /// <summary>Bytes of the packet, without the frame's padding.</summary>
    public const int Length = 28;

    private const ushort EthernetHardware = 1;
    private const int OperationOffset = 6;
    private const int SenderLinkOffset = 8;
    private const int SenderOffset = 14;
    private const int TargetLinkOffset = 18;
    private const int TargetOffset = 24;

    private readonly ReadOnlySpan<byte> _packet;

    private ArpPacket(ReadOnlySpan<byte> packet) => _packet = packet;

    /// <summary>Request or reply.</summary>
    public ArpOperation Operation => (ArpOperation)BinaryPrimitives.ReadUInt16BigEndian(_packet[OperationOffset..]);

    /// <summary>The sender's Ethernet address.</summary>
    public ReadOnlySpan<byte> SenderLinkAddress => _packet.Slice(SenderLinkOffset, EthernetHeader.AddressBytes);

    /// <summary>The sender's IPv4 address; 0 in a probe (RFC 5227).</summary>
    public uint Sender => BinaryPrimitives.ReadUInt32BigEndian(_packet[SenderOffset..]);

    /// <summary>The target's Ethernet address; unknown in a request.</summary>
    public ReadOnlySpan<byte> TargetLinkAddress => _packet.Slice(TargetLinkOffset, EthernetHeader.AddressBytes);

    /// <summary>The IPv4 address that is asked for or answered.</summary>
    public uint Target => BinaryPrimitives.ReadUInt32BigEndian(_packet[TargetOffset..]);

    /// <summary>Accepts <paramref name="packet"/> as ARP, or says why it must be dropped.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out ArpPacket arp, out WireError error)
    {
        arp = default;
        error = packet.Length < Length ? WireError.Truncated
            : BinaryPrimitives.ReadUInt16BigEndian(packet) != EthernetHardware
                || BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) != (ushort)EtherType.Ipv4 ? WireError.BadVersion
            : packet[4] != EthernetHeader.AddressBytes || packet[5] != sizeof(uint) ? WireError.BadLength
            : BinaryPrimitives.ReadUInt16BigEndian(packet[OperationOffset..]) is not (1 or 2) ? WireError.ReservedValue
            : (packet[SenderLinkOffset] & 1) != 0 ? WireError.ReservedValue
            : WireError.None;
        if (error != WireError.None)
        {
            return false;
        }

        arp = new ArpPacket(packet);
        return true;
    }

    /// <summary>Writes an ARP packet and returns its bytes.</summary>
    public static int Write(
        Span<byte> destination, ArpOperation operation, ReadOnlySpan<byte> senderLink, uint sender, ReadOnlySpan<byte> targetLink, uint target)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, EthernetHardware);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)EtherType.Ipv4);
        destination[4] = EthernetHeader.AddressBytes;
        destination[5] = sizeof(uint);
        BinaryPrimitives.WriteUInt16BigEndian(destination[OperationOffset..], (ushort)operation);
        senderLink[..EthernetHeader.AddressBytes].CopyTo(destination[SenderLinkOffset..]);
        BinaryPrimitives.WriteUInt32BigEndian(destination[SenderOffset..], sender);
        targetLink[..EthernetHeader.AddressBytes].CopyTo(destination[TargetLinkOffset..]);
        BinaryPrimitives.WriteUInt32BigEndian(destination[TargetOffset..], target);
        return Length;
    }
}
