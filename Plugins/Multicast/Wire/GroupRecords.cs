namespace RouterOS.Multicast.Wire;

/// <summary>The records of a report, one after the other.</summary>
public ref struct GroupRecords
{
    private ReadOnlySpan<byte> _rest;
    private int _left;
    private GroupRecord _current;

    internal GroupRecords(ReadOnlySpan<byte> bytes, int count)
    {
        _rest = bytes;
        _left = count;
    }

    /// <summary>The record that <see cref="MoveNext"/> went to.</summary>
    public readonly GroupRecord Current => _current;

    /// <summary>For foreach.</summary>
    public readonly GroupRecords GetEnumerator() => this;

    /// <summary>Goes to the next record.</summary>
    public bool MoveNext()
    {
        if (_left == 0 || !GroupRecord.TryRead(_rest, out _current, out int length))
        {
            return false;
        }

        _left--;
        _rest = _rest[length..];
        return true;
    }
}
