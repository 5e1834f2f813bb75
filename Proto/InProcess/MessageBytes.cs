using System.Buffers;
using Grpc.Core;

namespace RouterOS.Proto.InProcess;

/// <summary>Turns messages into bytes and back with the marshallers that a socket uses too.</summary>
internal static class MessageBytes
{
    public static byte[] Write<T>(Marshaller<T> marshaller, T message)
        where T : class
    {
        Writer writer = new();
        try
        {
            marshaller.ContextualSerializer(message, writer);
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw new RpcException(new(StatusCode.Internal, $"A message of type {typeof(T).Name} cannot be written: {e.Message}", e));
        }

        return writer.Payload
            ?? throw new RpcException(new(StatusCode.Internal, $"The marshaller did not complete a message of type {typeof(T).Name}."));
    }

    public static T Read<T>(Marshaller<T> marshaller, byte[] bytes, int maxBytes)
        where T : class
    {
        if (bytes.Length > maxBytes)
        {
            throw new RpcException(new(
                StatusCode.ResourceExhausted, $"A message of {bytes.Length} bytes is over the limit of {maxBytes} for receiving."));
        }

        try
        {
            return marshaller.ContextualDeserializer(new Reader(bytes));
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw new RpcException(new(StatusCode.Internal, $"A message of type {typeof(T).Name} cannot be read: {e.Message}", e));
        }
    }

    private sealed class Writer : SerializationContext
    {
        private ArrayBufferWriter<byte>? _buffer;

        public byte[]? Payload { get; private set; }

        // The other side reads this array: it must not be one that the caller still holds.
        public override void Complete(byte[] payload) => Payload = (byte[])payload.Clone();

        public override void SetPayloadLength(int payloadLength) => _buffer ??= new(Math.Max(payloadLength, 1));

        public override IBufferWriter<byte> GetBufferWriter() => _buffer ??= new();

        public override void Complete() => Payload = _buffer is null ? [] : _buffer.WrittenSpan.ToArray();
    }

    private sealed class Reader(byte[] bytes) : DeserializationContext
    {
        public override int PayloadLength => bytes.Length;

        public override byte[] PayloadAsNewBuffer() => (byte[])bytes.Clone();

        public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => new(bytes);
    }
}
