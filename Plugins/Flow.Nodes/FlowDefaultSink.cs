using RouterOS.Forwarding;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>Table "flow".</summary>
internal sealed class FlowDefaultSink(FlowState state) : IRowSink
{
    /// <inheritdoc/>
    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        state.Policies.SetDefault(FlowDefaultRow.Parser.ParseFrom(row).Permit);
        return null;
    }

    /// <inheritdoc/>
    public void Remove(string key) => state.Policies.SetDefault(false);
}
