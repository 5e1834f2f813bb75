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
        (string, string) before = default;
        foreach (PolicyNames names in policies)
        {
            Policy policy = names.State.Policy;
            if (before != (policy.FromZone, policy.ToZone))
            {
                lines.Add($"From zone: {policy.FromZone}, To zone: {policy.ToZone}");
                before = (policy.FromZone, policy.ToZone);
            }

            lines.Add($"  Policy: {policy.Name}, State: enabled, Index: {names.State.Id}, Sequence number: {names.State.Sequence}");
            lines.Add($"    Source addresses: {string.Join(", ", names.Sources)}");
            lines.Add($"    Destination addresses: {string.Join(", ", names.Destinations)}");
            lines.Add($"    Applications: {string.Join(", ", names.Applications)}");
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
                (8, state.Policy.FromZone),
                (25, state.Policy.ToZone),
                (42, state.Policy.Name),
                (59, state.Packets.ToString(CultureInfo.InvariantCulture)));
        }

        return lines.Add().Add($"Number of policy: {policies.Count}").ToString();
    }

    private static string Action(Policy policy) => policy.Action switch
    {
        Policy.Types.Action.Permit => policy.Protection.Length > 0 ? "permit, tunnel" : "permit",
        Policy.Types.Action.Reject => "reject",
        _ => "deny",
    };
}
