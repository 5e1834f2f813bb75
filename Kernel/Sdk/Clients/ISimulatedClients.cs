namespace RouterOS.Sdk.Clients;

/// <summary>Makes simulated clients: the contract of the assembly that a process loads when it wants some.</summary>
public interface ISimulatedClients
{
    /// <summary>Makes a client.</summary>
    /// <param name="options">What it is to be.</param>
    /// <param name="send">Sends a datagram's payload to a port of the server.</param>
    /// <param name="time">Its clock.</param>
    ISimulatedClient Create(ClientOptions options, Action<ClientPort, byte[]> send, TimeProvider time);
}
