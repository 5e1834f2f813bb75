using System.Buffers.Binary;

namespace RouterOS.Radius.Wire;

// RADIUS packet, RFC 2865 section 3.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +---------------+---------------+-------------------------------+
// |     Code      |  Identifier   |            Length             |
// +---------------+---------------+-------------------------------+
// |                        Authenticator (16)                     |
// +---------------------------------------------------------------+
// |  Attributes: Type, Length (of all of it), Value ...
// +---------------------------------------------------------------

/// <summary>View of a packet over its own bytes: nothing is copied.</summary>
internal readonly ref struct RadiusPacket
{
    /// <summary>Bytes before the attributes.</summary>
    public const int HeaderBytes = 20;

    /// <summary>Bytes of a packet at most.</summary>
    public const int MaximumBytes = 4096;

    /// <summary>Bytes of an authenticator.</summary>
    public const int AuthenticatorBytes = 16;

    /// <summary>Where the authenticator begins.</summary>
    public const int AuthenticatorAt = 4;

    /// <summary>Bytes before an attribute's value.</summary>
    public const int AttributeHeaderBytes = 2;

    private const int LengthAt = 2;

    private RadiusPacket(ReadOnlySpan<byte> bytes, int messageAuthenticatorAt)
    {
        Bytes = bytes;
        MessageAuthenticatorAt = messageAuthenticatorAt;
    }

    /// <summary>The packet, without what follows it in the datagram.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Where the value of the Message-Authenticator begins; 0: there is none.</summary>
    public int MessageAuthenticatorAt { get; }

    /// <summary>What it is.</summary>
    public RadiusCode Code => (RadiusCode)Bytes[0];

    /// <summary>Number of the request.</summary>
    public byte Identifier => Bytes[1];

    /// <summary>16 bytes.</summary>
    public ReadOnlySpan<byte> Authenticator => Bytes.Slice(AuthenticatorAt, AuthenticatorBytes);

    /// <summary>The attributes, in order; those of vendors one by one.</summary>
    public RadiusAttributes Attributes => new(Bytes[HeaderBytes..]);

    /// <summary>Accepts <paramref name="datagram"/> as a packet, or says why not.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out RadiusPacket packet, out RadiusError error)
    {
        packet = default;
        if (datagram.Length < HeaderBytes)
        {
            error = RadiusError.Truncated;
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(datagram[LengthAt..]);
        error = length is < HeaderBytes or > MaximumBytes ? RadiusError.BadLength
            : length > datagram.Length ? RadiusError.Truncated
            : RadiusError.None;
        if (error != RadiusError.None)
        {
            return false;
        }

        int proof = 0;
        for (int at = HeaderBytes; at < length; at += datagram[at + 1])
        {
            if (length - at < AttributeHeaderBytes || datagram[at + 1] < AttributeHeaderBytes || datagram[at + 1] > length - at)
            {
                error = RadiusError.BadAttribute;
                return false;
            }

            if (datagram[at] == (byte)RadiusType.MessageAuthenticator)
            {
                if (datagram[at + 1] != AttributeHeaderBytes + AuthenticatorBytes || proof != 0)
                {
                    error = RadiusError.BadMessageAuthenticator;
                    return false;
                }

                proof = at + AttributeHeaderBytes;
            }
        }

        packet = new RadiusPacket(datagram[..length], proof);
        return true;
    }
}
