namespace Grpc.Core;

/// <summary>How a transport learns what channel credentials are made of.</summary>
public abstract class ChannelCredentialsConfiguratorBase
{
    /// <summary>The channel is not protected.</summary>
    public abstract void SetInsecureCredentials(object? state);

    /// <summary>The channel uses TLS.</summary>
    public abstract void SetSslCredentials(object? state);

    /// <summary>The channel has credentials of its own and adds others to every call.</summary>
    public abstract void SetCompositeCredentials(
        object? state, ChannelCredentials channelCredentials, CallCredentials callCredentials);
}
