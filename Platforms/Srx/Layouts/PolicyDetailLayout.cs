using Google.Protobuf.Collections;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Ike.V1;

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
            Policy policy = names.State.Policy;
            lines.Add($"Policy: {policy.Name}, action-type: {Action(policy)}, State: enabled, Index: {names.State.Id}");
            lines.Add($"  Sequence number: {names.State.Sequence}");
            lines.Add($"  From zone: {policy.FromZone}, To zone: {policy.ToZone}");
            Addresses(lines, "Source", names.Sources, policy.SourcePrefixes);
            Addresses(lines, "Destination", names.Destinations, policy.DestinationPrefixes);
            foreach (Application application in policy.Applications.Count == 0 ? [new Application { Name = "any" }] : policy.Applications)
            {
                lines.Add($"  Application: {application.Name}");
                lines.Add($"    IP protocol: {application.Protocol}, ALG: 0, Inactivity timeout: {application.TimeoutSeconds}");
                lines.Add($"      Source port range: [{application.FirstSourcePort}-{application.LastSourcePort}]");
                lines.Add($"      Destination port range: [{application.FirstDestinationPort}-{application.LastDestinationPort}]");
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

        return lines.ToString();
    }

    // Names stay with their prefix where each has one; a set has several, which stand below its name.
    private static void Addresses(Lines lines, string side, IReadOnlyList<string> names, RepeatedField<string> prefixes)
    {
        lines.Add($"  {side} addresses:");
        if (prefixes.Count == 0)
        {
            lines.Add("    any: 0.0.0.0/0");
        }
        else if (names.Count == prefixes.Count)
        {
            for (int i = 0; i < names.Count; i++)
            {
                lines.Add($"    {names[i]}: {prefixes[i]}");
            }
        }
        else
        {
            lines.Add($"    {string.Join(", ", names)}: {string.Join(", ", prefixes)}");
        }
    }

    private static string Action(Policy policy) => policy.Action switch
    {
        Policy.Types.Action.Permit => "permit",
        Policy.Types.Action.Reject => "reject",
        _ => "deny",
    };
}
