using Google.Protobuf;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>Table "flow-clear": an order to end sessions, given once per generation.</summary>
internal sealed class FlowClearSink(FlowState state) : IRowSink
{
    private ulong _done;

    /// <inheritdoc/>
    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        if (FlowRows.Read(FlowClearRow.Parser, row, out string? error) is not { } filter)
        {
            return error;
        }

        if (filter.SourceLength > 32 || filter.DestinationLength > 32)
        {
            return "A prefix is longer than 32 bits.";
        }

        if (filter.Generation <= _done)
        {
            return null;
        }

        _done = filter.Generation;
        for (int i = 0; i < state.Sessions.Maximum; i++)
        {
            ref FlowSession session = ref state.Sessions[i];
            if (session.State != FlowSessionState.Free && Matches(state, filter, session, i))
            {
                state.End(i, SessionEvent.Types.Reason.Cleared);
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Remove(string key)
    {
    }

    private static bool Matches(FlowState state, FlowClearRow filter, in FlowSession session, int row)
    {
        FlowKey key = session.Forward;
        return Contains(state, key.IsVersion6, filter.Source, filter.SourceLength, filter.Source6, key.Source)
            && Contains(state, key.IsVersion6, filter.Destination, filter.DestinationLength, filter.Destination6, key.Destination)
            && (filter.Protocol == 0 || filter.Protocol == key.Protocol)
            && (filter.SourcePort == 0 || filter.SourcePort == key.ShownSourcePort)
            && (filter.DestinationPort == 0 || filter.DestinationPort == key.DestinationPort)
            && (filter.Interface == 0 || filter.Interface == session.Ingress || filter.Interface == session.Egress)
            && (filter.Id == 0 || filter.Id == FlowSnapshots.IdOf(session, state.FirstRow + row));
    }

    private static bool Contains(FlowState state, bool isVersion6, uint prefix, uint length, ByteString prefix6, uint address) =>
        prefix6.IsEmpty ? (prefix == 0 || !isVersion6) && Contains(prefix, length, address)
        : isVersion6 && ((Ipv6Address.Read(prefix6.Span) ^ state.Sessions.Addresses6[address]) & Ipv6Address.Mask((int)Math.Min(length, 128))) == 0;

    private static bool Contains(uint prefix, uint length, uint address) =>
        prefix == 0 || ((prefix ^ address) & (length == 0 ? uint.MaxValue : Ipv4Address.Mask((int)length))) == 0;
}
