using System.Buffers;

namespace Grpc.Core;

/// <summary>Collects a message into an array of its own.</summary>
internal sealed class ArraySerializationContext : SerializationContext
{
    private ArrayBufferWriter<byte>? _writer;
    private byte[]? _payload;

    /// <summary>The bytes of <paramref name="message"/>.</summary>
    public static byte[] Serialize<T>(Marshaller<T> marshaller, T message)
    {
        ArraySerializationContext context = new();
        marshaller.ContextualSerializer(message, context);
        return context._payload ?? throw new InvalidOperationException("The marshaller did not complete the message.");
    }

    public override void Complete(byte[] payload) => _payload = payload;

    public override void SetPayloadLength(int payloadLength) => _writer ??= new(Math.Max(payloadLength, 1));

    public override IBufferWriter<byte> GetBufferWriter() => _writer ??= new();

    public override void Complete() => _payload = _writer is null ? [] : _writer.WrittenSpan.ToArray();
}
