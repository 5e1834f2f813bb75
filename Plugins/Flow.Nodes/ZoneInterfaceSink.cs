using System.Globalization;
using RouterOS.Forwarding;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>Table "zone-interface".</summary>
internal sealed class ZoneInterfaceSink(FlowState state, ForwardingTables tables) : IRowSink
{
    /// <inheritdoc/>
    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        if (FlowRows.Read(ZoneInterfaceRow.Parser, row, out string? error) is not { } message)
        {
            return error;
        }

        if (message.Interface == 0 || message.Interface > ForwardingTables.MaximumIndex || message.Zone == 0)
        {
            return $"Interface {message.Interface} and zone {message.Zone} must both be numbered from 1.";
        }

        if (key != message.Interface.ToString(CultureInfo.InvariantCulture))
        {
            return $"The key '{key}' is not interface {message.Interface}.";
        }

        if (message.HostInbound?.Protocols.Any(protocol => protocol > byte.MaxValue) == true)
        {
            return $"Interface {message.Interface} accepts a protocol over {byte.MaxValue}.";
        }

        if (ScreenSettings.FaultOf(message.Screen) is { } fault)
        {
            return $"The screen of interface {message.Interface} has {fault}.";
        }

        state.SetZone(message.Interface, new ZoneInterface(message));
        tables.Inspect(message.Interface, message.Screen is not null || message.ReversePath != ReversePath.None);
        return null;
    }

    /// <inheritdoc/>
    public void Remove(string key)
    {
        if (uint.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out uint index) && state.ZoneAt(index) is not null)
        {
            state.SetZone(index, null);
            tables.Inspect(index, false);
        }
    }
}
