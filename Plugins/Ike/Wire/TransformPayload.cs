using System.Buffers.Binary;

namespace RouterOS.Ike.Wire;

// Transform payload, RFC 2408 section 3.6.
//
// +---------------+---------------+-------------------------------+
// | Next (3 or 0) |   RESERVED    |         Payload Length        |
// +---------------+---------------+-------------------------------+
// |  Transform #  | Transform-Id  |           RESERVED2           |
// +---------------+---------------+-------------------------------+
// |                        SA attributes                          |
// +---------------------------------------------------------------+

/// <summary>View of one transform.</summary>
internal readonly ref struct TransformPayload
{
    /// <summary>Bytes before the attributes.</summary>
    public const int FixedLength = 8;

    private TransformPayload(ReadOnlySpan<byte> whole) => Whole = whole;

    /// <summary>Header and attributes.</summary>
    public ReadOnlySpan<byte> Whole { get; }

    public bool IsLast => Whole[0] == 0;

    public byte Number => Whole[4];

    public byte Id => Whole[5];

    public DataAttributes Attributes => DataAttributes.Accepted(Whole[FixedLength..]);

    /// <summary>Accepts the transform at the start of <paramref name="bytes"/>, which may hold more of them.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out TransformPayload transform, out IsakmpError error)
    {
        transform = default;
        if (bytes.Length < FixedLength)
        {
            error = IsakmpError.Truncated;
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if (length < FixedLength || length > bytes.Length)
        {
            error = IsakmpError.BadLength;
            return false;
        }

        if (bytes[0] is not (0 or (byte)PayloadType.Transform))
        {
            error = IsakmpError.BadValue;
            return false;
        }

        if (!DataAttributes.TryParse(bytes[FixedLength..length], out _, out error))
        {
            return false;
        }

        transform = new TransformPayload(bytes[..length]);
        return true;
    }
}
