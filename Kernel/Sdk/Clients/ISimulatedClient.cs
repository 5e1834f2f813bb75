using System.Net;

namespace RouterOS.Sdk.Clients;

/// <summary>A client of an L2TP server that lives in this process: IKE, ESP inside UDP, L2TP and PPP of its own.</summary>
/// <remarks>Any thread may call it. Sentences are reasons of failure; null is success.</remarks>
public interface ISimulatedClient : IDisposable
{
    /// <summary>The address that the server gave it; null while it is not connected.</summary>
    IPAddress? Address { get; }

    /// <summary>Why it is no longer connected; null while nothing has ended.</summary>
    string? Ended { get; }

    /// <summary>Connects, up to the address inside.</summary>
    Task<string?> ConnectAsync();

    /// <summary>Makes new SAs by the phase 1 there is, and uses them.</summary>
    Task<string?> RekeyAsync();

    /// <summary>Sends an echo request through the session; the time until the answer, or null without one.</summary>
    Task<TimeSpan?> PingAsync(IPAddress destination, int payloadBytes);

    /// <summary>Ends the session and the tunnel, and tells the server.</summary>
    void HangUp();

    /// <summary>Takes the payload of a datagram that came from a port of the server.</summary>
    void Receive(ClientPort port, ReadOnlySpan<byte> payload);
}
