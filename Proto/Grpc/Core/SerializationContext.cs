using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a marshaller puts the bytes of a message: all at once, or through a buffer writer.</summary>
public abstract class SerializationContext
{
    /// <summary>Takes the whole message; nothing may follow.</summary>
    public virtual void Complete(byte[] payload) => throw Unsupported();

    /// <summary>The writer for the message; <see cref="Complete()"/> ends it.</summary>
    public virtual IBufferWriter<byte> GetBufferWriter() => throw Unsupported();

    /// <summary>Announces the length of the message before it is written.</summary>
    public virtual void SetPayloadLength(int payloadLength) => throw Unsupported();

    /// <summary>Ends a message that was written through <see cref="GetBufferWriter"/>.</summary>
    public virtual void Complete() => throw Unsupported();

    private NotSupportedException Unsupported() => new($"{GetType().Name} does not take messages this way.");
}
