using System.Buffers.Binary;

namespace RouterOS.Ike.Wire;

/// <summary>Builds one message, payload by payload.</summary>
internal sealed class IsakmpWriter
{
    private byte[] _buffer = new byte[512];
    private int _length = IsakmpHeader.Length;
    private int _nextPayload = IsakmpHeader.NextPayloadOffset;

    public IsakmpWriter(ulong initiatorCookie, ulong responderCookie, ExchangeType exchange, uint messageId = 0) =>
        IsakmpHeader.Write(_buffer, initiatorCookie, responderCookie, exchange, IsakmpFlags.None, messageId);

    /// <summary>What follows the header so far.</summary>
    public ReadOnlySpan<byte> Payloads => _buffer.AsSpan(IsakmpHeader.Length, _length - IsakmpHeader.Length);

    /// <summary>Appends a payload and returns where its body starts within <see cref="Payloads"/>.</summary>
    public int Add(PayloadType type, ReadOnlySpan<byte> body)
    {
        int size = PayloadChain.GenericHeader + body.Length;
        if (_length + size > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + size));
        }

        _buffer[_nextPayload] = (byte)type;
        _nextPayload = _length;
        Span<byte> payload = _buffer.AsSpan(_length, size);
        payload[0] = (byte)PayloadType.None;
        payload[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(payload[2..], checked((ushort)size));
        body.CopyTo(payload[PayloadChain.GenericHeader..]);
        _length += size;
        return _length - body.Length - IsakmpHeader.Length;
    }

    /// <summary>Overwrites bytes of a payload that was added as a place holder (a HASH over what follows it).</summary>
    public void Patch(int offset, ReadOnlySpan<byte> bytes) => bytes.CopyTo(_buffer.AsSpan(IsakmpHeader.Length + offset));

    /// <summary>The message in the clear.</summary>
    public byte[] Finish()
    {
        byte[] message = _buffer.AsSpan(0, _length).ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(IsakmpHeader.LengthOffset), (uint)_length);
        return message;
    }
}
