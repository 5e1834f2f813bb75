using RouterOS.Sdk.Configuration;

namespace RouterOS.Srx.Bindings;

/// <summary>One unit of st0 that several VPNs may share, and which next hop leads to which of them.</summary>
internal sealed class NextHopTunnels(StatementView root, string name)
{
    private static readonly string[] s_families = ["inet", "inet6"];

    private readonly StatementView _unit = root["interfaces"].Entry(string.Empty, "st0").Entry("unit", name["st0.".Length..]);
    private ILookup<string, string>? _nextHops;

    /// <summary>Full name of the unit.</summary>
    public string Name => name;

    /// <summary>True for a unit that several VPNs may be bound to.</summary>
    public bool IsMultipoint => _unit.Has("multipoint");

    /// <summary>Next hops that lead to a VPN.</summary>
    public IEnumerable<string> Of(string vpn) => (_nextHops ??= s_families.SelectMany(f => _unit["family"][f].List("next-hop-tunnel"))
        .ToLookup(entry => entry.Text("ipsec-vpn") ?? string.Empty, entry => entry.Key, StringComparer.Ordinal))[vpn];

    /// <summary>The unit of st0 that has a next hop although none of its networks does; null for any other address.</summary>
    public static string? CarrierOf(StatementView root, string nextHop) =>
        (from unit in root["interfaces"].Entry(string.Empty, "st0").List("unit")
         from family in s_families
         where unit["family"][family].Entry("next-hop-tunnel", nextHop).Exists && !unit["family"][family].List("address").Any()
         select $"st0.{unit.Key}").FirstOrDefault();
}
