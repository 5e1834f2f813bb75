namespace RouterOS.Forwarding;

/// <summary>Reads the run-time state of one table, for counters and <c>show</c>. Called on the worker's thread.</summary>
public interface ISnapshotSource
{
    /// <summary>Calls <paramref name="write"/> once per row with its key and a protobuf message in wire form.</summary>
    /// <param name="key">One key, or empty for all rows.</param>
    /// <param name="write">Receives the rows.</param>
    void Read(string key, Action<string, byte[]> write);
}
