using System.Globalization;
using RouterOS.Forwarding;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>Table "zone-interface".</summary>
internal sealed class ZoneInterfaceSink(FlowState state) : IRowSink
{
    /// <inheritdoc/>
    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        ZoneInterfaceRow message = ZoneInterfaceRow.Parser.ParseFrom(row);
        if (message.Interface == 0 || message.Interface > ForwardingTables.MaximumIndex || message.Zone == 0)
        {
            return $"Interface {message.Interface} and zone {message.Zone} must both be numbered from 1.";
        }

        state.SetZone(message.Interface, new ZoneInterface(message));
        return null;
    }

    /// <inheritdoc/>
    public void Remove(string key)
    {
        if (uint.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out uint index) && state.ZoneAt(index) is not null)
        {
            state.SetZone(index, null);
        }
    }
}
