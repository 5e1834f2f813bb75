using System.Buffers;
using System.Buffers.Binary;
using Grpc.Core;

namespace Grpc.Wire;

// Length-Prefixed-Message, gRPC over HTTP/2:
//
// +------------+---------------------------+------------------+
// | compressed | length, 4 bytes, network  | message ...      |
// | 1 byte     | byte order                |                  |
// +------------+---------------------------+------------------+

/// <summary>Builds one message with its prefix; may be used again for the next message.</summary>
/// <remarks>The buffer is not pooled: after a cancelled write the transport may still read it.</remarks>
internal sealed class MessageFrame(int? maxLength) : SerializationContext, IBufferWriter<byte>
{
    /// <summary>Bytes before the message.</summary>
    public const int PrefixLength = 5;

    // Enough for most messages; also what a writer gets that asks for "some" room.
    private const int MinBuffer = 256;

    private byte[] _buffer = [];
    private int _written;
    private bool _complete;

    /// <summary>The bytes of <paramref name="message"/>, valid until the next call.</summary>
    public ReadOnlyMemory<byte> Serialize<T>(Marshaller<T> marshaller, T message)
    {
        _written = PrefixLength;
        _complete = false;
        try
        {
            marshaller.ContextualSerializer(message, this);
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw new RpcException(new(StatusCode.Internal, $"A message of type {typeof(T).Name} cannot be written: {e.Message}", e));
        }

        if (!_complete)
        {
            throw new RpcException(new(StatusCode.Internal, "The marshaller did not complete the message."));
        }

        int length = _written - PrefixLength;
        CheckLimit(length);
        _buffer[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(1), length);
        return _buffer.AsMemory(0, _written);
    }

    /// <inheritdoc/>
    public override void Complete(byte[] payload)
    {
        CheckLimit(payload.Length);
        EnsureRoom(payload.Length);
        payload.CopyTo(_buffer, _written);
        _written += payload.Length;
        _complete = true;
    }

    /// <inheritdoc/>
    public override void SetPayloadLength(int payloadLength)
    {
        CheckLimit(payloadLength);
        EnsureRoom(payloadLength);
    }

    /// <inheritdoc/>
    public override IBufferWriter<byte> GetBufferWriter() => this;

    /// <inheritdoc/>
    public override void Complete()
    {
        EnsureRoom(0);
        _complete = true;
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_buffer.Length - _written));
        _written += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureRoom(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_written);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    private void EnsureRoom(int count)
    {
        int needed = checked(_written + count);
        if (needed > _buffer.Length)
        {
            int size = _written == PrefixLength ? needed : Math.Max(needed, _buffer.Length * 2);
            Array.Resize(ref _buffer, Math.Max(size, MinBuffer));
        }
    }

    private void CheckLimit(int length)
    {
        if (length > maxLength)
        {
            throw new RpcException(new(
                StatusCode.ResourceExhausted, $"A message of {length} bytes is over the limit of {maxLength} for sending."));
        }
    }
}
