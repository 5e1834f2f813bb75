using RouterOS.Proto.Flow.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Srx.Bindings;

/// <summary>The words of <c>ip tunnel</c>.</summary>
internal static class ScreenTunnels
{
    /// <summary>A word, what it says, what it stands for.</summary>
    public sealed record Kind(string Word, string Help, ScreenTunnel Tunnel);

    public static IReadOnlyList<Kind> Gre { get; } =
    [
        new("gre-4in4", "IPv4 over IPv4", ScreenTunnel.Gre4In4), new("gre-4in6", "IPv4 over IPv6", ScreenTunnel.Gre4In6),
        new("gre-6in4", "IPv6 over IPv4", ScreenTunnel.Gre6In4), new("gre-6in6", "IPv6 over IPv6", ScreenTunnel.Gre6In6),
    ];

    public static IReadOnlyList<Kind> Ipip { get; } =
    [
        new("dslite", "Dual-stack lite", ScreenTunnel.Dslite), new("ipip-4in4", "IPv4 over IPv4", ScreenTunnel.Ipip4In4),
        new("ipip-4in6", "IPv4 over IPv6", ScreenTunnel.Ipip4In6), new("ipip-6in4", "IPv6 over IPv4", ScreenTunnel.Ipip6In4),
        new("ipip-6in6", "IPv6 over IPv6", ScreenTunnel.Ipip6In6), new("ipip-6over4", "6over4", ScreenTunnel.SixOverFour),
        new("ipip-6to4relay", "6to4", ScreenTunnel.SixToFourRelay), new("isatap", "ISATAP", ScreenTunnel.Isatap),
    ];

    public static IReadOnlyList<Kind> Udp { get; } = [new("teredo", "Teredo", ScreenTunnel.Teredo)];

    /// <summary>Reads all of them into a screen.</summary>
    public static void Read(StatementView tunnel, Screen screen)
    {
        foreach ((string container, IReadOnlyList<Kind> kinds) in new[] { ("gre", Gre), ("ipip", Ipip), ("ip-in-udp", Udp) })
        {
            screen.Tunnels.Add(kinds.Where(kind => tunnel[container].Has(kind.Word)).Select(kind => kind.Tunnel));
        }

        if (tunnel.Has("bad-inner-header"))
        {
            screen.Tunnels.Add(ScreenTunnel.BadInnerHeader);
        }

        if (screen.Tunnels.Count > 0)
        {
            screen.Checks.Add(ScreenCheck.Tunnel);
        }
    }
}
