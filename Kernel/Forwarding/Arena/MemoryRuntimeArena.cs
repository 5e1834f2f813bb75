using System.Runtime.InteropServices;

namespace RouterOS.Forwarding.Arena;

/// <summary>Run-time rows in plain native memory: gone with the process. For embedded placement, simulation and tests.</summary>
/// <remarks>Rows never move; they come in blocks, so that an idle module has one block.</remarks>
public sealed unsafe class MemoryRuntimeArena : RuntimeArena
{
    private const int RowsPerBlock = 256;
    private const nuint Alignment = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Table, ulong Key), (nint Row, ushort Version)> _rows = [];
    private readonly Stack<nint> _free = new();
    private readonly List<nint> _blocks = [];
    private readonly int _capacity;

    /// <summary>An arena of at most <paramref name="capacity"/> rows.</summary>
    public MemoryRuntimeArena(int capacity = 1 << 18) => _capacity = capacity;

    /// <inheritdoc/>
    public override int Count => _rows.Count;

    /// <inheritdoc/>
    public override nint Attach(string table, ulong key, ushort version, out bool existed)
    {
        using Lock.Scope scope = _gate.EnterScope();
        if (_rows.TryGetValue((table, Spread(key)), out (nint Row, ushort Version) known))
        {
            existed = known.Version == version;
            if (!existed)
            {
                Clear(known.Row);
                _rows[(table, Spread(key))] = (known.Row, version);
            }

            return known.Row;
        }

        existed = false;
        if (_rows.Count >= _capacity)
        {
            return 0;
        }

        if (!_free.TryPop(out nint row))
        {
            AddBlock();
            row = _free.Pop();
        }

        Clear(row);
        _rows.Add((table, Spread(key)), (row, version));
        return row;
    }

    /// <inheritdoc/>
    public override void Release(string table, ulong key)
    {
        using Lock.Scope scope = _gate.EnterScope();
        if (_rows.Remove((table, Spread(key)), out (nint Row, ushort Version) known))
        {
            Clear(known.Row);
            _free.Push(known.Row);
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
        _rows.Clear();
        _free.Clear();
    }

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
