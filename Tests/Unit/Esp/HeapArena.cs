using System.Runtime.InteropServices;
using RouterOS.Forwarding;

namespace RouterOS.Unit.Esp;

/// <summary>An arena on the heap; kept by a test while packages come and go, it stands for the file that survives a process.</summary>
internal sealed unsafe class HeapArena : RuntimeArena
{
    private readonly Dictionary<(string Table, ulong Key), (nint Row, ushort Version)> _rows = [];

    public int Limit { get; set; } = int.MaxValue;

    public override int Count => _rows.Count;

    public override nint Attach(string table, ulong key, ushort version, out bool existed)
    {
        existed = _rows.TryGetValue((table, key), out (nint Row, ushort Version) found) && found.Version == version;
        if (existed)
        {
            return found.Row;
        }

        if (_rows.Count >= Limit)
        {
            return 0;
        }

        nint row = (nint)NativeMemory.AlignedAlloc(RowBytes, 64);
        NativeMemory.Clear((void*)row, RowBytes);
        _rows[(table, key)] = (row, version);
        return row;
    }

    public override void Release(string table, ulong key)
    {
        if (_rows.Remove((table, key), out (nint Row, ushort Version) found))
        {
            NativeMemory.AlignedFree((void*)found.Row);
        }
    }

    public ref ulong Sequence(string table, ulong key) => ref *(ulong*)_rows[(table, key)].Row;

    protected override void Dispose(bool disposing)
    {
        foreach ((nint row, _) in _rows.Values)
        {
            NativeMemory.AlignedFree((void*)row);
        }

        _rows.Clear();
    }
}
