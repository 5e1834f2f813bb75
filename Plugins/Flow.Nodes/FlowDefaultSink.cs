using RouterOS.Forwarding;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>Table "flow".</summary>
internal sealed class FlowDefaultSink(FlowState state) : IRowSink
{
    /// <inheritdoc/>
    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        if (FlowRows.Read(FlowDefaultRow.Parser, row, out string? error) is { } message)
        {
            state.Policies.SetDefault(message.Permit);
        }

        return error;
    }

    /// <inheritdoc/>
    public void Remove(string key) => state.Policies.SetDefault(false);
}
