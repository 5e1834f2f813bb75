namespace RouterOS.Packets;

/// <summary>A fixed set of equally large packet buffers in native memory, which the pools of several workers share.</summary>
/// <remarks>
/// Pools exchange free buffers with it in bulks under a lock, so that a buffer may be freed by any worker and no packet takes a lock.
/// Memory is committed as buffers are first used.
/// </remarks>
internal sealed unsafe class PacketStore : IDisposable
{
    private readonly Lock _gate = new();
    private readonly byte* _memory;
    private readonly nint[] _free;
    private int _count;

    /// <summary>Allocates <paramref name="buffers"/> buffers with <paramref name="capacity"/> bytes of room each.</summary>
    public PacketStore(ushort id, int buffers, int capacity)
    {
        Capacity = capacity;
        Buffers = buffers;
        // An odd number of cache lines, so that the same place of many packets does not fall into the same few sets of the cache.
        nuint stride = (nuint)(((capacity + PacketBuffer.MetadataBytes + 63) & ~63) | 64);
        // Safe: the block outlives every handle of this store; Dispose is called after the workers have stopped.
        _memory = (byte*)LargePages.AllocateZeroed((nuint)buffers, stride);
        _free = new nint[buffers];
        for (int i = buffers - 1; i >= 0; i--)
        {
            nint handle = (nint)(_memory + ((nuint)i * stride));
            ref PacketBuffer packet = ref PacketBuffer.At(handle);
            packet = default;
            packet.Capacity = capacity;
            packet.PoolId = id;
            _free[_count++] = handle;
        }
    }

    /// <summary>Bytes of room per buffer.</summary>
    public int Capacity { get; }

    /// <summary>Buffers in all.</summary>
    public int Buffers { get; }

    /// <summary>Buffers that no pool has.</summary>
    public int Free => Volatile.Read(ref _count);

    /// <summary>Takes up to as many buffers as <paramref name="into"/> holds; returns how many.</summary>
    public int Take(Span<nint> into)
    {
        if (Free == 0)
        {
            return 0;
        }

        lock (_gate)
        {
            int taken = Math.Min(into.Length, _count);
            _count -= taken;
            _free.AsSpan(_count, taken).CopyTo(into);
            return taken;
        }
    }

    /// <summary>Takes buffers back.</summary>
    public void Give(ReadOnlySpan<nint> buffers)
    {
        lock (_gate)
        {
            buffers.CopyTo(_free.AsSpan(_count));
            _count += buffers.Length;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => LargePages.Free(_memory);
}
