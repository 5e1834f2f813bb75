using System.Net;

namespace RouterOS.Sdk.Clients;

/// <summary>What a simulated client is to be.</summary>
public sealed record ClientOptions
{
    /// <summary>The server's address.</summary>
    public required IPAddress Server { get; init; }

    /// <summary>The client's own address, as nobody behind its NAT sees it. Any number of clients may have the same.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Name of the user.</summary>
    public required string User { get; init; }

    /// <summary>The user's password.</summary>
    public required string Password { get; init; }

    /// <summary>Key of IKE; empty: L2TP in the clear.</summary>
    public string PresharedKey { get; init; } = string.Empty;

    /// <summary>Secret of the tunnel; empty: neither end proves anything.</summary>
    public string TunnelSecret { get; init; } = string.Empty;

    /// <summary>Name of the client's host.</summary>
    public string HostName { get; init; } = "client";

    /// <summary>Algorithms of phase 1 and 2: AES-128 with SHA-1 in place of 3DES with SHA-1.</summary>
    public bool UsesAes { get; init; }

    /// <summary>Diffie-Hellman group of phase 1.</summary>
    public int Group { get; init; } = 2;

    /// <summary>The client asks for sequence numbers on data messages.</summary>
    public bool RequiresSequencing { get; init; }
}
