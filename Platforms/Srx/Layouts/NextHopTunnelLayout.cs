using RouterOS.Proto.Ike.V1;

namespace RouterOS.Srx.Layouts;

/// <summary><c>show security ipsec next-hop-tunnels</c>.</summary>
internal static class NextHopTunnelLayout
{
    /// <summary>One line for each next hop. All are configured: peers are not asked for theirs.</summary>
    public static string Text(IEnumerable<VpnState> vpns)
    {
        Lines lines = new();
        lines.Row((0, "Next-hop gateway"), (18, "interface"), (30, "IPSec VPN name"), (64, "Flag"));
        foreach (VpnState vpn in vpns)
        {
            foreach (string nextHop in vpn.NextHops)
            {
                lines.Row((0, nextHop), (18, vpn.BindInterface), (30, vpn.Name), (64, "Static"));
            }
        }

        return lines.ToString();
    }
}
