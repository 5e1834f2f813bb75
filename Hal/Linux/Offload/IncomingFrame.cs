using RouterOS.Packets;

namespace RouterOS.Linux.Offload;

/// <summary>Finishes a received frame as its virtio header says: a checksum is completed, a super-packet is marked.</summary>
internal static class IncomingFrame
{
    private const int VlanTypeOffset = 12;
    private const int EthernetLength = 14;
    private const int VlanLength = 4;

    /// <summary>Does it in place; false for a frame that has to be dropped.</summary>
    /// <param name="packet">Holds the frame.</param>
    /// <param name="offload">What the kernel said of it.</param>
    /// <param name="isEthernet">True for an Ethernet frame, false for bare IP.</param>
    public static bool TryFinish(ref PacketBuffer packet, in VirtioNetHeader offload, bool isEthernet)
    {
        if (offload.Segmentation == SegmentationKind.None)
        {
            return !offload.LacksChecksum || FrameChecksum.TryComplete(packet.Data, offload.ChecksumStart, offload.ChecksumOffset);
        }

        Span<byte> frame = packet.Data;
        if (!TryParse(frame, offload, LinkBytes(frame, isEthernet), out SuperPacket super))
        {
            return false;
        }

        packet.SegmentBytes = super.SegmentBytes;
        packet.SegmentCount = super.Count;
        return true;
    }

    /// <summary>Reads a super-frame's headers; false for one that cannot be cut.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, in VirtioNetHeader offload, int linkBytes, out SuperPacket super)
    {
        super = default;
        return offload.Segmentation is SegmentationKind.TcpIpv4 or SegmentationKind.TcpIpv6 or SegmentationKind.Udp && linkBytes <= frame.Length
            && SuperPacket.TryParse(frame[linkBytes..], offload.SegmentBytes, out super)
            && super.IsTcp == (offload.Segmentation != SegmentationKind.Udp)
            && (!super.IsTcp || (frame[linkBytes] >> 4 == 6) == (offload.Segmentation == SegmentationKind.TcpIpv6));
    }

    /// <summary>Bytes of link header before the IP header.</summary>
    public static int LinkBytes(ReadOnlySpan<byte> frame, bool isEthernet) =>
        !isEthernet ? 0
        : frame.Length >= EthernetLength && ((frame[VlanTypeOffset] << 8) | frame[VlanTypeOffset + 1]) is 0x8100 or 0x88a8 ? EthernetLength + VlanLength
        : EthernetLength;
}
