using System.Buffers.Binary;
using System.Text;
using RouterOS.Abstractions.Control;

namespace RouterOS.L2tp.Wire;

/// <summary>Writes the body of a control message: its type, then attributes in the order of the calls.</summary>
internal sealed class MessageWriter
{
    private const ushort MandatoryBit = 0x8000;
    private const ushort HiddenBit = 0x4000;
    private const int LargestValue = 0x3ff - AttributeReader.HeaderLength;

    private readonly List<byte> _body = new(128);

    public MessageWriter(MessageType type)
    {
        Type = type;
        _ = Number(AttributeType.MessageType, (ushort)type);
    }

    public MessageType Type { get; }

    public byte[] ToArray() => [.. _body];

    public MessageWriter Number(AttributeType type, ushort value, bool mandatory = true) => Bytes(type, [(byte)(value >> 8), (byte)value], mandatory);

    public MessageWriter Number32(AttributeType type, uint value, bool mandatory = true)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Bytes(type, bytes, mandatory);
    }

    /// <summary>Text, cut to what an attribute can hold.</summary>
    public MessageWriter Text(AttributeType type, string value, bool mandatory = true)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        return Bytes(type, bytes.AsSpan(0, Math.Min(bytes.Length, LargestValue)), mandatory);
    }

    public MessageWriter Bytes(AttributeType type, ReadOnlySpan<byte> value, bool mandatory = true) =>
        Append((ushort)(mandatory ? MandatoryBit : 0), type, value);

    /// <summary>A value hidden by the tunnel's secret and a random vector that was written before.</summary>
    public MessageWriter Hidden(
        IMac mac, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> randomVector, AttributeType type, ReadOnlySpan<byte> value, bool mandatory = true) =>
        Append((ushort)(HiddenBit | (mandatory ? MandatoryBit : 0)), type, HiddenValue.Hide(mac, secret, randomVector, (ushort)type, value));

    /// <summary>Result, error and message, RFC 2661 section 4.4.2.</summary>
    public MessageWriter Result(ushort result, GeneralError error, string message)
    {
        byte[] text = Encoding.UTF8.GetBytes(message);
        byte[] value = new byte[error == GeneralError.None && text.Length == 0 ? 2 : 4 + Math.Min(text.Length, 200)];
        BinaryPrimitives.WriteUInt16BigEndian(value, result);
        if (value.Length > 2)
        {
            BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(2), (ushort)error);
            text.AsSpan(0, value.Length - 4).CopyTo(value.AsSpan(4));
        }

        return Bytes(AttributeType.ResultCode, value);
    }

    private MessageWriter Append(ushort flags, AttributeType type, ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, LargestValue);
        Span<byte> header = stackalloc byte[AttributeReader.HeaderLength];
        BinaryPrimitives.WriteUInt16BigEndian(header, (ushort)(flags | (AttributeReader.HeaderLength + value.Length)));
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)type);
        header[2] = header[3] = 0;
        _body.AddRange(header);
        _body.AddRange(value);
        return this;
    }
}
