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

    /// <summary>
    /// Reads some of all rows, for tables so large that a worker cannot hold up its packets for all of them. Rows that come or go between
    /// two calls may be left out or be read twice.
    /// </summary>
    /// <param name="from">0, or what the call before returned.</param>
    /// <param name="most">Places of the table to look at.</param>
    /// <param name="write">Receives the rows.</param>
    /// <returns>Where to go on; 0 at the end.</returns>
    ulong ReadSome(ulong from, int most, Action<string, byte[]> write)
    {
        Read(string.Empty, write);
        return 0;
    }

    /// <summary>Fields (bit n for field number n, all integers) whose values add up over the workers.</summary>
    ulong SummedFields => 0;
}
