using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>Finds out what channel credentials are made of.</summary>
internal sealed class ChannelCredentialsReader : ChannelCredentialsConfiguratorBase
{
    public ChannelCredentialsReader(ChannelCredentials credentials) => credentials.InternalPopulateConfiguration(this, null);

    /// <summary>Whether TLS is asked for.</summary>
    public bool IsSecure { get; private set; }

    public override void SetInsecureCredentials(object? state) => IsSecure = false;

    public override void SetSslCredentials(object? state) => IsSecure = true;

    public override void SetCompositeCredentials(
        object? state, ChannelCredentials channelCredentials, CallCredentials callCredentials) =>
        channelCredentials.InternalPopulateConfiguration(this, state);
}
