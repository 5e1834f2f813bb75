using System.Buffers.Binary;
using RouterOS.Sdk.Packets;

namespace RouterOS.Multicast.Wire;

// Query of version 3, RFC 3376 section 4.1; versions 1 and 2 end behind the group.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |  Type = 0x11  | Max Resp Code |           Checksum            |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                         Group Address                         |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Resv  |S| QRV |     QQIC      |     Number of Sources (N)     |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                       Source Address [i]                      |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

/// <summary>View of an IGMP message over its own bytes: nothing is copied, and every record of a report has been checked.</summary>
public readonly ref struct IgmpMessage
{
    /// <summary>Bytes of a message of version 1 or 2, and the least of one of version 3.</summary>
    public const int MinimumLength = 8;

    /// <summary>Bytes of a query of version 3 before its sources.</summary>
    public const int QueryVersion3Length = 12;

    private const int GroupOffset = 4;
    private const int FlagsOffset = 8;
    private const int QqicOffset = 9;
    private const int SourceCountOffset = 10;
    private const int RecordCountOffset = 6;
    private const byte SuppressFlag = 0x08;
    private const byte RobustnessMask = 0x07;

    private readonly ReadOnlySpan<byte> _bytes;

    private IgmpMessage(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>What it is.</summary>
    public IgmpType Type => (IgmpType)_bytes[0];

    /// <summary>Version of a query (RFC 3376 section 7.1): by its length, and version 1 leaves the response time out.</summary>
    public int QueryVersion => _bytes.Length >= QueryVersion3Length ? 3 : _bytes[1] == 0 ? 1 : 2;

    /// <summary>Time to answer in tenths of a second.</summary>
    public int ResponseTenths => QueryVersion == 3 ? Decode(_bytes[1]) : _bytes[1];

    /// <summary>The group of a query, a leave, or a report of version 1 or 2; 0 in a general query.</summary>
    public uint Group => BinaryPrimitives.ReadUInt32BigEndian(_bytes[GroupOffset..]);

    /// <summary>In a query of version 3: timers of the others are not to be lowered.</summary>
    public bool Suppress => (_bytes[FlagsOffset] & SuppressFlag) != 0;

    /// <summary>In a query of version 3: the querier's robustness; 0 where it is more than 7.</summary>
    public int Robustness => _bytes[FlagsOffset] & RobustnessMask;

    /// <summary>In a query of version 3: the querier's interval in seconds.</summary>
    public int IntervalSeconds => Decode(_bytes[QqicOffset]);

    /// <summary>Sources of a query of version 3.</summary>
    public SourceList Sources => QueryVersion == 3
        ? new SourceList(_bytes.Slice(QueryVersion3Length, sizeof(uint) * BinaryPrimitives.ReadUInt16BigEndian(_bytes[SourceCountOffset..])))
        : default;

    /// <summary>Records of a report of version 3.</summary>
    public GroupRecords Records => new(_bytes[MinimumLength..], BinaryPrimitives.ReadUInt16BigEndian(_bytes[RecordCountOffset..]));

    /// <summary>Accepts bytes as a message, or says why not. Longer than it need be is right (RFC 3376 section 4.1.10).</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out IgmpMessage message, out IgmpError error)
    {
        message = default;
        error = bytes.Length < MinimumLength ? IgmpError.Truncated
            : InternetChecksum.Of(bytes) != 0 ? IgmpError.BadChecksum
            : (IgmpType)bytes[0] switch
            {
                IgmpType.Query => CheckQuery(bytes),
                IgmpType.ReportVersion1 or IgmpType.ReportVersion2 or IgmpType.Leave =>
                    IsGroup(BinaryPrimitives.ReadUInt32BigEndian(bytes[GroupOffset..])) ? IgmpError.None : IgmpError.BadAddress,
                IgmpType.ReportVersion3 => CheckReport(bytes),
                IgmpType.Dvmrp => IgmpError.None,
                _ => IgmpError.UnknownType,
            };
        if (error != IgmpError.None)
        {
            return false;
        }

        message = new IgmpMessage(bytes);
        return true;
    }

    /// <summary>A code of RFC 3376 section 4.1.1: small values as they are, larger ones with an exponent.</summary>
    internal static int Decode(byte code) => code < 128 ? code : ((code & 0x0f) | 0x10) << (((code >> 4) & 0x07) + 3);

    internal static bool IsGroup(uint address) => address >> 28 == 0xe;

    private static IgmpError CheckQuery(ReadOnlySpan<byte> bytes)
    {
        uint group = BinaryPrimitives.ReadUInt32BigEndian(bytes[GroupOffset..]);
        if (group != 0 && !IsGroup(group))
        {
            return IgmpError.BadAddress;
        }

        // RFC 3376 section 7.1: between 8 and 12 bytes it is nobody's query.
        return bytes.Length == MinimumLength ? IgmpError.None
            : bytes.Length < QueryVersion3Length ? IgmpError.Truncated
            : bytes.Length < QueryVersion3Length + (sizeof(uint) * BinaryPrimitives.ReadUInt16BigEndian(bytes[SourceCountOffset..]))
                ? IgmpError.Truncated : IgmpError.None;
    }

    private static IgmpError CheckReport(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> rest = bytes[MinimumLength..];
        for (int i = BinaryPrimitives.ReadUInt16BigEndian(bytes[RecordCountOffset..]); i > 0; i--)
        {
            if (!GroupRecord.TryRead(rest, out GroupRecord record, out int length))
            {
                return IgmpError.Truncated;
            }

            if (!IsGroup(record.Group))
            {
                return IgmpError.BadAddress;
            }

            rest = rest[length..];
        }

        return IgmpError.None;
    }
}
