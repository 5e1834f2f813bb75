using RouterOS.Proto.L2tp.V1;

namespace RouterOS.L2tp.Control.Policy;

/// <summary>The peers of an address; 0: any.</summary>
internal sealed record DestinationPolicy(string Name, string VirtualRouter, uint RemoteAddress, uint MaximumSessions, IReadOnlyList<HostPolicy> Hosts)
{
    public static DestinationPolicy Read(DestinationProfile profile) => new(
        profile.Name, profile.VirtualRouter, L2tpPolicy.Address(profile.RemoteAddress), profile.MaxSessions,
        [.. profile.Hosts.Select(HostPolicy.Read)]);

    /// <summary>The host profile for a peer's name, on one of our addresses.</summary>
    public HostPolicy? Find(string remoteHost, uint localAddress) =>
        Hosts.FirstOrDefault(h => h.RemoteHost.Length > 0 && h.RemoteHost == remoteHost && h.TakesLocal(localAddress))
        ?? Hosts.FirstOrDefault(h => h.RemoteHost.Length == 0 && h.TakesLocal(localAddress));
}
