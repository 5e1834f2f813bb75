using RouterOS.Linux.Offload;

namespace RouterOS.Linux.Packet;

/// <summary>One received frame where it lies in the ring.</summary>
internal readonly unsafe struct RingFrame
{
    // struct tpacket2_hdr.
    private const int LengthOffset = 4;
    private const int SnapLengthOffset = 8;
    private const int MacOffset = 12;
    private const int VlanTciOffset = 24;
    private const int VlanTypeOffset = 26;

    // struct sockaddr_ll behind it.
    private const int PacketTypeOffset = 32 + 10;

    private const uint StatusCopy = 1 << 1;
    private const uint StatusVlanValid = 1 << 4;
    private const uint StatusVlanTypeValid = 1 << 6;
    private const byte Outgoing = 4;
    private const ushort DefaultVlanType = 0x8100;

    private readonly byte* _header;

    public RingFrame(byte* header) => _header = header;

    /// <summary>The frame's bytes, as many as fit the slot.</summary>
    // Safe: the kernel has written the frame at this place inside its slot.
    public Span<byte> Bytes => new(_header + *(ushort*)(_header + MacOffset), (int)*(uint*)(_header + SnapLengthOffset));

    /// <summary>Bytes of the whole frame.</summary>
    public uint Length => *(uint*)(_header + LengthOffset);

    /// <summary>What the sender left undone; lies just before the frame.</summary>
    public VirtioNetHeader Offload => new(
        new ReadOnlySpan<byte>(_header + *(ushort*)(_header + MacOffset) - VirtioNetHeader.Length, VirtioNetHeader.Length));

    /// <summary>True when the frame did not fit the slot.</summary>
    public bool IsCut => *(uint*)(_header + SnapLengthOffset) < *(uint*)(_header + LengthOffset);

    /// <summary>True when the whole frame waits in the socket's queue, too.</summary>
    public bool IsQueued => (*(uint*)_header & StatusCopy) != 0;

    /// <summary>True for a frame that this host sent.</summary>
    public bool IsOutgoing => _header[PacketTypeOffset] == Outgoing;

    /// <summary>The VLAN tag that was taken off the frame, as it stood on the wire (type, then tag); 0 for none.</summary>
    public uint VlanTag
    {
        get
        {
            uint status = *(uint*)_header;
            if ((status & StatusVlanValid) == 0)
            {
                return 0;
            }

            uint type = (status & StatusVlanTypeValid) != 0 ? *(ushort*)(_header + VlanTypeOffset) : DefaultVlanType;
            return (type << 16) | *(ushort*)(_header + VlanTciOffset);
        }
    }
}
