using Google.Protobuf;
using RouterOS.Forwarding;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Esp.Nodes;

/// <summary>Table "esp": what holds for all SAs.</summary>
internal sealed class EspSettingsRows(EspTables tables) : IRowSink
{
    /// <inheritdoc/>
    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        try
        {
            tables.ReportsUnknownSpi = EspSettingsRow.Parser.ParseFrom(row).ReportUnknownSpi;
            return null;
        }
        catch (InvalidProtocolBufferException error)
        {
            return $"Not an EspSettingsRow: {error.Message}";
        }
    }

    /// <inheritdoc/>
    public void Remove(string key) => tables.ReportsUnknownSpi = false;
}
