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
            if (FlowSettings.FaultOf(message) is { } fault)
            {
                return fault;
            }

            state.Policies.SetDefault(message.Permit);
            state.PassesIpv6 = message.Inet6FlowBased;
            state.Settings = new FlowSettings(message);
            state.IsOff = message.Off;
        }

        return error;
    }

    /// <inheritdoc/>
    public void Remove(string key)
    {
        state.Policies.SetDefault(false);
        state.PassesIpv6 = false;
        state.Settings = FlowSettings.None;
        state.IsOff = false;
    }
}
