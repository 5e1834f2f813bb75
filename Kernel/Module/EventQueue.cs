using System.Diagnostics.CodeAnalysis;
using RouterOS.Proto.Module.V1;

namespace RouterOS.Module;

/// <summary>Events that wait for the routing engine; equal ones that still wait are merged and counted. Any thread.</summary>
public sealed class EventQueue
{
    // What a routing engine that is away for long may still want to know; then the oldest are as good as the newest.
    private const int Most = 65_536;

    private readonly Lock _gate = new();
    private readonly Queue<ModuleEvent> _order = new();
    private readonly Dictionary<(string, string, string), ModuleEvent> _waiting = [];
    private Action? _arrived;

    /// <summary>Events lost because too many waited.</summary>
    public long Lost { get; private set; }

    /// <summary>Adds an event.</summary>
    public void Add(ModuleEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        Action? arrived;
        lock (_gate)
        {
            if (_waiting.TryGetValue((happened.Table, happened.Key, happened.Name), out ModuleEvent? waiting))
            {
                waiting.Count += happened.Count;
                return;
            }

            if (_order.Count >= Most)
            {
                Lost++;
                return;
            }

            _waiting.Add((happened.Table, happened.Key, happened.Name), happened);
            _order.Enqueue(happened);
            arrived = _arrived;
        }

        arrived?.Invoke();
    }

    /// <summary>Sets who is told, on any thread, that events wait; replaces the one before.</summary>
    public void Watch(Action? arrived)
    {
        lock (_gate)
        {
            _arrived = arrived;
        }
    }

    /// <summary>Takes the oldest event.</summary>
    public bool TryTake([NotNullWhen(true)] out ModuleEvent? happened)
    {
        lock (_gate)
        {
            if (_order.TryDequeue(out happened))
            {
                _waiting.Remove((happened.Table, happened.Key, happened.Name));
                return true;
            }

            return false;
        }
    }
}
