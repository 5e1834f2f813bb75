using System.Runtime.InteropServices;

namespace RouterOS.Packets;

/// <summary>A fixed set of equally large packet buffers in native memory, aligned to cache lines.</summary>
/// <remarks>One worker owns a pool: rent and return happen on its thread only, so there is no lock.</remarks>
public sealed unsafe class PacketPool : IDisposable
{
    /// <summary>Room of the small buffers: an Ethernet packet with the deepest encapsulation.</summary>
    public const int SmallCapacity = 2048 - PacketBuffer.MetadataBytes;

    /// <summary>Room of the large buffers: a reassembled or super-packet of 64 KB with head and tail room.</summary>
    public const int LargeCapacity = 65536 + 1024 - PacketBuffer.MetadataBytes;

    /// <summary>Headroom of a fresh packet: room for outer Ethernet, IP, UDP, ESP and IV in front.</summary>
    public const int DefaultHeadroom = 256;

    private readonly byte* _memory;
    private readonly nint[] _free;
    private int _count;

    /// <summary>Allocates <paramref name="buffers"/> buffers with <paramref name="capacity"/> bytes of room each.</summary>
    public PacketPool(ushort id, int buffers, int capacity)
    {
        Id = id;
        Capacity = capacity;
        Buffers = buffers;
        nuint stride = (nuint)((capacity + PacketBuffer.MetadataBytes + 63) & ~63);
        // Safe: the block outlives every handle of this pool; Dispose is called after the worker has stopped.
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)buffers * stride, 64);
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

    /// <summary>Number that a buffer carries to find its way back.</summary>
    public ushort Id { get; }

    /// <summary>Bytes of room per buffer.</summary>
    public int Capacity { get; }

    /// <summary>Buffers in all.</summary>
    public int Buffers { get; }

    /// <summary>Buffers free now.</summary>
    public int Free => _count;

    /// <summary>Takes an empty buffer with <see cref="DefaultHeadroom"/>, or returns 0 when all are in use.</summary>
    public nint Rent()
    {
        if (_count == 0)
        {
            return 0;
        }

        nint handle = _free[--_count];
        PacketBuffer.At(handle).Reset(DefaultHeadroom);
        return handle;
    }

    /// <summary>Gives a buffer of this pool back.</summary>
    public void Return(nint handle) => _free[_count++] = handle;

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.AlignedFree(_memory);
}
