using RouterOS.Packets;

namespace RouterOS.Forwarding.Tables;

/// <summary>Equal pieces of native memory that stay where they are: reserved at once, committed as they are first used.</summary>
/// <remarks>One writer. A piece that readers may still look at is given back by <see cref="Retire"/> and used again after a grace period.</remarks>
internal sealed unsafe class Slab : IDisposable, IThreadPoolWorkItem
{
    // Pages that are committed at a time, ahead of their use and off the writer's thread.
    private const int PagesAhead = 2;

    private readonly GracePeriod _grace;
    private readonly uint _pieces;
    private readonly Stack<uint> _free = new();
    private List<uint> _retired = [];
    private List<uint> _waiting = [];
    private readonly long _reserved;
    private uint _used;
    private long _askAt = LargePages.PageBytes / 2;
    private long _committed = LargePages.PageBytes;

    /// <summary>Reserves address space for <paramref name="pieces"/> pieces of <paramref name="bytes"/> bytes; piece 0 is never given out.</summary>
    public Slab(GracePeriod grace, uint pieces, int bytes)
    {
        _grace = grace;
        _pieces = pieces;
        _reserved = (long)pieces * bytes / LargePages.PageBytes * LargePages.PageBytes;
        PieceBytes = bytes;
        _used = 1;
        // Safe: freed by Dispose or the finalizer. The system maps pages of zeros when they are first written.
        Start = (byte*)LargePages.AllocateZeroed(pieces, (nuint)bytes);
    }

    ~Slab() => LargePages.Free(Start);

    /// <summary>Where piece 0 lies.</summary>
    public byte* Start { get; private set; }

    public int PieceBytes { get; }

    /// <summary>Pieces in use, those included that wait for a grace period.</summary>
    public int Count => (int)_used - 1 - _free.Count;

    /// <summary>Bytes that have ever been in use.</summary>
    public long Bytes => (long)_used * PieceBytes;

    /// <summary>True when so many pieces can be taken.</summary>
    public bool HasRoom(int pieces)
    {
        if (_pieces - _used + (uint)_free.Count < (uint)pieces)
        {
            Reclaim();
        }

        return _pieces - _used + (uint)_free.Count >= (uint)pieces;
    }

    /// <summary>Takes a piece, whose content is what it last was; the caller has seen that there is room.</summary>
    public uint Take() => _free.TryPop(out uint piece) ? piece : TakeNew();

    /// <summary>Gives back a piece that no reader can find any more, but some may still look at.</summary>
    public void Retire(uint piece)
    {
        if (_grace.Workers == 1)
        {
            _free.Push(piece);
            return;
        }

        _retired.Add(piece);
        Reclaim();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        LargePages.Free(Start);
        Start = null;
        GC.SuppressFinalize(this);
    }

    /// <summary>Commits the pages that are asked for, on a thread of the pool.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        // Safe: within what was reserved; the system knows when it is not there any more.
        byte* start = Start;
        long from = Volatile.Read(ref _committed) - (PagesAhead * (long)LargePages.PageBytes);
        if (start != null)
        {
            LargePages.Populate(start + from, (nuint)(PagesAhead * (long)LargePages.PageBytes));
        }
    }

    private uint TakeNew()
    {
        uint piece = _used++;
        if (Bytes > _askAt && _committed + (PagesAhead * (long)LargePages.PageBytes) <= _reserved)
        {
            _askAt = _committed + (LargePages.PageBytes / 2);
            Volatile.Write(ref _committed, _committed + (PagesAhead * (long)LargePages.PageBytes));
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        return piece;
    }

    private void Reclaim()
    {
        if (_waiting.Count > 0 && _grace.IsOver())
        {
            _waiting.ForEach(_free.Push);
            _waiting.Clear();
        }

        if (_waiting.Count == 0 && _retired.Count > 0)
        {
            (_waiting, _retired) = (_retired, _waiting);
            _grace.Begin();
        }
    }
}
