namespace Grpc.Core;

/// <summary>Root of generated clients that knows the type of the client.</summary>
/// <typeparam name="T">The client.</typeparam>
public abstract class ClientBase<T> : ClientBase
    where T : ClientBase<T>
{
    /// <summary>For test doubles: a client without a channel.</summary>
    protected ClientBase()
    {
    }

    /// <summary>Makes a client that calls as <paramref name="configuration"/> says.</summary>
    protected ClientBase(ClientBaseConfiguration configuration)
        : base(configuration)
    {
    }

    /// <summary>Makes a client of a channel.</summary>
    protected ClientBase(ChannelBase channel)
        : base(channel)
    {
    }

    /// <summary>Makes a client of an invoker.</summary>
    protected ClientBase(CallInvoker callInvoker)
        : base(callInvoker)
    {
    }

    /// <summary>The same client with another host name in its calls.</summary>
    public T WithHost(string host)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        return NewInstance(Configuration.WithHost(host));
    }

    /// <summary>Makes another client of the same type.</summary>
    protected abstract T NewInstance(ClientBaseConfiguration configuration);
}
