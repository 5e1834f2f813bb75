using RouterOS.Forwarding;
using RouterOS.Proto.L2tp.V1;

namespace RouterOS.L2tp.Nodes;

/// <summary>Table "l2tp": whether UDP port 1701 is the router's.</summary>
internal sealed class ServerSwitch : IRowSink
{
    /// <summary>True while somebody listens.</summary>
    public bool Listens { get; private set; }

    /// <inheritdoc/>
    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        try
        {
            Listens = ServerRow.Parser.ParseFrom(row).Listens;
            return null;
        }
        catch (Google.Protobuf.InvalidProtocolBufferException failure)
        {
            return $"Not a row of this table: {failure.Message}";
        }
    }

    /// <inheritdoc/>
    public void Remove(string key) => Listens = false;
}
