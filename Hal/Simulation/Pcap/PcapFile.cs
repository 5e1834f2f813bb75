using System.Buffers.Binary;
using RouterOS.Abstractions.Ports;

namespace RouterOS.Simulation.Pcap;

/// <summary>Reads capture files: classic pcap (micro- and nanoseconds) and pcapng, of either byte order.</summary>
/// <remarks>Classic: libpcap's savefile(5). pcapng: draft-ietf-opsawg-pcapng. Frames that were captured in part are left out.</remarks>
public sealed class PcapFile
{
    private const uint MicrosecondMagic = 0xa1b2c3d4;
    private const uint NanosecondMagic = 0xa1b23c4d;
    private const int FileHeaderBytes = 24;
    private const int RecordHeaderBytes = 16;
    private const uint SectionBlock = 0x0a0d0d0a;
    private const uint SectionMagic = 0x1a2b3c4d;
    private const uint InterfaceBlock = 1;
    private const uint SimplePacketBlock = 3;
    private const uint EnhancedPacketBlock = 6;
    private const int BlockOverhead = 12;
    private const ushort ResolutionOption = 9;
    private const uint LinkEthernet = 1;
    private const long NanosecondsPerSecond = 1_000_000_000;

    // A frame of 64 KB with link header.
    private const int MaxFrame = 65_600;

    private readonly List<PcapFrame> _frames = [];
    private readonly List<(PortLink Link, long UnitsPerSecond)> _interfaces = [];
    private readonly ReadOnlyMemory<byte> _data;
    private bool _isBigEndian;
    private PortLink? _link;

    private PcapFile(ReadOnlyMemory<byte> data) => _data = data;

    /// <summary>The frames in the file's order.</summary>
    public IReadOnlyList<PcapFrame> Frames => _frames;

    /// <summary>Link layer of all frames.</summary>
    public PortLink Link => _link ?? PortLink.Ethernet;

    /// <summary>A frame's bytes.</summary>
    public ReadOnlySpan<byte> BytesOf(PcapFrame frame) => _data.Span.Slice(frame.Offset, frame.Length);

    /// <summary>Reads a whole file; null and a reason for one that is no capture, is damaged, or holds another link layer.</summary>
    public static PcapFile? Read(ReadOnlyMemory<byte> data, out string reason)
    {
        PcapFile file = new(data);
        ReadOnlySpan<byte> bytes = data.Span;
        string? fault = bytes.Length < 4 ? "is too short to be a capture"
            : BinaryPrimitives.ReadUInt32BigEndian(bytes) == SectionBlock ? file.ReadBlocks(bytes)
            : file.ReadRecords(bytes);
        reason = fault ?? "";
        return fault is null ? file : null;
    }

    private string? ReadRecords(ReadOnlySpan<byte> bytes)
    {
        _isBigEndian = BinaryPrimitives.ReadUInt32BigEndian(bytes) is MicrosecondMagic or NanosecondMagic;
        uint magic = Read32(bytes);
        if (magic is not (MicrosecondMagic or NanosecondMagic))
        {
            return "is neither pcap nor pcapng";
        }

        if (bytes.Length < FileHeaderBytes)
        {
            return "ends within its header";
        }

        long unit = magic == NanosecondMagic ? 1 : 1000;
        // The upper bits say whether frames end with a checksum.
        if (TakeLink(Read32(bytes[20..]) & 0xffff) is null)
        {
            return $"holds link type {Read32(bytes[20..]) & 0xffff}; only Ethernet and raw IP can be replayed";
        }

        for (int at = FileHeaderBytes; at < bytes.Length;)
        {
            if (bytes.Length - at < RecordHeaderBytes)
            {
                return $"ends within the header of frame {_frames.Count + 1}";
            }

            uint captured = Read32(bytes[(at + 8)..]);
            uint length = Read32(bytes[(at + 12)..]);
            long time = (Read32(bytes[at..]) * NanosecondsPerSecond) + (Read32(bytes[(at + 4)..]) * unit);
            at += RecordHeaderBytes;
            if (captured > bytes.Length - at)
            {
                return $"ends within frame {_frames.Count + 1}";
            }

            Add(at, captured, length, time);
            at += (int)captured;
        }

        return null;
    }

