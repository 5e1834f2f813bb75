namespace RouterOS.Core.Supervision;

/// <summary>The chassis' alarms: raised and cleared by whoever watches, listed for <c>show</c>. Any thread.</summary>
public sealed class AlarmBoard(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Alarm> _alarms = new(StringComparer.Ordinal);

    /// <summary>All alarms, oldest first.</summary>
    public IReadOnlyList<Alarm> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _alarms.Values.OrderBy(alarm => alarm.Since).ThenBy(alarm => alarm.Id, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Raises an alarm, or changes its text.</summary>
    public void Raise(string id, bool major, string text)
    {
        lock (_gate)
        {
            DateTimeOffset since = _alarms.TryGetValue(id, out Alarm? old) ? old.Since : time.GetUtcNow();
            _alarms[id] = new(id, since, major, text);
        }
    }

    /// <summary>Clears an alarm, if it is there.</summary>
    public void Clear(string id)
    {
        lock (_gate)
        {
            _alarms.Remove(id);
        }
    }

    /// <summary>Replaces all alarms whose id starts with <paramref name="prefix"/>; the ids of the new ones are numbered.</summary>
    public void Replace(string prefix, bool major, IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        string[] wanted = [.. texts];
        lock (_gate)
        {
            foreach (string id in _alarms.Keys.Where(id => id.StartsWith(prefix, StringComparison.Ordinal)).ToArray())
            {
                if (!wanted.Contains(_alarms[id].Text))
                {
                    _alarms.Remove(id);
                }
            }

            foreach (string text in wanted)
            {
                string id = prefix + text;
                _alarms.TryAdd(id, new(id, time.GetUtcNow(), major, text));
            }
        }
    }
}
