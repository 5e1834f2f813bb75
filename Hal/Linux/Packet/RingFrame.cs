namespace RouterOS.Linux.Packet;

/// <summary>One received frame where it lies in the ring.</summary>
internal readonly unsafe struct RingFrame
{
    // struct tpacket3_hdr.
    private const int SnapLengthOffset = 12;
    private const int LengthOffset = 16;
    private const int StatusOffset = 20;
    private const int MacOffset = 24;
    private const int VlanTciOffset = 32;
    private const int VlanTypeOffset = 36;

    // struct sockaddr_ll behind it.
    private const int PacketTypeOffset = 48 + 10;

    private const uint StatusVlanValid = 1 << 4;
    private const uint StatusVlanTypeValid = 1 << 6;
    private const byte Outgoing = 4;
    private const ushort DefaultVlanType = 0x8100;

    private readonly byte* _header;

    public RingFrame(byte* header) => _header = header;

    /// <summary>Bytes from this frame's header to the next one's; 0 at the last.</summary>
    public uint NextOffset => *(uint*)_header;

    /// <summary>The frame's bytes.</summary>
    // Safe: the kernel has written the frame at this place inside its block.
    public Span<byte> Bytes => new(_header + *(ushort*)(_header + MacOffset), (int)*(uint*)(_header + SnapLengthOffset));

    /// <summary>What the sender left undone; lies just before the frame.</summary>
    public VirtioNetHeader Offload => new(
        new ReadOnlySpan<byte>(_header + *(ushort*)(_header + MacOffset) - VirtioNetHeader.Length, VirtioNetHeader.Length));

    /// <summary>True when the frame did not fit the ring.</summary>
    public bool IsCut => *(uint*)(_header + SnapLengthOffset) < *(uint*)(_header + LengthOffset);

    /// <summary>True for a frame that this host sent.</summary>
    public bool IsOutgoing => _header[PacketTypeOffset] == Outgoing;

    /// <summary>The VLAN tag that was taken off the frame, as it stood on the wire (type, then tag); 0 for none.</summary>
    public uint VlanTag
    {
        get
        {
            uint status = *(uint*)(_header + StatusOffset);
            if ((status & StatusVlanValid) == 0)
            {
                return 0;
            }

            uint type = (status & StatusVlanTypeValid) != 0 ? *(ushort*)(_header + VlanTypeOffset) : DefaultVlanType;
            return (type << 16) | (*(uint*)(_header + VlanTciOffset) & 0xffff);
        }
    }
}
