using System.Runtime.CompilerServices;

namespace RouterOS.Packets;

/// <summary>One worker's free packet buffers of one size, over a store that the workers of a module share.</summary>
/// <remarks>
/// Rent and return happen on the worker's thread only, so there is no lock. A buffer that another worker's pool has rented may be
/// returned here: pools exchange buffers with the store in bulks.
/// </remarks>
public sealed class PacketPool : IDisposable
{
    /// <summary>Room of the small buffers: an Ethernet packet with the deepest encapsulation.</summary>
    public const int SmallCapacity = 2048 - PacketBuffer.MetadataBytes;

    /// <summary>Room of the large buffers: a reassembled or super-packet of 64 KB with head and tail room.</summary>
    public const int LargeCapacity = 65536 + 1024 - PacketBuffer.MetadataBytes;

    /// <summary>Headroom of a fresh packet: room for outer Ethernet, IP, UDP, ESP and IV in front.</summary>
    public const int DefaultHeadroom = 256;

    /// <summary>Buffers that a pool exchanges with its store at a time.</summary>
    public const int LargestBulk = 64;

    private const int BulksKept = 8;

    private readonly PacketStore _store;
    private readonly bool _ownsStore;
    private readonly int _bulk;
    private readonly nint[] _free;
    private int _count;

    /// <summary>Allocates <paramref name="buffers"/> buffers with <paramref name="capacity"/> bytes of room each.</summary>
    public PacketPool(ushort id, int buffers, int capacity)
        : this(new PacketStore(id, buffers, capacity), id, ownsStore: true)
    {
    }

    private PacketPool(PacketStore store, ushort id, bool ownsStore)
    {
        Id = id;
        _store = store;
        _ownsStore = ownsStore;
        // Few buffers are exchanged one by one, so that a worker does not sit on what another lacks.
        _bulk = Math.Clamp(store.Buffers / 64, 1, LargestBulk);
        _free = new nint[_bulk * BulksKept];
    }

    /// <summary>Number that a buffer carries to find its way back.</summary>
    public ushort Id { get; }

    /// <summary>Bytes of room per buffer.</summary>
    public int Capacity => _store.Capacity;

    /// <summary>Buffers in all, those of the other workers included.</summary>
    public int Buffers => _store.Buffers;

    /// <summary>Buffers that this worker could rent now: its own and the store's.</summary>
    public int Free => _count + _store.Free;

    /// <summary>Buffers that are free but only this worker can rent.</summary>
    public int Kept => _count;

    /// <summary>A pool for another worker over the same buffers. The first pool is disposed last.</summary>
    public PacketPool Share() => new(_store, Id, ownsStore: false);

    /// <summary>Takes an empty buffer with <see cref="DefaultHeadroom"/>, or returns 0 when all are in use.</summary>
    public nint Rent()
    {
        if (_count == 0 && !Refill())
        {
            return 0;
        }

        nint handle = _free[--_count];
        PacketBuffer.At(handle).Reset(DefaultHeadroom);
        return handle;
    }

    /// <summary>Takes as many empty buffers as the span holds, or as there are; returns how many.</summary>
    public int Rent(Span<nint> into)
    {
        int rented = 0;
        while (rented < into.Length && (_count > 0 || Refill()))
        {
            for (int left = Math.Min(_count, into.Length - rented); left > 0; left--)
            {
                nint handle = _free[--_count];
                PacketBuffer.At(handle).Reset(DefaultHeadroom);
                into[rented++] = handle;
            }
        }

        return rented;
    }

    /// <summary>Gives a buffer of this size back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Return(nint handle)
    {
        if (_count == _free.Length)
        {
            Spill();
        }

        _free[_count++] = handle;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsStore)
        {
            _store.Dispose();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Refill()
    {
        _count = _store.Take(_free.AsSpan(0, _bulk));
        return _count > 0;
    }

    // The buffers that have lain longest go: the others are in the processor's cache.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Spill()
    {
        int spilled = _free.Length / 2;
        _store.Give(_free.AsSpan(0, spilled));
        _free.AsSpan(spilled).CopyTo(_free);
        _count -= spilled;
    }
}
