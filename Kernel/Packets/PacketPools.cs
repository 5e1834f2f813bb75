namespace RouterOS.Packets;

/// <summary>The two pools of one worker: 2 KB for packets, 64 KB for reassembled and super-packets.</summary>
/// <remarks>Owned by one worker's thread.</remarks>
public sealed class PacketPools : IDisposable
{
    private const ushort SmallId = 0;
    private const ushort LargeId = 1;

    private readonly PacketPool _small;
    private readonly PacketPool _large;

    /// <summary>Allocates both pools.</summary>
    public PacketPools(int smallBuffers = 8192, int largeBuffers = 64)
        : this(
            new PacketPool(SmallId, smallBuffers, PacketPool.SmallCapacity),
            new PacketPool(LargeId, largeBuffers, PacketPool.LargeCapacity))
    {
    }

    private PacketPools(PacketPool small, PacketPool large)
    {
        _small = small;
        _large = large;
    }

    /// <summary>Small buffers that this worker could rent now.</summary>
    public int SmallFree => _small.Free;

    /// <summary>Large buffers that this worker could rent now.</summary>
    public int LargeFree => _large.Free;

    /// <summary>Small buffers that are free but only this worker can rent.</summary>
    public int SmallKept => _small.Kept;

    /// <summary>Large buffers that are free but only this worker can rent.</summary>
    public int LargeKept => _large.Kept;

    /// <summary>Pools for another worker over the same buffers, which either may free. The first pools are disposed last.</summary>
    public PacketPools Share() => new(_small.Share(), _large.Share());

    /// <summary>Takes a buffer that holds <paramref name="bytes"/> behind the default headroom with 64 bytes of tailroom; 0 when none is free.</summary>
    public nint Rent(int bytes) =>
        bytes + PacketPool.DefaultHeadroom + 64 <= PacketPool.SmallCapacity ? _small.Rent()
        : bytes + PacketPool.DefaultHeadroom + 64 <= PacketPool.LargeCapacity ? _large.Rent()
        : 0;

    /// <summary>Gives a buffer back to the pool of its size.</summary>
    public void Return(nint handle)
    {
        if (PacketBuffer.At(handle).PoolId == SmallId)
        {
            _small.Return(handle);
        }
        else
        {
            _large.Return(handle);
        }
    }

    /// <summary>Takes as many such buffers as the span holds, or as there are; returns how many.</summary>
    public int Rent(int bytes, Span<nint> into)
    {
        if (bytes + PacketPool.DefaultHeadroom + 64 <= PacketPool.SmallCapacity)
        {
            return _small.Rent(into);
        }

        int rented = 0;
        while (rented < into.Length && Rent(bytes) is var handle and not 0)
        {
            into[rented++] = handle;
        }

        return rented;
    }

    /// <summary>Gives buffers back to the pools of their sizes.</summary>
    public void Return(ReadOnlySpan<nint> handles)
    {
        foreach (nint handle in handles)
        {
            Return(handle);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _small.Dispose();
        _large.Dispose();
    }
}
