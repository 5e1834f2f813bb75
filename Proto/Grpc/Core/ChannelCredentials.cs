namespace Grpc.Core;

/// <summary>How a channel proves and protects itself.</summary>
public abstract class ChannelCredentials
{
    /// <summary>No protection: a Unix domain socket, or plain HTTP/2.</summary>
    public static ChannelCredentials Insecure { get; } = new InsecureCredentials();

    /// <summary>TLS with the host's certificates.</summary>
    public static ChannelCredentials SecureSsl { get; } = new SecureCredentials();

    internal virtual bool IsComposable => false;

    /// <summary>A channel's credentials with call credentials for every call.</summary>
    public static ChannelCredentials Create(ChannelCredentials channelCredentials, CallCredentials callCredentials)
    {
        ArgumentNullException.ThrowIfNull(channelCredentials);
        ArgumentNullException.ThrowIfNull(callCredentials);
        return new ComposedChannelCredentials(channelCredentials, callCredentials);
    }

    /// <summary>Tells a transport what the credentials are made of.</summary>
    public abstract void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object? state);

    private sealed class InsecureCredentials : ChannelCredentials
    {
        public override void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object? state) =>
            configurator.SetInsecureCredentials(state);
    }

    private sealed class SecureCredentials : ChannelCredentials
    {
        internal override bool IsComposable => true;

        public override void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object? state) =>
            configurator.SetSslCredentials(state);
    }

    private sealed class ComposedChannelCredentials : ChannelCredentials
    {
        private readonly ChannelCredentials _channel;
        private readonly CallCredentials _call;

        public ComposedChannelCredentials(ChannelCredentials channel, CallCredentials call)
        {
            if (!channel.IsComposable)
            {
                throw new ArgumentException("Call credentials need a protected channel.", nameof(channel));
            }

            _channel = channel;
            _call = call;
        }

        public override void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object? state) =>
            configurator.SetCompositeCredentials(state, _channel, _call);
    }
}
