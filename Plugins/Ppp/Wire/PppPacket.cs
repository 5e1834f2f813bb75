using System.Buffers.Binary;

namespace RouterOS.Ppp.Wire;

// Packet of LCP, the network control protocols, PAP and CHAP, RFC 1661 section 5.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |     Code      |  Identifier   |            Length             |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |    Data ...
// +-+-+-+-+

/// <summary>View of a control packet of PPP.</summary>
internal readonly ref struct PppPacket
{
    /// <summary>Bytes of the protocol number before the packet.</summary>
    public const int ProtocolLength = 2;

    /// <summary>Bytes before the data.</summary>
    public const int HeaderLength = 4;

    private PppPacket(byte code, byte identifier, ReadOnlySpan<byte> data)
    {
        Code = code;
        Identifier = identifier;
        Data = data;
    }

    public byte Code { get; }

    public byte Identifier { get; }

    public ReadOnlySpan<byte> Data { get; }

    /// <summary>Accepts what follows the protocol number; padding behind the packet is not part of it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out PppPacket packet)
    {
        packet = default;
        if (bytes.Length < HeaderLength)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if (length < HeaderLength || length > bytes.Length)
        {
            return false;
        }

        packet = new PppPacket(bytes[0], bytes[1], bytes[HeaderLength..length]);
        return true;
    }

    /// <summary>A frame that begins with its protocol number.</summary>
    public static byte[] Frame(PppProtocol protocol, byte code, byte identifier, ReadOnlySpan<byte> data)
    {
        byte[] frame = new byte[ProtocolLength + HeaderLength + data.Length];
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)protocol);
        frame[2] = code;
        frame[3] = identifier;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(4), checked((ushort)(HeaderLength + data.Length)));
        data.CopyTo(frame.AsSpan(ProtocolLength + HeaderLength));
        return frame;
    }
}
