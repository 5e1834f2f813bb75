using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RouterOS.Packets;

/// <summary>The 128 bytes of metadata in front of a packet's bytes in native memory; a packet's handle is its address.</summary>
/// <remarks>
/// <para>Layout of one buffer: 128 B metadata, then <see cref="Capacity"/> bytes of room, in which the packet occupies
/// <see cref="Length"/> bytes from <see cref="Offset"/>: headroom before it, tailroom behind it. The payload is contiguous; there are
/// no chains.</para>
/// <para>Owned by one worker at a time. Always handled as <c>ref PacketBuffer</c>, never copied: the bytes lie behind it.</para>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = MetadataBytes)]
public unsafe struct PacketBuffer
{
    /// <summary>Bytes of metadata before the room for data: two cache lines.</summary>
    public const int MetadataBytes = 128;

    /// <summary>Bytes of free scratch at the end of the metadata, valid only between nodes of one plugin.</summary>
    public const int ScratchBytes = 32;

    /// <summary>Bytes of room behind the metadata.</summary>
    [FieldOffset(0)]
    public int Capacity;

    /// <summary>Where the packet's first byte lies, counted from the start of the room.</summary>
    [FieldOffset(4)]
    public int Offset;

    /// <summary>Bytes of the packet.</summary>
    [FieldOffset(8)]
    public int Length;

    /// <summary>What the kernel knows of the packet.</summary>
    [FieldOffset(12)]
    public PacketFlags Flags;

    /// <summary>Pool that gets the buffer back.</summary>
    [FieldOffset(14)]
    public ushort PoolId;

    /// <summary>Index of the logical interface that the packet came in by; 0 when the router made it.</summary>
    [FieldOffset(16)]
    public uint IngressInterface;

    /// <summary>Index of the logical interface that the packet leaves by; 0 until a look-up has set it.</summary>
    [FieldOffset(20)]
    public uint EgressInterface;

    /// <summary>Routing instance in which addresses of this packet mean something; 0 is the main instance.</summary>
    [FieldOffset(24)]
    public uint Instance;

    /// <summary>Index of the adjacency that the look-up chose.</summary>
    [FieldOffset(28)]
    public uint Adjacency;

    /// <summary>Protection that the packet was decrypted under; 0 when it came in the clear.</summary>
    [FieldOffset(32)]
    public uint Protection;

    /// <summary>Protection that the packet must leave by, whatever its route; 0 when it needs none.</summary>
    [FieldOffset(36)]
    public uint RequiredProtection;

    /// <summary>IPv4 address (host byte order) of the next hop on the egress link, set by the look-up.</summary>
    [FieldOffset(40)]
    public uint NextHop;

    /// <summary>Payload bytes in each packet that a super-packet stands for (<see cref="SuperPacket"/>); 0 for an ordinary packet.</summary>
    [FieldOffset(44)]
    public ushort SegmentBytes;

    /// <summary>Packets that it stands for: 1 for an ordinary packet. Counters, policers and filters count these.</summary>
    [FieldOffset(46)]
    public ushort SegmentCount;

    /// <summary>Position in the current arc's list of features.</summary>
    [FieldOffset(48)]
    public ushort ArcPosition;

    /// <summary>Index of the port that the packet came in by or leaves by.</summary>
    [FieldOffset(50)]
    public ushort Port;

    /// <summary>Why the packet is being dropped: a code of the node that drops it, 0 for none.</summary>
    [FieldOffset(52)]
    public ushort DropReason;

    /// <summary>ICMP type and code (type in the high byte) that the sender is owed for this packet; 0 for none.</summary>
    [FieldOffset(54)]
    public ushort IcmpReply;

    /// <summary>MTU to tell the sender where <see cref="IcmpReply"/> is fragmentation-needed; before that, the largest fragment of a reassembled packet.</summary>
    [FieldOffset(56)]
    public ushort IcmpMtu;

    /// <summary>Worker that owns the packet.</summary>
    [FieldOffset(58)]
    public ushort Worker;

    /// <summary>Row index that an earlier node of the same plugin found (for example the SA).</summary>
    [FieldOffset(60)]
    public uint RowIndex;

    /// <summary>Ethernet destination, source and type as last seen, for neighbours and punts: 14 bytes.</summary>
    [FieldOffset(64)]
    public fixed byte Ethernet[14];

    /// <summary>Bytes of IPv4 and transport header of a super-packet, which each of its packets repeats; set by ip4-input.</summary>
    [FieldOffset(78)]
    public ushort SegmentHeaderBytes;

    /// <summary>
    /// Protection whose own tunnel must never carry this packet: set on a tunnel's outer packet and on IKE to the tunnel's peer; 0 for none.
    /// </summary>
    [FieldOffset(80)]
    public uint AvoidProtection;

