using System.Buffers.Binary;

namespace RouterOS.Packets;

/// <summary>Lowers the largest segment that a TCP handshake offers (RFC 9293 section 3.7.1), so that segments fit into tunnels whole.</summary>
public static class TcpSegmentLimit
{
    private const int ChecksumOffset = 16;
    private const int DataOffset = 12;
    private const int MinimumHeader = 20;
    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;
    private const byte MaximumSegmentSize = 2;
    private const int OptionLength = 4;

    /// <summary>Lowers the option in a segment with SYN; true when it was larger. A broken list of options is left as it is.</summary>
    public static bool Apply(Span<byte> segment, ushort limit)
    {
        int end = (segment[DataOffset] >> 4) * 4;
        if (end > segment.Length)
        {
            return false;
        }

        for (int at = MinimumHeader; at + OptionLength <= end && segment[at] != EndOfOptions;)
        {
            if (segment[at] == NoOperation)
            {
                at++;
                continue;
            }

            int length = segment[at + 1];
            if (segment[at] == MaximumSegmentSize && length == OptionLength)
            {
                return Lower(segment, at + 2, limit);
            }

            if (length < 2)
            {
                return false;
            }

            at += length;
        }

        return false;
    }

    private static bool Lower(Span<byte> segment, int at, ushort limit)
    {
        ushort offered = BinaryPrimitives.ReadUInt16BigEndian(segment[at..]);
        if (offered <= limit)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(segment[at..], limit);
        // At an odd place the value's bytes belong to two words, the first one as its low half: swapped, they sum up the same.
        (ushort before, ushort after) = (at & 1) == 0
            ? (offered, limit) : (BinaryPrimitives.ReverseEndianness(offered), BinaryPrimitives.ReverseEndianness(limit));
        Span<byte> checksum = segment[ChecksumOffset..];
        BinaryPrimitives.WriteUInt16BigEndian(
            checksum, InternetChecksum.Update(BinaryPrimitives.ReadUInt16BigEndian(checksum), before, after));
        return true;
    }
}
