using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace RouterOS.Forwarding.Arena;

/// <summary>Run-time rows in a mapped file on tmpfs: a restarted data process finds them as they were, to the last packet.</summary>
/// <remarks>
/// <para>File: one page of header, then one slot of 32 bytes per row (state, table, key, version), then the rows. Which slot has which
/// key is kept in memory only, read from the slots at the start.</para>
/// <para>Kill -9 at any instant leaves a row that is valid or none: what a process has stored stays in the page cache in program
/// order, and a slot's state is stored last when a row is made, first when it is freed. A file of another layout is made anew.</para>
/// <para>One process at a time (the file is locked).</para>
/// </remarks>
public sealed unsafe class FileRuntimeArena : RuntimeArena
{
    private const ulong Magic = 0x414E45524153_4F52; // "ROSARENA", little endian.
    private const uint Layout = 1;
    private const int HeaderBytes = 4096;
    private const int RowAlignment = 64;
    private const ulong Used = 0x5553_4544_5553_4544;

    // Sized for all rows at once: a table that grows would hold up the worker whose row made it grow.
    private readonly Dictionary<(ulong Table, ulong Key), int> _numbers;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ulong> _tables = new(StringComparer.Ordinal);
    private readonly Stack<int> _free;

    // Rows of earlier processes that nobody has asked for yet.
    private readonly Dictionary<int, (ulong Table, ulong Key)> _unclaimed = [];
    private readonly FileStream _file;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly int _capacity;
    private bool _disposed;

    /// <summary>Opens or makes the file at <paramref name="path"/> with room for <paramref name="capacity"/> rows.</summary>
    /// <exception cref="IOException">The file cannot be made, or another process has it.</exception>
    public FileRuntimeArena(string path, int capacity = 1 << 18)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _capacity = capacity;
        _numbers = new Dictionary<(ulong Table, ulong Key), int>(capacity);
        _free = new Stack<int>(capacity);
        long bytes = HeaderBytes + ((long)capacity * (sizeof(Slot) + RowBytes)) + RowAlignment;
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        _file = new FileStream(path, options);
        bool fits = _file.Length == bytes;
        if (!fits)
        {
            // Zero length first: what a file of another size holds means nothing here.
            _file.SetLength(0);
            _file.SetLength(bytes);
        }

        _map = MemoryMappedFile.CreateFromFile(
            _file, null, bytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor(0, bytes);
        byte* start = null;
        // Safe: the view stays mapped until Dispose, which is the last call on the arena.
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _start = start;
        Open();
    }

    /// <inheritdoc/>
    public override int Count => _numbers.Count;

    private Header* Head => (Header*)_start;

    private Slot* Slots => (Slot*)(_start + HeaderBytes);

    /// <inheritdoc/>
    public override nint Attach(string table, ulong key, ushort version, out bool existed)
    {
        using Lock.Scope scope = _gate.EnterScope();
        ulong hash = HashOf(table);
        if (_numbers.TryGetValue((hash, Spread(key)), out int number))
        {
            existed = Slots[number].Version == version;
            if (!existed)
            {
                Fill(number, hash, key, version);
            }
        }
        else
        {
            existed = false;
            if (!_free.TryPop(out number))
            {
                return 0;
            }

            Fill(number, hash, key, version);
            _numbers.Add((hash, Spread(key)), number);
        }

        _unclaimed.Remove(number);
        return (nint)RowAt(number);
    }

    /// <inheritdoc/>
    public override void Release(string table, ulong key)
    {
        using Lock.Scope scope = _gate.EnterScope();
        if (_numbers.Remove((HashOf(table), Spread(key)), out int number))
        {
            Empty(number);
        }
    }

    /// <inheritdoc/>
    public override void Sweep()
    {
        using Lock.Scope scope = _gate.EnterScope();
        foreach ((int number, (ulong Table, ulong Key) id) in _unclaimed.ToList())
        {
            _numbers.Remove(id);
            Empty(number);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_disposed || !disposing)
        {
            return;
        }

        _disposed = true;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
        _file.Dispose();
    }

    private void Open()
    {
        if (Head->Magic != Magic || Head->Layout != Layout || Head->Capacity != (uint)_capacity || Head->RowBytes != RowBytes)
        {
            Volatile.Write(ref Head->Magic, 0);
            for (int i = 0; i < _capacity; i++)
            {
                if (Slots[i].State != 0)
                {
                    Volatile.Write(ref Slots[i].State, 0);
                }
            }

            Head->Layout = Layout;
            Head->Capacity = (uint)_capacity;
            Head->RowBytes = RowBytes;
            Volatile.Write(ref Head->Magic, Magic);
        }

        for (int i = _capacity - 1; i >= 0; i--)
        {
            // A key twice cannot be: a slot is emptied before its key is given to another.
            if (Slots[i].State != Used || !_numbers.TryAdd((Slots[i].Table, Spread(Slots[i].Key)), i))
            {
                _free.Push(i);
            }
            else
            {
                _unclaimed.Add(i, (Slots[i].Table, Spread(Slots[i].Key)));
            }
        }
    }

    private void Fill(int number, ulong table, ulong key, ushort version)
    {
        Slot* slot = Slots + number;
        Volatile.Write(ref slot->State, 0);
        NativeMemory.Clear(RowAt(number), RowBytes);
        slot->Table = table;
        slot->Key = key;
        slot->Version = version;
        // A release: everything above is stored before the state says that it is there.
        Volatile.Write(ref slot->State, Used);
    }

    private void Empty(int number)
    {
        Volatile.Write(ref Slots[number].State, 0);
        NativeMemory.Clear(RowAt(number), RowBytes);
        _unclaimed.Remove(number);
        _free.Push(number);
    }

    private byte* RowAt(int number)
    {
        // Rows begin at a multiple of 64 behind the slots, because a slot has 32 bytes and the capacity may be odd: round up.
        long rows = (HeaderBytes + ((long)_capacity * sizeof(Slot)) + RowAlignment - 1) & ~(RowAlignment - 1L);
        return _start + rows + ((long)number * RowBytes);
    }

    // FNV-1a, 64 bits: stable over processes, unlike string.GetHashCode.
    private ulong HashOf(string table)
    {
        if (_tables.TryGetValue(table, out ulong hash))
        {
            return hash;
        }

        hash = 14695981039346656037;
        foreach (char letter in table)
        {
            hash = (hash ^ letter) * 1099511628211;
        }

        _tables.Add(table, hash);
        return hash;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public ulong Magic;
        public uint Layout;
        public uint Capacity;
        public uint RowBytes;
    }

    [StructLayout(LayoutKind.Sequential, Size = 32)]
    private struct Slot
    {
        public ulong State;
        public ulong Table;
        public ulong Key;
        public ushort Version;
    }
}
