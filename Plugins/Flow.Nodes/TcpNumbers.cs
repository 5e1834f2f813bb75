using System.Buffers.Binary;

namespace RouterOS.Flow.Nodes;

/// <summary>What a TCP segment says of its place in the connection. Pure.</summary>
internal readonly struct TcpNumbers
{
    private const int FlagsOffset = 13;
    private const byte SynAndFin = 3;
    private const byte AckBit = 16;

    /// <summary>Reads a segment with a whole header.</summary>
    public TcpNumbers(ReadOnlySpan<byte> segment)
    {
        byte flags = segment[FlagsOffset];
        First = BinaryPrimitives.ReadUInt32BigEndian(segment[4..]);
        DataLength = Math.Max(segment.Length - ((segment[12] >> 4) * 4), 0);
        Next = First + (uint)DataLength + (uint)int.PopCount(flags & SynAndFin);
        Expects = (flags & AckBit) != 0 ? BinaryPrimitives.ReadUInt32BigEndian(segment[8..]) : 0;
    }

    /// <summary>Sequence number of its first byte.</summary>
    public uint First { get; }

    /// <summary>The number after its last byte.</summary>
    public uint Next { get; }

    /// <summary>The number that its sender expects next of the other side; 0 without one.</summary>
    public uint Expects { get; }

    /// <summary>Bytes of data.</summary>
    public int DataLength { get; }

    /// <summary>Notes the segment's numbers in its session.</summary>
    public void Follow(ref FlowSession session, bool reverse)
    {
        ref uint next = ref reverse ? ref session.AnswererNext : ref session.OpenerNext;
        ref uint expects = ref reverse ? ref session.AnswererExpects : ref session.OpenerExpects;
        // What is sent again says nothing new.
        next = next == 0 || IsBefore(next, Next) ? Next : next;
        expects = Expects != 0 && (expects == 0 || IsBefore(expects, Expects)) ? Expects : expects;
    }

    /// <summary>True for a reset that ends its session: from what the other side expects to what has been sent.</summary>
    public bool IsDue(in FlowSession session, bool reverse)
    {
        uint sent = reverse ? session.AnswererNext : session.OpenerNext;
        uint expected = reverse ? session.OpenerExpects : session.AnswererExpects;
        if (sent == 0 && expected == 0)
        {
            // Who has said nothing yet refuses a connection: it must name the other side's last byte. Nothing is known of a session that
            // was not followed from its beginning.
            uint asked = reverse ? session.OpenerNext : session.AnswererNext;
            return asked == 0 || Expects == asked;
        }

        (uint from, uint to) = expected == 0 ? (sent, sent) : sent == 0 ? (expected, expected) : (expected, sent);
        return First == from || First == to || (IsBefore(from, First) && IsBefore(First, to));
    }

    /// <summary>True for a segment that the handshake of a session does not allow: data or a close before it is over.</summary>
    public bool IsEarly(in FlowSession session, FlowSegment segment, bool reverse) =>
        !segment.IsTcpReset && (reverse
            ? !segment.HasTcpSyn || !segment.IsTcpAck || DataLength > 0
            : segment.IsTcpSyn ? DataLength > 0 : !segment.IsTcpAck || segment.HasTcpSyn || session.ReversePackets == 0);

    /// <summary>True for a segment that begins a connection and carries nothing else.</summary>
    public bool IsBeginning(FlowSegment segment) =>
        segment is { IsTcpSyn: true, IsTcpFin: false, IsTcpReset: false } && DataLength == 0;

    // RFC 9293 section 3.4: numbers go round.
    private static bool IsBefore(uint one, uint other) => (int)(one - other) < 0;
}
