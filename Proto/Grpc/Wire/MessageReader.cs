using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Takes messages from a pipe of length-prefixed messages.</summary>
internal static class MessageReader
{
    /// <summary>The next message; null at the end of the stream.</summary>
    /// <exception cref="RpcException">The bytes are not a message that may be taken.</exception>
    public static async ValueTask<T?> ReadAsync<T>(
        PipeReader pipe, Marshaller<T> marshaller, int? maxLength, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            ReadResult result = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;

            if (TryTake(buffer, maxLength, out ReadOnlySequence<byte> payload))
            {
                T message = Deserialize(marshaller, payload);
                pipe.AdvanceTo(payload.End);
                return message;
            }

            pipe.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCanceled)
            {
                throw new OperationCanceledException("The read was cancelled.");
            }

            if (result.IsCompleted)
            {
                return buffer.IsEmpty
                    ? null
                    : throw new RpcException(new(StatusCode.Internal, "The stream ended inside a message."));
            }
        }
    }

    private static T Deserialize<T>(Marshaller<T> marshaller, ReadOnlySequence<byte> payload)
    {
        try
        {
            return marshaller.ContextualDeserializer(new SequenceDeserializationContext(payload));
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw new RpcException(new(StatusCode.Internal, $"A message of type {typeof(T).Name} cannot be read: {e.Message}", e));
        }
    }

    private static bool TryTake(ReadOnlySequence<byte> buffer, int? maxLength, out ReadOnlySequence<byte> payload)
    {
        payload = default;
        if (buffer.Length < MessageFrame.PrefixLength)
        {
            return false;
        }

        Span<byte> prefix = stackalloc byte[MessageFrame.PrefixLength];
        buffer.Slice(0, MessageFrame.PrefixLength).CopyTo(prefix);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);

        if (prefix[0] != 0)
        {
            // The encoding was identity or none (any other one is refused before), so nothing may be compressed.
            throw new RpcException(new(StatusCode.Internal, "A message is marked as compressed, but no compression was agreed on."));
        }

        if (length > (uint)(maxLength ?? int.MaxValue))
        {
            throw new RpcException(new(
                StatusCode.ResourceExhausted, $"A message of {length} bytes is over the limit of {maxLength} for receiving."));
        }

        if (buffer.Length - MessageFrame.PrefixLength < length)
        {
            return false;
        }

        payload = buffer.Slice(MessageFrame.PrefixLength, length);
        return true;
    }
}
