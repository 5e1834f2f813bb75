using RouterOS.Forwarding;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>Table "policy".</summary>
internal sealed class PolicySink(FlowState state) : IRowSink
{
    /// <inheritdoc/>
    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        if (FlowRows.Read(PolicySetRow.Parser, row, out string? error) is not { } set)
        {
            return error;
        }

        if ((set.FromZone == 0) != (set.ToZone == 0))
        {
            return $"Policies {key} are neither between two zones nor of all zones.";
        }

        if (key != $"{set.FromZone}/{set.ToZone}")
        {
            return $"Policies {key} are those from zone {set.FromZone} to zone {set.ToZone}.";
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
