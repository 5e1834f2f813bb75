using System.Buffers;

namespace Grpc.Core;

/// <summary>The bytes of one received message.</summary>
public abstract class DeserializationContext
{
    /// <summary>Bytes in the message.</summary>
    public abstract int PayloadLength { get; }

    /// <summary>The message as an array that the caller may keep.</summary>
    public virtual byte[] PayloadAsNewBuffer() => throw Unsupported();

    /// <summary>The message as a sequence that is valid only during the call of the marshaller.</summary>
    public virtual ReadOnlySequence<byte> PayloadAsReadOnlySequence() => throw Unsupported();

    private NotSupportedException Unsupported() => new($"{GetType().Name} does not give messages this way.");
}
