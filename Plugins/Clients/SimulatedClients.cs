using RouterOS.Sdk.Clients;

namespace RouterOS.Clients;

/// <summary>What a process that loads this assembly makes clients with.</summary>
public sealed class SimulatedClients : ISimulatedClients
{
    /// <inheritdoc/>
    public ISimulatedClient Create(ClientOptions options, Action<ClientPort, byte[]> send, TimeProvider time) => new VpnClient(options, send, time);
}
