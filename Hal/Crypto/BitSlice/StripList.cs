using System.Runtime.InteropServices;

namespace RouterOS.Crypto.BitSlice;

/// <summary>Strips of one batch, longest first: lanes that work side by side then end together.</summary>
internal sealed unsafe class StripList : IDisposable
{
    // Counting sort by length; packets over 2 KB share a place, which costs fill and nothing else.
    private const int Places = 257;

    private readonly Strip* _added;
    private readonly Strip* _sorted;
    private readonly int* _starts;

    public StripList(int capacity)
    {
        Capacity = capacity;
        _added = (Strip*)NativeMemory.Alloc((nuint)(capacity * sizeof(Strip)));
        _sorted = (Strip*)NativeMemory.Alloc((nuint)(capacity * sizeof(Strip)));
        _starts = (int*)NativeMemory.Alloc(Places * sizeof(int));
    }

    public int Capacity { get; }

    public int Count { get; private set; }

    public void Clear() => Count = 0;

    public void Add(byte* data, int blocks, ulong* key, ulong chain)
    {
        // Safe: the caller adds no more than the capacity, which it knows.
        Strip* strip = _added + Count++;
        strip->Data = data;
        strip->Key = key;
        strip->Chain = chain;
        strip->Blocks = blocks;
    }

    /// <summary>All strips, longest first; valid until the next <see cref="Add"/>.</summary>
    public Strip* Sort()
    {
        new Span<int>(_starts, Places).Clear();
        for (int i = 0; i < Count; i++)
        {
            _starts[Place(_added[i].Blocks) + 1]++;
        }

        for (int i = 1; i < Places; i++)
        {
            _starts[i] += _starts[i - 1];
        }

        for (int i = 0; i < Count; i++)
        {
            _sorted[_starts[Place(_added[i].Blocks)]++] = _added[i];
        }

        return _sorted;
    }

    public void Dispose()
    {
        NativeMemory.Free(_added);
        NativeMemory.Free(_sorted);
        NativeMemory.Free(_starts);
    }

    private static int Place(int blocks) => blocks >= Places - 1 ? 0 : Places - 1 - blocks;
}
