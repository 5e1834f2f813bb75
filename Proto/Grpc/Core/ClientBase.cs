namespace Grpc.Core;

/// <summary>Root of generated clients.</summary>
public abstract partial class ClientBase
{
    /// <summary>For test doubles: a client without a channel.</summary>
    protected ClientBase()
        : this(new ClientBaseConfiguration(new UnconnectedCallInvoker(), null))
    {
    }

    /// <summary>Makes a client that calls as <paramref name="configuration"/> says.</summary>
    protected ClientBase(ClientBaseConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        Configuration = configuration;
        CallInvoker = configuration.CreateInvoker();
    }

    /// <summary>Makes a client of a channel.</summary>
    protected ClientBase(ChannelBase channel)
        : this((channel ?? throw new ArgumentNullException(nameof(channel))).CreateCallInvoker())
    {
    }

    /// <summary>Makes a client of an invoker.</summary>
    protected ClientBase(CallInvoker callInvoker)
        : this(new ClientBaseConfiguration(callInvoker ?? throw new ArgumentNullException(nameof(callInvoker)), null))
    {
    }

    /// <summary>What the client calls through.</summary>
    protected CallInvoker CallInvoker { get; }

    internal ClientBaseConfiguration Configuration { get; }
}