    /// <summary>
    /// Tunnels that the packet has entered one inside the other since it was received: bounded, so that two cannot wrap each other's
    /// packets without end.
    /// </summary>
    [FieldOffset(84)]
    public byte TunnelDepth;

    /// <summary>Handle of the next packet in a list, for the node that holds the packet; 0 ends the list.</summary>
    [FieldOffset(88)]
    public nint Link;

    /// <summary>Flow of a packet on its way to the worker that punts; the scratch's first bytes.</summary>
    [FieldOffset(96)]
    public ulong PuntFlow;

    /// <summary>Scratch of one plugin, 32 bytes.</summary>
    [FieldOffset(96)]
    public fixed byte Scratch[ScratchBytes];

    /// <summary>True for a super-packet.</summary>
    public readonly bool IsSuper => SegmentCount > 1;

    /// <summary>IPv4 bytes that the packet has on the wire: for a super-packet those of all its packets. For counters.</summary>
    public readonly uint WireBytes => (uint)(Length + ((SegmentCount - 1) * SegmentHeaderBytes));

    /// <summary>Bytes of the largest IPv4 packet that it stands for, to be held against an MTU.</summary>
    public readonly int LargestPacket => SegmentCount > 1 ? SegmentHeaderBytes + SegmentBytes : Length;

    /// <summary>Bytes free before the packet.</summary>
    public readonly int Headroom => Offset;

    /// <summary>Bytes free behind the packet.</summary>
    public readonly int Tailroom => Capacity - Offset - Length;

    /// <summary>Address of the packet's first byte.</summary>
    // Safe: a PacketBuffer exists only at the head of a pool's native block, so the bytes behind it are the packet's.
    public byte* Start => (byte*)Unsafe.AsPointer(ref this) + MetadataBytes + Offset;

    /// <summary>The packet's bytes.</summary>
    public Span<byte> Data => new(Start, Length);

    /// <summary>The metadata at a packet's handle.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref PacketBuffer At(nint handle) => ref Unsafe.AsRef<PacketBuffer>((void*)handle);

    /// <summary>Removes <paramref name="bytes"/> from the front (a header that has been read).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Pull(int bytes)
    {
        Offset += bytes;
        Length -= bytes;
    }

    /// <summary>Adds <paramref name="bytes"/> to the front and returns the new start; the caller has checked the headroom.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Push(int bytes)
    {
        Offset -= bytes;
        Length += bytes;
        return Start;
    }

    /// <summary>Adds <paramref name="bytes"/> behind the packet and returns where they start; the caller has checked the tailroom.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Append(int bytes)
    {
        byte* end = Start + Length;
        Length += bytes;
        return end;
    }

    /// <summary>Makes the buffer an empty packet with <paramref name="headroom"/> bytes before it and no metadata.</summary>
    public void Reset(int headroom)
    {
        int capacity = Capacity;
        ushort pool = PoolId;
        this = default;
        Capacity = capacity;
        PoolId = pool;
        Offset = headroom;
        SegmentCount = 1;
    }

    /// <summary>Gives another buffer this one's metadata, but for where its bytes lie and <see cref="Link"/>.</summary>
    public readonly void CopyMetadataTo(ref PacketBuffer other)
    {
        int capacity = other.Capacity;
        int offset = other.Offset;
        int length = other.Length;
        ushort pool = other.PoolId;
        other = this;
        other.Capacity = capacity;
        other.Offset = offset;
        other.Length = length;
        other.PoolId = pool;
        other.Link = 0;
    }

    /// <summary>Makes an ordinary packet of it, for a piece that was cut out of a super-packet.</summary>
    public void ClearSegments()
    {
        SegmentBytes = 0;
        SegmentHeaderBytes = 0;
        SegmentCount = 1;
    }

    /// <summary>
    /// An ordinary packet begins a path of its own, as one that a tunnel has put out: forgets look-ups and what the packet had to leave by.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EnterPath(int offset, int length, PacketFlags flags, uint ingressInterface, uint instance, uint protection)
    {
        Offset = offset;
        Length = length;
        Flags = flags;
        // Safe: two fields each, in the order of their offsets; the machine is little-endian, as the packed tables are.
        ref ulong fields = ref Unsafe.As<uint, ulong>(ref IngressInterface);
        fields = ingressInterface;
        Unsafe.Add(ref fields, 1) = instance;
        Unsafe.Add(ref fields, 2) = protection;
        // NextHop 0, SegmentBytes 0, SegmentCount 1.
        Unsafe.Add(ref fields, 3) = 1UL << 48;
    }

    /// <summary>Forgets where the packet came from and went to: what is left is a packet of the router's own in the same instance.</summary>
    public void MakeLocal()
    {
        uint instance = Instance;
        int offset = Offset;
        int length = Length;
        Reset(offset);
        Length = length;
        Instance = instance;
        Flags = PacketFlags.LocallyOriginated;
    }
}
