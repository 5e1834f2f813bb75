using RouterOS.Forwarding;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>Table "flow-clear": an order to end sessions, given once per generation.</summary>
internal sealed class FlowClearSink(FlowState state) : IRowSink
{
    private ulong _done;

    /// <inheritdoc/>
    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        FlowClearRow filter = FlowClearRow.Parser.ParseFrom(row);
        if (filter.Generation <= _done)
        {
            return null;
        }

        _done = filter.Generation;
        for (int i = 0; i < state.Sessions.Maximum; i++)
        {
            ref FlowSession session = ref state.Sessions[i];
            if (session.State != FlowSessionState.Free && Matches(filter, session.Forward))
            {
                state.Sessions.Remove(i);
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Remove(string key)
    {
    }

    private static bool Matches(FlowClearRow filter, in FlowKey key) =>
        (filter.Source == 0 || filter.Source == key.Source)
        && (filter.Destination == 0 || filter.Destination == key.Destination)
        && (filter.Protocol == 0 || filter.Protocol == key.Protocol)
        && (filter.SourcePort == 0 || filter.SourcePort == key.SourcePort)
        && (filter.DestinationPort == 0 || filter.DestinationPort == key.DestinationPort);
}
