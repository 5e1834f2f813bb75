using System.Buffers.Binary;
using RouterOS.Sdk.Packets;

namespace RouterOS.Dvmrp.Wire;

// draft-ietf-idmr-dvmrp-v3 section 4.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |  Type (0x13)  |     Code      |           Checksum            |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |   Reserved    | Capabilities  | Minor Version | Major Version |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

/// <summary>View of a DVMRP message over its own bytes.</summary>
public readonly ref struct DvmrpMessage
{
    /// <summary>Type of IGMP.</summary>
    public const byte Type = 0x13;

    /// <summary>Bytes before a message's own.</summary>
    public const int HeaderLength = 8;

    /// <summary>Version that is spoken.</summary>
    public const byte MajorVersion = 3;

    /// <summary>The same, behind the point: that of the draft.</summary>
    public const byte MinorVersion = 0xff;

    private readonly ReadOnlySpan<byte> _bytes;

    private DvmrpMessage(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>What it is.</summary>
    public DvmrpCode Code => (DvmrpCode)_bytes[1];

    /// <summary>What the sender can do; in probes.</summary>
    public DvmrpCapabilities Capabilities => (DvmrpCapabilities)_bytes[5];

    /// <summary>Version behind the point.</summary>
    public byte Minor => _bytes[6];

    /// <summary>Version before the point.</summary>
    public byte Major => _bytes[7];

    /// <summary>What is behind the header.</summary>
    public ReadOnlySpan<byte> Body => _bytes[HeaderLength..];

    /// <summary>Probe: changes when the sender starts anew.</summary>
    public uint Generation => BinaryPrimitives.ReadUInt32BigEndian(Body);

    /// <summary>Probe: how many neighbours the sender hears.</summary>
    public int NeighborCount => (Body.Length / sizeof(uint)) - 1;

    /// <summary>Prune, graft, acknowledgement: the source.</summary>
    public uint Source => BinaryPrimitives.ReadUInt32BigEndian(Body);

    /// <summary>Prune, graft, acknowledgement: the group.</summary>
    public uint Group => BinaryPrimitives.ReadUInt32BigEndian(Body[4..]);

    /// <summary>Prune: seconds that it holds.</summary>
    public uint LifetimeSeconds => BinaryPrimitives.ReadUInt32BigEndian(Body[8..]);

    /// <summary>Prune, graft, acknowledgement: mask of the sources meant; of one host where there is none.</summary>
    public uint SourceMask
    {
        get
        {
            ReadOnlySpan<byte> rest = Body[(Code == DvmrpCode.Prune ? 12 : 8)..];
            return rest.Length >= sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(rest) : uint.MaxValue;
        }
    }

    /// <summary>Probe: one of the neighbours that the sender hears.</summary>
    public uint Neighbor(int index) => BinaryPrimitives.ReadUInt32BigEndian(Body[((index + 1) * sizeof(uint))..]);

    /// <summary>Accepts bytes as a message, or says why not. The routes of a report are <see cref="DvmrpReport"/>'s to check.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out DvmrpMessage message, out DvmrpError error)
    {
        message = default;
        error = bytes.Length < HeaderLength ? DvmrpError.Truncated
            : InternetChecksum.Of(bytes) != 0 ? DvmrpError.BadChecksum
            : bytes[0] != Type ? DvmrpError.UnknownCode
            : Check((DvmrpCode)bytes[1], bytes);
        if (error != DvmrpError.None)
        {
            return false;
        }

        message = new DvmrpMessage(bytes);
        return true;
    }

    /// <summary>True for a mask without gaps.</summary>
    internal static bool IsMask(uint mask) => (~mask & (~mask + 1)) == 0;

    private static DvmrpError Check(DvmrpCode code, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> body = bytes[HeaderLength..];
        switch (code)
        {
            case DvmrpCode.Probe:
                return bytes[7] < MajorVersion ? DvmrpError.OldVersion
                    : body.Length < sizeof(uint) || body.Length % sizeof(uint) != 0 ? DvmrpError.Truncated : DvmrpError.None;
            case DvmrpCode.Report:
                return bytes[7] < MajorVersion ? DvmrpError.OldVersion : DvmrpError.None;
            case DvmrpCode.Prune or DvmrpCode.Graft or DvmrpCode.GraftAck:
                int fixedLength = code == DvmrpCode.Prune ? 12 : 8;
                if (bytes[7] < MajorVersion)
                {
                    return DvmrpError.OldVersion;
                }

                if (body.Length != fixedLength && body.Length != fixedLength + sizeof(uint))
                {
                    return DvmrpError.Truncated;
                }

                uint source = BinaryPrimitives.ReadUInt32BigEndian(body);
                return source == 0 || source >> 28 >= 0xe || BinaryPrimitives.ReadUInt32BigEndian(body[4..]) >> 28 != 0xe ? DvmrpError.BadAddress
                    : body.Length > fixedLength && !IsMask(BinaryPrimitives.ReadUInt32BigEndian(body[fixedLength..])) ? DvmrpError.BadMask
                    : DvmrpError.None;
            case DvmrpCode.AskNeighbors or DvmrpCode.Neighbors or DvmrpCode.AskNeighbors2 or DvmrpCode.Neighbors2:
                return DvmrpError.None;
            default:
                return DvmrpError.UnknownCode;
        }
    }
}
