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
            if (message.TcpMss > ushort.MaxValue || message.TcpMssTunnel > ushort.MaxValue)
            {
                return $"A TCP segment has at most {ushort.MaxValue} bytes.";
            }

            state.Policies.SetDefault(message.Permit);
            state.PassesIpv6 = message.Inet6FlowBased;
            (state.LargestSegment, state.LargestTunnelSegment) = ((ushort)message.TcpMss, (ushort)message.TcpMssTunnel);
            state.IsOff = message.Off;
        }

        return error;
    }

    /// <inheritdoc/>
    public void Remove(string key)
    {
        state.Policies.SetDefault(false);
        state.PassesIpv6 = false;
        (state.LargestSegment, state.LargestTunnelSegment) = (0, 0);
        state.IsOff = false;
    }
}
