using System.Globalization;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Srx.Layouts;

/// <summary><c>show security policies</c>.</summary>
internal static class PolicyLayout
{
    /// <summary>The policies by pair of zones.</summary>
    public static string Text(bool defaultPermit, IReadOnlyList<PolicyNames> policies)
    {
        Lines lines = new();
        lines.Add($"Default policy: {(defaultPermit ? "permit-all" : "deny-all")}");
        (string?, string?) before = default;
        foreach (PolicyNames names in policies)
        {
            Policy policy = names.State.Policy;
            if (before != (policy.FromZone, policy.ToZone))
            {
                lines.Add(IsOfAllZones(policy) ? "Global policies:" : $"From zone: {policy.FromZone}, To zone: {policy.ToZone}");
                before = (policy.FromZone, policy.ToZone);
            }

            lines.Add($"  Policy: {policy.Name}, State: {State(names.State)}, Index: {names.State.Id}, Sequence number: {names.State.Sequence}");
            if (IsOfAllZones(policy))
            {
                lines.Add($"    From zones: {ZoneNames(policy.FromZones)}");
                lines.Add($"    To zones: {ZoneNames(policy.ToZones)}");
            }

            lines.Add($"    Source addresses{Excluded(policy.SourceExcluded)}: {string.Join(", ", names.Sources)}");
            lines.Add($"    Destination addresses{Excluded(policy.DestinationExcluded)}: {string.Join(", ", names.Destinations)}");
            lines.Add($"    Applications: {string.Join(", ", names.Applications)}");
            if (policy.Scheduler.Length > 0)
            {
                lines.Add($"    Scheduler name: {policy.Scheduler}");
            }

            lines.Add($"    Action: {Action(policy)}");
        }

        return lines.ToString();
    }

    /// <summary>How many packets each policy has decided.</summary>
    public static string HitCount(IReadOnlyList<PolicyState> policies)
    {
        Lines lines = new();
        lines.Row((0, "Index"), (8, "From zone"), (25, "To zone"), (42, "Name"), (59, "Policy count"));
        int number = 0;
        foreach (PolicyState state in policies)
        {
            lines.Row(
                (0, (++number).ToString(CultureInfo.InvariantCulture)),
                (8, IsOfAllZones(state.Policy) ? "junos-global" : state.Policy.FromZone),
                (25, IsOfAllZones(state.Policy) ? "junos-global" : state.Policy.ToZone),
                (42, state.Policy.Name),
                (59, state.Packets.ToString(CultureInfo.InvariantCulture)));
        }

        return lines.Add().Add($"Number of policy: {policies.Count}").ToString();
    }

    /// <summary>True for a policy that stands in no pair of zones.</summary>
    public static bool IsOfAllZones(Policy policy) => policy.FromZone.Length == 0;

    /// <summary>Zones that a policy of all zones names.</summary>
    public static string ZoneNames(IReadOnlyCollection<string> zones) => zones.Count == 0 ? "any" : string.Join(", ", zones);

    /// <summary>What stands behind the heading of addresses.</summary>
    public static string Excluded(bool excluded) => excluded ? "(excluded)" : string.Empty;

    /// <summary>What stands behind "State".</summary>
    public static string State(PolicyState state) => state.IsInactive ? "disabled" : "enabled";

    private static string Action(Policy policy) => policy.Action switch
    {
        Policy.Types.Action.Permit => policy.Protection.Length > 0 ? "permit, tunnel" : "permit",
        Policy.Types.Action.Reject => "reject",
        _ => "deny",
    };
}
