using RouterOS.Forwarding;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>Table "policy".</summary>
internal sealed class PolicySink(FlowState state) : IRowSink
{
    /// <inheritdoc/>
    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        state.Policies.Set(key, PolicySetRow.Parser.ParseFrom(row));
        return null;
    }

    /// <inheritdoc/>
    public void Remove(string key) => state.Policies.Remove(key);
}
