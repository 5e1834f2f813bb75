using RouterOS.Forwarding.Tables;

namespace RouterOS.Esp.Nodes;

/// <summary>One worker's protections, by id and by place. Grows by blocks, so that no addition takes long however many there are.</summary>
internal sealed class ProtectionSet
{
    private const int BlockShift = 9;
    private const int BlockSize = 1 << BlockShift;

    // Values: places and 1.
    private readonly GrowingMap _places = new();
    private readonly List<Protection?[]> _blocks = [];

    /// <summary>Protections in the set.</summary>
    public int Count { get; private set; }

    /// <summary>The protection at a place below <see cref="Count"/>.</summary>
    public Protection this[int place] => _blocks[place >> BlockShift][place & (BlockSize - 1)]!;

    /// <summary>The protection with an id, or null.</summary>
    public Protection? Find(uint id) => (int)_places.Find(id) is var place and not 0 ? this[place - 1] : null;

    /// <summary>Adds a protection whose id is not there.</summary>
    public void Add(Protection protection)
    {
        if (Count == _blocks.Count << BlockShift)
        {
            _blocks.Add(new Protection?[BlockSize]);
        }

        Put(protection, Count++);
    }

    /// <summary>Takes a protection out; the last one gets its place.</summary>
    public void Remove(Protection protection)
    {
        int place = (int)_places.Remove(protection.Id) - 1;
        Protection last = this[--Count];
        if (last != protection)
        {
            Put(last, place);
        }

        _blocks[Count >> BlockShift][Count & (BlockSize - 1)] = null;
    }

    private void Put(Protection protection, int place)
    {
        _blocks[place >> BlockShift][place & (BlockSize - 1)] = protection;
        _places.Set(protection.Id, place + 1);
    }
}
