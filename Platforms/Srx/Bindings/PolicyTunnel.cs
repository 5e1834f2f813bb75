using RouterOS.Sdk.Configuration;

namespace RouterOS.Srx.Bindings;

/// <summary>One tunnel of a policy-based VPN: what a policy, and its pair, have it carry.</summary>
/// <param name="Name">Name of the tunnel, unique.</param>
/// <param name="Vpn">Name of the VPN.</param>
/// <param name="Source">The policy that it came from.</param>
/// <param name="Local">Prefix on our side.</param>
/// <param name="Remote">Prefix on the peer's side.</param>
/// <param name="Protocol">IP protocol; 0: any.</param>
/// <param name="LocalPort">Port on our side; 0: any.</param>
/// <param name="RemotePort">Port on the peer's side; 0: any.</param>
/// <param name="Policies">Names of the policies that lead to it.</param>
internal sealed record PolicyTunnel(
    string Name, string Vpn, StatementView Source, string Local, string Remote, uint Protocol, uint LocalPort, uint RemotePort, List<string> Policies)
{
    /// <summary>True when both carry the same traffic.</summary>
    public bool CarriesAs(PolicyTunnel other) =>
        (Vpn, Local, Remote, Protocol, LocalPort, RemotePort)
        == (other.Vpn, other.Local, other.Remote, other.Protocol, other.LocalPort, other.RemotePort);
}
