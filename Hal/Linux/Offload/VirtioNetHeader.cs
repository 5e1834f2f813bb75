using System.Buffers.Binary;

namespace RouterOS.Linux.Offload;

/// <summary>The ten bytes with which Linux says what a frame still lacks (linux/virtio_net.h): its checksum, or being cut into segments.</summary>
internal readonly record struct VirtioNetHeader
{
    /// <summary>Bytes in front of a frame.</summary>
    public const int Length = 10;

    private const byte NeedsChecksum = 1;
    private const byte EcnBit = 0x80;

    /// <summary>Reads the header; its numbers are in the machine's order.</summary>
    public VirtioNetHeader(ReadOnlySpan<byte> bytes)
    {
        LacksChecksum = (bytes[0] & NeedsChecksum) != 0;
        Segmentation = (SegmentationKind)(bytes[1] & ~EcnBit);
        SegmentBytes = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);
        ChecksumStart = BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]);
        ChecksumOffset = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
    }

    /// <summary>True when the checksum field holds only the sum of the pseudo header.</summary>
    public bool LacksChecksum { get; }

    /// <summary>How the frame is to be cut.</summary>
    public SegmentationKind Segmentation { get; }

    /// <summary>Bytes of payload per segment.</summary>
    public ushort SegmentBytes { get; }

    /// <summary>Where the sum begins, from the frame's first byte.</summary>
    public ushort ChecksumStart { get; }

    /// <summary>Where its field lies, from <see cref="ChecksumStart"/>.</summary>
    public ushort ChecksumOffset { get; }

    /// <summary>Writes the header of a frame that lacks nothing.</summary>
    public static void WriteWhole(Span<byte> bytes) => bytes[..Length].Clear();

    /// <summary>Writes the header of a frame that is to be cut, whose checksum field holds the sum of the pseudo header.</summary>
    /// <param name="bytes">Where to.</param>
    /// <param name="isTcp">TCP or UDP over IPv4.</param>
    /// <param name="isCongested">TCP's CWR is set: it belongs to the first segment only.</param>
    /// <param name="headers">Bytes before the payload, from the frame's first byte.</param>
    /// <param name="segmentBytes">Bytes of payload per segment.</param>
    /// <param name="transport">Where the TCP or UDP header starts, from the frame's first byte.</param>
    public static void WriteSuper(Span<byte> bytes, bool isTcp, bool isCongested, int headers, int segmentBytes, int transport)
    {
        bytes[0] = NeedsChecksum;
        bytes[1] = (byte)((isTcp ? (byte)SegmentationKind.TcpIpv4 : (byte)SegmentationKind.Udp) | (isCongested ? EcnBit : 0));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[2..], (ushort)headers);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[4..], (ushort)segmentBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[6..], (ushort)transport);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[8..], (ushort)(isTcp ? 16 : 6));
    }
}
