using Google.Protobuf;

namespace RouterOS.Sdk.Intents;

/// <summary>The whole intent of one configuration: at most one message per contract, kept as bytes so that nobody shares objects.</summary>
public sealed class IntentSet
{
    private readonly Dictionary<string, ByteString> _messages;

    /// <summary>Takes the messages of one configuration; two of the same type are a caller's bug.</summary>
    public IntentSet(IEnumerable<IMessage> messages) =>
        _messages = messages.ToDictionary(m => m.Descriptor.FullName, m => m.ToByteString(), StringComparer.Ordinal);

    private IntentSet(Dictionary<string, ByteString> messages) => _messages = messages;

    /// <summary>A configuration that asks for nothing.</summary>
    public static IntentSet Empty { get; } = new(Array.Empty<IMessage>());

    /// <summary>The message of a type; a fresh empty one when the configuration does not ask for it.</summary>
    public T Get<T>()
        where T : IMessage<T>, new()
    {
        T message = new();
        if (_messages.TryGetValue(message.Descriptor.FullName, out ByteString? bytes))
        {
            message.MergeFrom(bytes);
        }

        return message;
    }

    /// <summary>True when both ask for the same of one type.</summary>
    public bool SameAs<T>(IntentSet other)
        where T : IMessage<T>, new()
    {
        ArgumentNullException.ThrowIfNull(other);
        return Get<T>().Equals(other.Get<T>());
    }

    /// <summary>A copy with one message replaced or added.</summary>
    public IntentSet With(IMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new(new Dictionary<string, ByteString>(_messages, StringComparer.Ordinal)
        {
            [message.Descriptor.FullName] = message.ToByteString(),
        });
    }
}
