using RouterOS.Forwarding;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>Table "policy".</summary>
internal sealed class PolicySink(FlowState state) : IRowSink
{
    /// <inheritdoc/>
    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        PolicySetRow set = PolicySetRow.Parser.ParseFrom(row);
        if (set.FromZone == 0 || set.ToZone == 0)
        {
            return $"Policies {key} are not between two zones.";
        }

        foreach (PolicyRuleRow rule in set.Rules)
        {
            if (PolicyRule.Fault(rule) is { } fault)
            {
                return fault;
            }
        }

        state.Policies.Set(key, set);
        return null;
    }

    /// <inheritdoc/>
    public void Remove(string key) => state.Policies.Remove(key);
}
