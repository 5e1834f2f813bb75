using System.Collections.Frozen;

namespace RouterOS.Srx.Bindings;

/// <summary>The vendor's words for types and codes of ICMP messages.</summary>
internal static class IcmpNames
{
    /// <summary>A type that no message has: what only answers begins no session.</summary>
    public const uint NeverBegins = 256;

    /// <summary>Types of ICMP.</summary>
    public static FrozenDictionary<string, uint> Types { get; } = new Dictionary<string, uint>
    {
        ["echo-reply"] = 0, ["echo-request"] = 8, ["info-reply"] = 16, ["info-request"] = 15, ["mask-reply"] = 18, ["mask-request"] = 17,
        ["parameter-problem"] = 12, ["redirect"] = 5, ["router-advertisement"] = 9, ["router-solicit"] = 10, ["source-quench"] = 4,
        ["time-exceeded"] = 11, ["timestamp"] = 13, ["timestamp-reply"] = 14, ["unreachable"] = 3,
    }.ToFrozenDictionary();

    /// <summary>Codes of ICMP.</summary>
    public static FrozenDictionary<string, uint> Codes { get; } = new Dictionary<string, uint>
    {
        ["communication-prohibited-by-filtering"] = 13, ["destination-host-prohibited"] = 10, ["destination-host-unknown"] = 7,
        ["destination-network-prohibited"] = 9, ["destination-network-unknown"] = 6, ["fragmentation-needed"] = 4,
        ["host-precedence-violation"] = 14, ["host-unreachable"] = 1, ["host-unreachable-for-tos"] = 12, ["ip-header-bad"] = 0,
        ["network-unreachable"] = 0, ["network-unreachable-for-tos"] = 11, ["port-unreachable"] = 3, ["precedence-cutoff-in-effect"] = 15,
        ["protocol-unreachable"] = 2, ["redirect-for-host"] = 1, ["redirect-for-network"] = 0, ["redirect-for-tos-and-host"] = 3,
        ["redirect-for-tos-and-net"] = 2, ["required-option-missing"] = 1, ["source-host-isolated"] = 8, ["source-route-failed"] = 5,
        ["ttl-eq-zero-during-reassembly"] = 1, ["ttl-eq-zero-during-transit"] = 0,
    }.ToFrozenDictionary();

    /// <summary>Types of ICMPv6.</summary>
    public static FrozenDictionary<string, uint> Types6 { get; } = new Dictionary<string, uint>
    {
        ["certificate-path-advertisement"] = 149, ["certificate-path-solicitation"] = 148, ["destination-unreachable"] = 1, ["echo-reply"] = 129,
        ["echo-request"] = 128, ["home-agent-address-discovery-reply"] = 145, ["home-agent-address-discovery-request"] = 144,
        ["inverse-neighbor-discovery-advertisement"] = 142, ["inverse-neighbor-discovery-solicitation"] = 141, ["membership-query"] = 130,
        ["membership-report"] = 131, ["membership-termination"] = 132, ["mobile-prefix-advertisement-reply"] = 147,
        ["mobile-prefix-solicitation"] = 146, ["neighbor-advertisement"] = 136, ["neighbor-solicit"] = 135, ["node-information-reply"] = 140,
        ["node-information-request"] = 139, ["packet-too-big"] = 2, ["parameter-problem"] = 4, ["redirect"] = 137, ["router-advertisement"] = 134,
        ["router-renumbering"] = 138, ["router-solicit"] = 133, ["time-exceeded"] = 3,
    }.ToFrozenDictionary();

    /// <summary>Codes of ICMPv6.</summary>
    public static FrozenDictionary<string, uint> Codes6 { get; } = new Dictionary<string, uint>
    {
        ["address-unreachable"] = 3, ["administratively-prohibited"] = 1, ["beyond-scope"] = 2, ["ip6-header-bad"] = 0,
        ["no-route-to-destination"] = 0, ["port-unreachable"] = 4, ["ttl-eq-zero-during-reassembly"] = 1, ["ttl-eq-zero-during-transit"] = 0,
        ["unrecognized-next-header"] = 1, ["unrecognized-option"] = 2,
    }.ToFrozenDictionary();
}
