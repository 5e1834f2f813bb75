using System.Buffers.Binary;

namespace RouterOS.Ike.Wire;

// Notification payload, RFC 2408 section 3.14.
//
// +---------------------------------------------------------------+
// |              Domain of Interpretation  (DOI)                  |
// +---------------+---------------+-------------------------------+
// |  Protocol-ID  |   SPI Size    |      Notify Message Type      |
// +---------------+---------------+-------------------------------+
// |                 SPI, then Notification Data                   |
// +---------------------------------------------------------------+

/// <summary>View of the body of a notification payload.</summary>
internal readonly ref struct NotificationPayload
{
    /// <summary>Bytes before the SPI.</summary>
    public const int FixedLength = 8;

    private readonly ReadOnlySpan<byte> _body;

    private NotificationPayload(ReadOnlySpan<byte> body) => _body = body;

    public SecurityProtocol Protocol => (SecurityProtocol)_body[4];

    public NotifyType Type => (NotifyType)BinaryPrimitives.ReadUInt16BigEndian(_body[6..]);

    public ReadOnlySpan<byte> Spi => _body.Slice(FixedLength, _body[5]);

    public ReadOnlySpan<byte> Data => _body[(FixedLength + _body[5])..];

    public static bool TryParse(ReadOnlySpan<byte> body, out NotificationPayload payload, out IsakmpError error)
    {
        payload = default;
        error = body.Length < FixedLength ? IsakmpError.Truncated
            : body.Length < FixedLength + body[5] ? IsakmpError.BadLength
            // DOI 0 is generic ISAKMP: some peers use it for phase 1.
            : BinaryPrimitives.ReadUInt32BigEndian(body) > SaPayload.IpsecDoi ? IsakmpError.BadValue
            : IsakmpError.None;
        if (error != IsakmpError.None)
        {
            return false;
        }

        payload = new NotificationPayload(body);
        return true;
    }

    /// <summary>Makes a body.</summary>
    public static byte[] Create(SecurityProtocol protocol, NotifyType type, ReadOnlySpan<byte> spi, ReadOnlySpan<byte> data)
    {
        byte[] body = new byte[FixedLength + spi.Length + data.Length];
        BinaryPrimitives.WriteUInt32BigEndian(body, SaPayload.IpsecDoi);
        body[4] = (byte)protocol;
        body[5] = checked((byte)spi.Length);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(6), (ushort)type);
        spi.CopyTo(body.AsSpan(FixedLength));
        data.CopyTo(body.AsSpan(FixedLength + spi.Length));
        return body;
    }
}
