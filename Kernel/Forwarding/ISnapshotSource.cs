namespace RouterOS.Forwarding;

/// <summary>Reads the run-time state of one table, for counters and <c>show</c>. Called on the worker's thread.</summary>
/// <remarks>
/// Every worker has a source of its own for a table. Rows of one key are merged: of the fields in <see cref="SummedFields"/> the reader
/// gets the sum over the workers, of the others the value that the lowest-numbered worker gave.
/// </remarks>
public interface ISnapshotSource
{
    /// <summary>Calls <paramref name="write"/> once per row with its key and a protobuf message in wire form.</summary>
    /// <param name="key">One key, or empty for all rows.</param>
    /// <param name="write">Receives the rows.</param>
    void Read(string key, Action<string, byte[]> write);

    /// <summary>Fields (bit n for field number n, all integers) whose values add up over the workers.</summary>
    ulong SummedFields => 0;
}
