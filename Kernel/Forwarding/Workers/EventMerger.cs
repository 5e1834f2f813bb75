using RouterOS.Forwarding.Plane;

namespace RouterOS.Forwarding.Workers;

/// <summary>Passes events on, the first at once and its repeats within a second merged into one.</summary>
internal sealed class EventMerger(Action<ModuleNotice> deliver)
{
    private const int MaximumKeys = 4096;
    private const long MergeNanoseconds = 1_000_000_000;

    private readonly Dictionary<(string Table, string Key, string Name), Slot> _slots = [];
    private readonly List<(string Table, string Key, string Name)> _expired = [];

    /// <summary>Events that were lost because too many different ones came within a second.</summary>
    public ulong Lost { get; private set; }

    public void Raise(long now, string table, string key, string name)
    {
        if (_slots.TryGetValue((table, key, name), out Slot? slot))
        {
            slot.Repeats++;
            return;
        }

        if (_slots.Count >= MaximumKeys)
        {
            Lost++;
            return;
        }

        _slots.Add((table, key, name), new Slot { Until = now + MergeNanoseconds });
        deliver(new ModuleNotice(table, key, name, 1));
    }

    /// <summary>Sends the repeats whose second is over. Called every few hundred milliseconds.</summary>
    public void Flush(long now)
    {
        foreach (((string Table, string Key, string Name) id, Slot slot) in _slots)
        {
            if (now < slot.Until)
            {
                continue;
            }

            if (slot.Repeats == 0)
            {
                _expired.Add(id);
                continue;
            }

            deliver(new ModuleNotice(id.Table, id.Key, id.Name, slot.Repeats));
            slot.Repeats = 0;
            slot.Until = now + MergeNanoseconds;
        }

        foreach ((string Table, string Key, string Name) id in _expired)
        {
            _slots.Remove(id);
        }

        _expired.Clear();
    }

    private sealed class Slot
    {
        public uint Repeats;
        public long Until;
    }
}
