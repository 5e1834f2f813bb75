using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Bounds what waits for neighbours of one family, each and all together.</summary>
internal sealed class WaitingRoom(WorkerServices worker)
{
    private const int MostPerNeighbor = 16;

    // Never more than an eighth of the buffers waits for neighbours.
    private readonly int _most = worker.Pools.SmallFree / 8;
    private int _count;

    /// <summary>Keeps a packet behind those that wait already; false when there are too many.</summary>
    public bool TryAdd(ref WaitingPackets waiting, nint handle)
    {
        if (waiting.Count >= MostPerNeighbor || _count >= _most)
        {
            return false;
        }

        PacketBuffer.At(handle).Link = 0;
        if (waiting.Tail != 0)
        {
            PacketBuffer.At(waiting.Tail).Link = handle;
        }
        else
        {
            waiting.Head = handle;
        }

        waiting.Tail = handle;
        waiting.Count++;
        _count++;
        return true;
    }

    /// <summary>Takes the packet that has waited longest; false when none waits.</summary>
    public bool TryTake(ref WaitingPackets waiting, out nint handle)
    {
        handle = waiting.Head;
        if (handle == 0)
        {
            return false;
        }

        waiting.Head = PacketBuffer.At(handle).Link;
        waiting.Tail = waiting.Head == 0 ? 0 : waiting.Tail;
        waiting.Count--;
        _count--;
        PacketBuffer.At(handle).Link = 0;
        return true;
    }
}
