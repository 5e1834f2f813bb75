using System.Buffers.Binary;

namespace RouterOS.Ike.Wire;

// Identification payload, RFC 2407 section 4.6.2.
//
// +---------------+---------------+-------------------------------+
// |    ID Type    |  Protocol ID  |             Port              |
// +---------------+---------------+-------------------------------+
// |                     Identification Data                       |
// +---------------------------------------------------------------+

/// <summary>View of the body of an identification payload.</summary>
internal readonly ref struct IdentificationPayload
{
    /// <summary>Bytes before the data.</summary>
    public const int FixedLength = 4;

    private readonly ReadOnlySpan<byte> _body;

    private IdentificationPayload(ReadOnlySpan<byte> body) => _body = body;

    public IdentityType Type => (IdentityType)_body[0];

    public byte Protocol => _body[1];

    public ushort Port => BinaryPrimitives.ReadUInt16BigEndian(_body[2..]);

    public ReadOnlySpan<byte> Data => _body[FixedLength..];

    /// <summary>Accepts a body whose data has the length that its type asks for.</summary>
    public static bool TryParse(ReadOnlySpan<byte> body, out IdentificationPayload payload, out IsakmpError error)
    {
        payload = default;
        if (body.Length < FixedLength)
        {
            error = IsakmpError.Truncated;
            return false;
        }

        int data = body.Length - FixedLength;
        bool fits = (IdentityType)body[0] switch
        {
            IdentityType.Ipv4Address => data == 4,
            IdentityType.Ipv4Subnet or IdentityType.Ipv4Range => data == 8,
            IdentityType.Ipv6Address => data == 16,
            IdentityType.Ipv6Subnet or IdentityType.Ipv6Range => data == 32,
            IdentityType.Fqdn or IdentityType.UserFqdn or IdentityType.KeyId => data is > 0 and <= 255,
            _ => true,
        };
        if (!fits)
        {
            error = IsakmpError.BadLength;
            return false;
        }

        payload = new IdentificationPayload(body);
        error = IsakmpError.None;
        return true;
    }

    /// <summary>Makes a body.</summary>
    public static byte[] Create(IdentityType type, byte protocol, ushort port, ReadOnlySpan<byte> data)
    {
        byte[] body = new byte[FixedLength + data.Length];
        body[0] = (byte)type;
        body[1] = protocol;
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(2), port);
        data.CopyTo(body.AsSpan(FixedLength));
        return body;
    }
}
