using Google.Protobuf.Collections;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Srx.Bindings;

namespace RouterOS.Srx.Layouts;

/// <summary><c>show security policies detail</c>.</summary>
internal static class PolicyDetailLayout
{
    /// <summary>All that is known of each policy.</summary>
    public static string Text(bool defaultPermit, IReadOnlyList<PolicyNames> policies, IReadOnlyList<VpnState> vpns)
    {
        Lines lines = new();
        lines.Add($"Default policy: {(defaultPermit ? "permit-all" : "deny-all")}");
        foreach (PolicyNames names in policies)
        {
            One(lines, names, vpns);
        }

        return lines.ToString();
    }

    /// <summary>The answer of <c>show security match-policies</c>; null: no policy matches.</summary>
    public static string Match(bool defaultPermit, PolicyNames? policy, IReadOnlyList<VpnState> vpns)
    {
        Lines lines = new();
        if (policy is null)
        {
            return lines.Add($"Default policy: {(defaultPermit ? "permit-all" : "deny-all")}").ToString();
        }

        One(lines, policy, vpns);
        return lines.ToString();
    }

    private static void One(Lines lines, PolicyNames names, IReadOnlyList<VpnState> vpns)
    {
        Policy policy = names.State.Policy;
        lines.Add($"Policy: {policy.Name}, action-type: {Action(policy)}, State: {PolicyLayout.State(names.State)}, Index: {names.State.Id}");
        if (PolicyLayout.IsOfAllZones(policy))
        {
            lines.Add("  Scope: global");
        }

        lines.Add($"  Sequence number: {names.State.Sequence}");
        lines.Add(PolicyLayout.IsOfAllZones(policy)
            ? $"  From zones: {PolicyLayout.ZoneNames(policy.FromZones)}, To zones: {PolicyLayout.ZoneNames(policy.ToZones)}"
            : $"  From zone: {policy.FromZone}, To zone: {policy.ToZone}");
        Addresses(lines, "Source", names.SourceAddresses, policy.SourcePrefixes, policy.SourceExcluded);
        Addresses(lines, "Destination", names.DestinationAddresses, policy.DestinationPrefixes, policy.DestinationExcluded);
        foreach (Application application in policy.Applications.Count == 0 ? [new Application { Name = "any" }] : policy.Applications)
        {
            lines.Add($"  Application: {application.Name}");
            lines.Add($"    IP protocol: {application.Protocol}, ALG: 0, Inactivity timeout: {application.TimeoutSeconds}");
            if (application.Protocol is 1 or 58)
            {
                lines.Add($"      ICMP Information: type={Any(application.LastDestinationPort > 0, application.FirstDestinationPort)}, code={Any(application.HasIcmpCode, application.IcmpCode)}");
                continue;
            }

            lines.Add($"      Source port range: [{application.FirstSourcePort}-{application.LastSourcePort}]");
            lines.Add($"      Destination port range: [{application.FirstDestinationPort}-{application.LastDestinationPort}]");
        }

        if (policy.Scheduler.Length > 0)
        {
            lines.Add($"  Scheduler name: {policy.Scheduler}");
        }

        if (policy.Protection.Length > 0)
        {
            VpnState? vpn = vpns.FirstOrDefault(v => v.Tunnel == policy.Protection);
            lines.Add($"  Tunnel: {vpn?.Name ?? policy.Protection}, Type: IPSec, Index: {vpn?.TunnelId ?? 0}");
        }

        if (names.PairPolicy.Length > 0)
        {
            lines.Add($"  Pair policy: {names.PairPolicy}");
        }
    }

    private static void Addresses(
        Lines lines, string side, IReadOnlyList<NamedAddress> names, RepeatedField<string> prefixes, bool excluded)
    {
        lines.Add($"  {side} addresses{PolicyLayout.Excluded(excluded)}:");
        if (prefixes.Count == 0)
        {
            lines.Add("    any: 0.0.0.0/0");
        }

        foreach (NamedAddress address in names.DistinctBy(address => (address.Name, address.Shown)))
        {
            lines.Add(address.Prefixes.Contains(address.Shown) || address.Shown.Contains('~', StringComparison.Ordinal)
                ? $"    {address.Name}: {address.Shown}"
                : $"    {address.Name}: {string.Join(", ", address.Prefixes)} ({address.Shown})");
        }
    }

    // The vendor's number for any.
    private static uint Any(bool isGiven, uint number) => isGiven ? number : byte.MaxValue;

    private static string Action(Policy policy) => policy.Action switch
    {
        Policy.Types.Action.Permit => "permit",
        Policy.Types.Action.Reject => "reject",
        _ => "deny",
    };
}
