using System.Buffers.Binary;

namespace RouterOS.Multicast.Wire;

// Group record, RFC 3376 section 4.2.
//
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |  Record Type  |  Aux Data Len |     Number of Sources (N)     |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                       Multicast Address                       |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                       Source Address [i]                      |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                         Auxiliary Data                        |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

/// <summary>View of one record of a report of version 3.</summary>
public readonly ref struct GroupRecord
{
    /// <summary>Bytes before the sources.</summary>
    public const int HeaderLength = 8;

    private readonly ReadOnlySpan<byte> _bytes;

    private GroupRecord(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>What it says of the sources; a value that is not known says nothing (RFC 3376 section 4.2.12).</summary>
    public GroupRecordType Type => (GroupRecordType)_bytes[0];

    /// <summary>The group.</summary>
    public uint Group => BinaryPrimitives.ReadUInt32BigEndian(_bytes[4..]);

    /// <summary>The sources.</summary>
    public SourceList Sources => new(_bytes[HeaderLength..]);

    /// <summary>Reads the record at the start of some bytes.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out GroupRecord record, out int length)
    {
        record = default;
        length = 0;
        if (bytes.Length < HeaderLength)
        {
            return false;
        }

        int sources = HeaderLength + (sizeof(uint) * BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
        length = sources + (sizeof(uint) * bytes[1]);
        if (bytes.Length < length)
        {
            return false;
        }

        record = new GroupRecord(bytes[..sources]);
        return true;
    }
}
