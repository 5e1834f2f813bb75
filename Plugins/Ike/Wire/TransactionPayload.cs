using System.Buffers.Binary;

namespace RouterOS.Ike.Wire;

// Attribute payload, draft-dukes-ike-mode-cfg-02 section 3.2.
//
// +---------------+---------------+-------------------------------+
// |     Type      |   RESERVED    |           Identifier          |
// +---------------+---------------+-------------------------------+
// |                 Attributes, RFC 2408 section 3.3              |
// +---------------------------------------------------------------+

/// <summary>View of the body of an attribute payload: what the messages of a transaction exchange carry.</summary>
internal readonly ref struct TransactionPayload
{
    private const int FixedLength = 4;

    private readonly ReadOnlySpan<byte> _body;

    private TransactionPayload(ReadOnlySpan<byte> body) => _body = body;

    public TransactionType Type => (TransactionType)_body[0];

    public ushort Identifier => BinaryPrimitives.ReadUInt16BigEndian(_body[2..]);

    public DataAttributes Attributes => DataAttributes.Accepted(_body[FixedLength..]);

    public static bool TryParse(ReadOnlySpan<byte> body, out TransactionPayload payload, out IsakmpError error)
    {
        payload = default;
        if (body.Length < FixedLength)
        {
            error = IsakmpError.Truncated;
            return false;
        }

        if (body[0] is < (byte)TransactionType.Request or > (byte)TransactionType.Acknowledge)
        {
            error = IsakmpError.BadValue;
            return false;
        }

        if (!DataAttributes.TryParse(body[FixedLength..], out _, out error))
        {
            return false;
        }

        payload = new TransactionPayload(body);
        return true;
    }

    /// <summary>Makes a body.</summary>
    public static byte[] Create(TransactionType type, ushort identifier, ReadOnlySpan<byte> attributes)
    {
        byte[] body = new byte[FixedLength + attributes.Length];
        body[0] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(2), identifier);
        attributes.CopyTo(body.AsSpan(FixedLength));
        return body;
    }
}
