using System.Buffers.Binary;

namespace RouterOS.Ike.Wire;

// Delete payload, RFC 2408 section 3.15.
//
// +---------------------------------------------------------------+
// |              Domain of Interpretation  (DOI)                  |
// +---------------+---------------+-------------------------------+
// |  Protocol-Id  |   SPI Size    |           # of SPIs           |
// +---------------+---------------+-------------------------------+
// |                            SPI(s)                             |
// +---------------------------------------------------------------+

/// <summary>View of the body of a delete payload.</summary>
internal readonly ref struct DeletePayload
{
    /// <summary>Bytes before the SPIs.</summary>
    public const int FixedLength = 8;

    private readonly ReadOnlySpan<byte> _body;

    private DeletePayload(ReadOnlySpan<byte> body) => _body = body;

    public SecurityProtocol Protocol => (SecurityProtocol)_body[4];

    public int SpiSize => _body[5];

    public int Count => BinaryPrimitives.ReadUInt16BigEndian(_body[6..]);

    /// <summary>One of the SPIs.</summary>
    public ReadOnlySpan<byte> Spi(int index) => _body.Slice(FixedLength + (index * SpiSize), SpiSize);

    /// <summary>Accepts a body whose SPIs have the size that their protocol asks for and fill it exactly.</summary>
    public static bool TryParse(ReadOnlySpan<byte> body, out DeletePayload payload, out IsakmpError error)
    {
        payload = default;
        if (body.Length < FixedLength)
        {
            error = IsakmpError.Truncated;
            return false;
        }

        int expected = (SecurityProtocol)body[4] == SecurityProtocol.Isakmp ? 16 : 4;
        error = body[5] != expected ? IsakmpError.BadValue
            : body.Length != FixedLength + (expected * BinaryPrimitives.ReadUInt16BigEndian(body[6..])) ? IsakmpError.BadLength
            : BinaryPrimitives.ReadUInt32BigEndian(body) > SaPayload.IpsecDoi ? IsakmpError.BadValue
            : IsakmpError.None;
        if (error != IsakmpError.None)
        {
            return false;
        }

        payload = new DeletePayload(body);
        return true;
    }

    /// <summary>Makes a body for one SPI.</summary>
    public static byte[] Create(SecurityProtocol protocol, ReadOnlySpan<byte> spi)
    {
        byte[] body = new byte[FixedLength + spi.Length];
        BinaryPrimitives.WriteUInt32BigEndian(body, SaPayload.IpsecDoi);
        body[4] = (byte)protocol;
        body[5] = checked((byte)spi.Length);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(6), 1);
        spi.CopyTo(body.AsSpan(FixedLength));
        return body;
    }
}
