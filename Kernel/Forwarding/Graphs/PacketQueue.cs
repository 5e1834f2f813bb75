using System.Runtime.CompilerServices;

namespace RouterOS.Forwarding.Graphs;

/// <summary>Packets that wait for a node. Grows to the largest number that ever waited, then allocates no more.</summary>
internal sealed class PacketQueue
{
    private nint[] _items = new nint[Graph.BatchPackets];

    public int Count { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(nint packet)
    {
        nint[] items = _items;
        int count = Count;
        if ((uint)count < (uint)items.Length)
        {
            items[count] = packet;
            Count = count + 1;
        }
        else
        {
            AddGrowing(packet);
        }
    }

    public void AddRange(ReadOnlySpan<nint> packets)
    {
        int count = Count + packets.Length;
        if (count > _items.Length)
        {
            Array.Resize(ref _items, Math.Max(_items.Length * 2, count));
        }

        packets.CopyTo(_items.AsSpan(Count));
        Count = count;
    }

    /// <summary>Takes everything that waits and leaves <paramref name="empty"/> in its place.</summary>
    public nint[] Swap(nint[] empty)
    {
        nint[] items = _items;
        _items = empty;
        Count = 0;
        return items;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddGrowing(nint packet)
    {
        Array.Resize(ref _items, _items.Length * 2);
        _items[Count++] = packet;
    }
}
