using RouterOS.Proto.Ike.V1;
using RouterOS.Proto.Radius.V1;

namespace RouterOS.Srx.Layouts;

/// <summary>Users of extended authentication and their addresses.</summary>
internal static class UserLayout
{
    /// <summary><c>show network-access aaa radius-servers</c>.</summary>
    public static string Servers(IEnumerable<ServerStatistics> servers)
    {
        Lines lines = new();
        foreach (IGrouping<string, ServerStatistics> profile in servers.GroupBy(s => s.Group))
        {
            lines.Add($"Profile: {profile.Key}");
            foreach (ServerStatistics server in profile)
            {
                lines.Add($"    Server address: {server.Address}");
                lines.Add($"      Authentication port: {server.Port}");
                lines.Add($"      Status: {(server.Dead ? "DOWN" : "UP")}");
            }
        }

        return lines.ToString();
    }

    /// <summary><c>show network-access aaa statistics</c>.</summary>
    public static string Statistics(IEnumerable<ServerStatistics> servers)
    {
        Lines lines = new();
        foreach (ServerStatistics server in servers)
        {
            lines.Add($"Profile: {server.Group}, server address: {server.Address}");
            lines.Add($"  Requests: {server.Requests}, retransmissions: {server.Retransmissions}, pending: {server.Pending}");
            lines.Add($"  Accepts: {server.Accepts}, rejects: {server.Rejects}, challenges: {server.Challenges}");
            lines.Add($"  Timeouts: {server.Timeouts}, malformed: {server.Malformed}, wrong authenticator: {server.BadAuthenticators}, unexpected: {server.Unexpected}");
            lines.Add($"  Round trip: {server.RoundTripMilliseconds} ms");
        }

        return lines.ToString();
    }

    /// <summary><c>show security ike active-peer</c>.</summary>
    public static string ActivePeers(IEnumerable<Phase1Sa> sas)
    {
        Lines lines = new();
        lines.Add($"{"Remote Address",-36}{"Port",-9}{"Peer IKE-ID",-32}{"XAUTH username",-36}Assigned IP");
        foreach (Phase1Sa sa in sas)
        {
            lines.Add($"{sa.RemoteAddress,-36}{sa.RemotePort,-9}{sa.PeerIdentity,-32}{Or(sa.User, "not available"),-36}{Or(sa.AssignedAddress, "0.0.0.0")}");
        }

        return lines.ToString();
    }

    /// <summary><c>show security dynamic-vpn users</c>.</summary>
    public static string Users(IEnumerable<Phase1Sa> sas, IReadOnlyList<Phase2Sa> pairs)
    {
        Lines lines = new();
        foreach (IGrouping<string, Phase1Sa> user in sas.GroupBy(sa => sa.User).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            Phase1Sa[] connections = [.. user.GroupBy(sa => (sa.RemoteAddress, sa.RemotePort)).Select(g => g.Last())];
            lines.Add($"User: {user.Key} , Number of connections: {connections.Length}");
            foreach (Phase1Sa sa in connections)
            {
                Phase2Sa? pair = pairs.FirstOrDefault(p => p.Current && p.Gateway == sa.Gateway && p.RemoteSelector == $"{sa.AssignedAddress}/32")
                    ?? pairs.FirstOrDefault(p => p.Current && p.Gateway == sa.Gateway && p.RemoteAddress == sa.RemoteAddress);
                lines.Add($"   Remote IP: {sa.RemoteAddress}");
                lines.Add($"   IPSEC VPN: {pair?.Vpn}");
                lines.Add($"   IKE gateway: {sa.Gateway}");
                lines.Add($"   IKE ID  : {sa.PeerIdentity}");
                lines.Add($"   IKE Lifetime: {sa.Proposal?.LifetimeSeconds}");
                lines.Add($"   IPSEC Lifetime: {pair?.Proposal?.LifetimeSeconds}");
                lines.Add($"   Assigned IP: {Or(sa.AssignedAddress, "0.0.0.0")}");
                lines.Add($"   Status: {(pair is null ? "AUTHENTICATED" : "CONNECTED")}");
            }
        }

        return lines.ToString();
    }

    /// <summary><c>show network-access address-assignment pool</c>.</summary>
    public static string Pools(IEnumerable<AddressPoolState> pools)
    {
        Lines lines = new();
        bool first = true;
        foreach (AddressPoolState pool in pools)
        {
            if (!first)
            {
                lines.Add();
            }

            first = false;
            lines.Add($"Pool: {pool.Name}, network {pool.Network}, {pool.Leases.Count} of {pool.Size} addresses in use");
            lines.Add($"{"IP address/prefix",-24}{"Hardware address",-24}{"Host/User",-16}Type");
            foreach (AddressLease lease in pool.Leases)
            {
                lines.Add($"{lease.Address,-24}{"NA",-24}{lease.User,-16}xauth");
            }
        }

        return lines.ToString();
    }

    private static string Or(string text, string other) => text.Length > 0 ? text : other;
}