    private string? ReadBlocks(ReadOnlySpan<byte> bytes)
    {
        int block = 0;
        for (int at = 0; at < bytes.Length;)
        {
            block++;
            ReadOnlySpan<byte> rest = bytes[at..];
            if (rest.Length < BlockOverhead)
            {
                return $"ends within block {block}";
            }

            if (BinaryPrimitives.ReadUInt32BigEndian(rest) == SectionBlock)
            {
                _isBigEndian = BinaryPrimitives.ReadUInt32BigEndian(rest[8..]) == SectionMagic;
                _interfaces.Clear();
                if (Read32(rest[8..]) != SectionMagic)
                {
                    return $"has a section without byte order at block {block}";
                }
            }

            uint length = Read32(rest[4..]);
            if (length < BlockOverhead || length % 4 != 0 || length > rest.Length)
            {
                return $"has a block of wrong length: block {block}";
            }

            if (ReadBlock(Read32(rest), rest[8..((int)length - 4)], at + 8) is { } fault)
            {
                return $"{fault}: block {block}";
            }

            at += (int)length;
        }

        return null;
    }

    private string? ReadBlock(uint type, ReadOnlySpan<byte> body, int offset)
    {
        switch (type)
        {
            case InterfaceBlock:
                return body.Length < 8 ? "has an interface without link type"
                    : TakeLink(Read16(body)) is not { } link ? $"holds link type {Read16(body)}; only Ethernet and raw IP can be replayed"
                    : AddInterface(link, body[8..]);
            case SimplePacketBlock when body.Length < 4 || _interfaces.Count == 0:
            case EnhancedPacketBlock when body.Length < 20 || Read32(body) >= _interfaces.Count:
                return "has a frame without interface";
            case SimplePacketBlock:
                uint whole = Read32(body);
                Add(offset + 4, Math.Min(whole, (uint)body.Length - 4), whole, 0);
                return null;
            case EnhancedPacketBlock:
                uint captured = Read32(body[12..]);
                if (captured > body.Length - 20)
                {
                    return "has a frame longer than its block";
                }

                ulong units = ((ulong)Read32(body[4..]) << 32) | Read32(body[8..]);
                long perSecond = _interfaces[(int)Read32(body)].UnitsPerSecond;
                UInt128 time = (UInt128)units * (UInt128)NanosecondsPerSecond / (UInt128)perSecond;
                Add(offset + 20, captured, Read32(body[16..]), time > long.MaxValue ? long.MaxValue : (long)time);
                return null;
            default:
                return null;
        }
    }

    private string? AddInterface(PortLink link, ReadOnlySpan<byte> options)
    {
        long perSecond = 1_000_000;
        while (options.Length >= 4)
        {
            ushort code = Read16(options);
            int length = Read16(options[2..]);
            if (code == 0 || length > options.Length - 4)
            {
                break;
            }

            if (code == ResolutionOption && length >= 1)
            {
                int power = options[4] & 0x7f;
                if (power > ((options[4] & 0x80) != 0 ? 62 : 18))
                {
                    return "has an interface with a clock that is too fine";
                }

                perSecond = (options[4] & 0x80) != 0 ? 1L << power : (long)Math.Pow(10, power);
            }

            options = options[Math.Min(options.Length, 4 + ((length + 3) & ~3))..];
        }

        _interfaces.Add((link, perSecond));
        return null;
    }

    private void Add(int offset, uint captured, uint length, long nanoseconds)
    {
        if (captured == length && length is > 0 and <= MaxFrame)
        {
            _frames.Add(new PcapFrame(offset, (int)length, nanoseconds));
        }
    }

    // All interfaces of a file have one link layer, or the file cannot be one port.
    private PortLink? TakeLink(uint type)
    {
        PortLink? link = type switch
        {
            LinkEthernet => PortLink.Ethernet,
            // LINKTYPE_RAW, DLT_RAW of two systems, LINKTYPE_IPV4.
            101 or 12 or 14 or 228 => PortLink.RawIp,
            _ => null,
        };
        _link ??= link;
        return link == _link ? link : null;
    }

    private uint Read32(ReadOnlySpan<byte> bytes) =>
        _isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private ushort Read16(ReadOnlySpan<byte> bytes) =>
        _isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
}
