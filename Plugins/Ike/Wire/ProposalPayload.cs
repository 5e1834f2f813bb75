using System.Buffers.Binary;

namespace RouterOS.Ike.Wire;

// Proposal payload, RFC 2408 section 3.5.
//
// +---------------+---------------+-------------------------------+
// | Next (2 or 0) |   RESERVED    |         Payload Length        |
// +---------------+---------------+---------------+---------------+
// |  Proposal #   |  Protocol-Id  |    SPI Size   |# of Transforms|
// +---------------+---------------+---------------+---------------+
// |                        SPI (variable)                         |
// +---------------------------------------------------------------+

/// <summary>View of one proposal with its transforms.</summary>
internal readonly ref struct ProposalPayload
{
    /// <summary>Bytes before the SPI.</summary>
    public const int FixedLength = 8;

    private ProposalPayload(ReadOnlySpan<byte> whole) => Whole = whole;

    /// <summary>Header, SPI and transforms.</summary>
    public ReadOnlySpan<byte> Whole { get; }

    public bool IsLast => Whole[0] == 0;

    public byte Number => Whole[4];

    public SecurityProtocol Protocol => (SecurityProtocol)Whole[5];

    public ReadOnlySpan<byte> Spi => Whole.Slice(FixedLength, Whole[6]);

    public int TransformCount => Whole[7];

    /// <summary>Accepts the proposal at the start of <paramref name="bytes"/>, which may hold more of them.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out ProposalPayload proposal, out IsakmpError error)
    {
        proposal = default;
        if (bytes.Length < FixedLength)
        {
            error = IsakmpError.Truncated;
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        int start = FixedLength + bytes[6];
        if (length < start || length > bytes.Length)
        {
            error = IsakmpError.BadLength;
            return false;
        }

        if (bytes[0] is not (0 or (byte)PayloadType.Proposal) || bytes[7] == 0)
        {
            error = IsakmpError.BadValue;
            return false;
        }

        ReadOnlySpan<byte> rest = bytes[start..length];
        int transforms = bytes[7];
        for (int i = 1; i <= transforms; i++)
        {
            if (!TransformPayload.TryParse(rest, out TransformPayload transform, out error))
            {
                return false;
            }

            // RFC 2408 section 3.6: the last transform says so, and only that one.
            if (transform.IsLast != (i == transforms))
            {
                error = IsakmpError.BadValue;
                return false;
            }

            rest = rest[transform.Whole.Length..];
        }

        if (!rest.IsEmpty)
        {
            error = IsakmpError.BadLength;
            return false;
        }

        proposal = new ProposalPayload(bytes[..length]);
        error = IsakmpError.None;
        return true;
    }

    public Enumerator GetEnumerator() => new(Whole[(FixedLength + Whole[6])..]);

    /// <summary>Walks the transforms in order.</summary>
    internal ref struct Enumerator(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public TransformPayload Current { get; private set; }

        public bool MoveNext()
        {
            if (_rest.IsEmpty || !TransformPayload.TryParse(_rest, out TransformPayload transform, out _))
            {
                return false;
            }

            Current = transform;
            _rest = _rest[transform.Whole.Length..];
            return true;
        }
    }
}
