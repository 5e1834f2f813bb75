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
    {
        _small = new PacketPool(SmallId, smallBuffers, PacketPool.SmallCapacity);
        _large = new PacketPool(LargeId, largeBuffers, PacketPool.LargeCapacity);
    }

    /// <summary>Small buffers free now.</summary>
    public int SmallFree => _small.Free;

    /// <summary>Large buffers free now.</summary>
    public int LargeFree => _large.Free;

    /// <summary>Takes a buffer that holds <paramref name="bytes"/> behind the default headroom with 64 bytes of tailroom; 0 when none is free.</summary>
    public nint Rent(int bytes) =>
        bytes + PacketPool.DefaultHeadroom + 64 <= PacketPool.SmallCapacity ? _small.Rent()
        : bytes + PacketPool.DefaultHeadroom + 64 <= PacketPool.LargeCapacity ? _large.Rent()
        : 0;

    /// <summary>Gives a buffer back to its pool.</summary>
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

    /// <inheritdoc/>
    public void Dispose()
    {
        _small.Dispose();
        _large.Dispose();
    }
}
