using System.Net;

namespace RouterOS.Sdk.Network;

/// <summary>One route.</summary>
/// <param name="Prefix">Network address.</param>
/// <param name="PrefixLength">Its bits.</param>
/// <param name="Protocol">Who knows it.</param>
/// <param name="Preference">Lower wins: direct and local 0, static 5.</param>
/// <param name="Active">The best of its prefix.</param>
/// <param name="Since">When it became what it is.</param>
/// <param name="Interface">Full name of the egress interface; empty for discard and reject.</param>
/// <param name="Gateway">Next hop's address, or null when the destination is on the link.</param>
public sealed record RouteState(
    IPAddress Prefix,
    int PrefixLength,
    RouteProtocol Protocol,
    uint Preference,
    bool Active,
    DateTimeOffset Since,
    string Interface,
    IPAddress? Gateway)
{
    /// <summary>Of equal preference the lower one wins; 0 where none is configured.</summary>
    public uint Metric { get; init; }

    /// <summary>No packet takes it: other routes of its prefix step back all the same.</summary>
    public bool NotInstalled { get; init; }

    /// <summary>It is made of longer routes within its prefix; the protocol says what becomes of packets.</summary>
    public bool IsAggregate { get; init; }
}
