using Google.Protobuf;

namespace RouterOS.Flow.Nodes;

/// <summary>Reads the messages of rows.</summary>
internal static class FlowRows
{
    /// <summary>The message of a row, or null and one sentence.</summary>
    public static T? Read<T>(MessageParser<T> parser, ReadOnlySpan<byte> row, out string? error)
        where T : class, IMessage<T>
    {
        try
        {
            error = null;
            return parser.ParseFrom(row);
        }
        catch (InvalidProtocolBufferException failure)
        {
            error = $"Not a row of this table: {failure.Message}";
            return null;
        }
    }
}
