namespace RouterOS.Forwarding;

/// <summary>Takes the rows of one table on the worker's thread, between batches.</summary>
public interface IRowSink
{
    /// <summary>Puts a row in place. Replaying the same row changes nothing; run-time fields are never touched.</summary>
    /// <param name="key">The row's key, unique in its table.</param>
    /// <param name="row">The protobuf message, in wire form.</param>
    /// <returns>Null, or one sentence why the row cannot be programmed.</returns>
    string? Set(string key, ReadOnlySpan<byte> row);

    /// <summary>Removes a row; an unknown key changes nothing.</summary>
    void Remove(string key);

    /// <summary>
    /// True where all workers read one structure that worker 0 writes: rows go to worker 0's sink only. Else every worker's sink gets
    /// every row, in the same order, and a row is refused when any of them refuses it.
    /// </summary>
    bool IsShared => false;
}
