namespace RouterOS.Esp.Nodes;

/// <summary>Packets that wait for a node's next turn, in order.</summary>
internal sealed class PacketBacklog(int capacity)
{
    private readonly nint[] _packets = new nint[capacity];
    private int _head;

    /// <summary>Packets waiting.</summary>
    public int Count { get; private set; }

    /// <summary>Puts a packet at the end; false when there is no room.</summary>
    public bool Add(nint packet)
    {
        if (Count == _packets.Length)
        {
            return false;
        }

        int tail = _head + Count++;
        _packets[tail >= _packets.Length ? tail - _packets.Length : tail] = packet;
        return true;
    }

    /// <summary>Takes the first packet; there is one.</summary>
    public nint Take()
    {
        nint packet = _packets[_head];
        _head = _head + 1 == _packets.Length ? 0 : _head + 1;
        Count--;
        return packet;
    }
}
