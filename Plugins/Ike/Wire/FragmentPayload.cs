using System.Buffers.Binary;

namespace RouterOS.Ike.Wire;

// Fragment of a whole ISAKMP message, the vendors' extension behind the vendor id "FRAGMENTATION".
//
// +-------------------------------+---------------+---------------+
// |          Fragment ID          |    Number     |     Flags     |
// +-------------------------------+---------------+---------------+
// |                  Part of the message                          |
// +---------------------------------------------------------------+

/// <summary>View of the body of a fragment.</summary>
internal readonly ref struct FragmentPayload
{
    /// <summary>Bytes before the part.</summary>
    public const int FixedLength = 4;

    private const byte Last = 1;

    private readonly ReadOnlySpan<byte> _body;

    private FragmentPayload(ReadOnlySpan<byte> body) => _body = body;

    /// <summary>The same in all fragments of one message.</summary>
    public ushort Id => BinaryPrimitives.ReadUInt16BigEndian(_body);

    /// <summary>From 1.</summary>
    public byte Number => _body[2];

    public bool IsLast => (_body[3] & Last) != 0;

    public ReadOnlySpan<byte> Part => _body[FixedLength..];

    public static bool TryParse(ReadOnlySpan<byte> body, out FragmentPayload payload, out IsakmpError error)
    {
        payload = default;
        error = body.Length <= FixedLength ? IsakmpError.Truncated : body[2] == 0 ? IsakmpError.BadValue : IsakmpError.None;
        if (error != IsakmpError.None)
        {
            return false;
        }

        payload = new FragmentPayload(body);
        return true;
    }

    /// <summary>The datagrams that carry a message in parts of at most <paramref name="size"/> bytes.</summary>
    public static IReadOnlyList<byte[]> Split(byte[] message, int size, ushort id)
    {
        _ = IsakmpHeader.TryParse(message, out IsakmpHeader header, out _);
        List<byte[]> datagrams = [];
        for (int offset = 0; offset < message.Length; offset += size)
        {
            int count = Math.Min(size, message.Length - offset);
            byte[] body = new byte[FixedLength + count];
            BinaryPrimitives.WriteUInt16BigEndian(body, id);
            body[2] = checked((byte)(datagrams.Count + 1));
            body[3] = offset + count == message.Length ? Last : (byte)0;
            message.AsSpan(offset, count).CopyTo(body.AsSpan(FixedLength));
            IsakmpWriter writer = new(header.InitiatorCookie, header.ResponderCookie, header.Exchange);
            writer.Add(PayloadType.Fragment, body);
            datagrams.Add(writer.Finish());
        }

        return datagrams;
    }
}
