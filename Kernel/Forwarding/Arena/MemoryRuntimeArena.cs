using System.Runtime.InteropServices;
using RouterOS.Forwarding.Tables;

namespace RouterOS.Forwarding.Arena;

/// <summary>Run-time rows in plain native memory: gone with the process. For embedded placement, simulation and tests.</summary>
/// <remarks>Rows never move; they come in blocks, so that an idle module has one block and no row takes long to add.</remarks>
public sealed unsafe class MemoryRuntimeArena : RuntimeArena
{
    private const int RowsPerBlock = 256;
    private const nuint Alignment = 64;
    private const int VersionShift = 48;
    private const long RowMask = (1L << VersionShift) - 1;

    private readonly Lock _gate = new();
    // By table and key: a row's address, and its version in the 16 bits that no address in user space has.
    private readonly Dictionary<string, GrowingMap> _tables = new(StringComparer.Ordinal);
    private readonly Stack<nint> _free = new();
    private readonly List<nint> _blocks = [];
    private readonly int _capacity;
    private int _count;

    /// <summary>An arena of at most <paramref name="capacity"/> rows.</summary>
    public MemoryRuntimeArena(int capacity = 1 << 18) => _capacity = capacity;

    /// <inheritdoc/>
    public override int Count => _count;

    /// <inheritdoc/>
    public override nint Attach(string table, ulong key, ushort version, out bool existed)
    {
        using Lock.Scope scope = _gate.EnterScope();
        if (!_tables.TryGetValue(table, out GrowingMap? rows))
        {
            rows = new GrowingMap();
            _tables.Add(table, rows);
        }

        if (rows.Find(key) is var known and not 0)
        {
            existed = (ushort)(known >> VersionShift) == version;
            if (!existed)
            {
                Clear(RowOf(known));
                rows.Set(key, Entry(RowOf(known), version));
            }

            return RowOf(known);
        }

        existed = false;
        if (_count >= _capacity)
        {
            return 0;
        }

        if (!_free.TryPop(out nint row))
        {
            AddBlock();
            row = _free.Pop();
        }

        Clear(row);
        rows.Set(key, Entry(row, version));
        _count++;
        return row;
    }

    /// <inheritdoc/>
    public override void Release(string table, ulong key)
    {
        using Lock.Scope scope = _gate.EnterScope();
        if (_tables.TryGetValue(table, out GrowingMap? rows) && rows.Remove(key) is var known and not 0)
        {
            Clear(RowOf(known));
            _free.Push(RowOf(known));
            _count--;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (nint block in _blocks)
        {
            NativeMemory.AlignedFree((void*)block);
        }

        _blocks.Clear();
        _count = 0;
        foreach (GrowingMap rows in _tables.Values)
        {
            rows.Free();
        }

        _tables.Clear();
        _free.Clear();
    }

    private static nint Entry(nint row, ushort version) => row | ((nint)version << VersionShift);

    private static nint RowOf(nint entry) => (nint)(entry & RowMask);

    // Safe: every address comes from AddBlock and has RowBytes behind it.
    private static void Clear(nint row) => NativeMemory.Clear((void*)row, RowBytes);

    private void AddBlock()
    {
        nint block = (nint)NativeMemory.AlignedAlloc(RowsPerBlock * RowBytes, Alignment);
        _blocks.Add(block);
        for (int i = RowsPerBlock - 1; i >= 0; i--)
        {
            _free.Push(block + (i * RowBytes));
        }
    }
}
