using RouterOS.Forwarding;

namespace RouterOS.Flow.Nodes;

/// <summary>What the flow nodes of one worker share: zones, policies, sessions, counters.</summary>
/// <remarks>The worker's thread only: rows are applied between batches.</remarks>
internal sealed class FlowState
{
    public const int DefaultMaximumSessions = 65536;

    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly WorkerServices _worker;
    private ZoneInterface?[] _zones = new ZoneInterface?[64];
    private FlowInterfaceCounters[] _counters = new FlowInterfaceCounters[64];
    private int _sweep;

    public FlowState(WorkerServices worker, int maximumSessions, ulong seed)
    {
        _worker = worker;
        Sessions = new SessionTable(maximumSessions, seed);
    }

    public SessionTable Sessions { get; }

    public PolicyTable Policies { get; } = new();

    public DropCounters Drops { get; } = DropCounters.Of<FlowDrop>();

    /// <summary>The worker's clock in whole seconds.</summary>
    public uint NowSeconds => (uint)(_worker.NowNanoseconds / NanosecondsPerSecond);

    /// <summary>What an interface is to the zones; null when it is in none.</summary>
    public ZoneInterface? ZoneAt(uint index) => index < (uint)_zones.Length ? _zones[index] : null;

    /// <summary>Number of an interface's zone, 0 for none.</summary>
    public uint ZoneOf(uint index) => ZoneAt(index)?.Zone ?? 0;

    /// <summary>Counters of an interface.</summary>
    public ref FlowInterfaceCounters CountersAt(uint index)
    {
        if (index >= (uint)_counters.Length)
        {
            index = 0;
        }

        return ref _counters[index];
    }

    /// <summary>Puts an interface into a zone, or takes it out.</summary>
    public void SetZone(uint index, ZoneInterface? zone)
    {
        if (index >= (uint)_zones.Length)
        {
            int length = (int)Math.Max(index + 1, (uint)_zones.Length * 2);
            Array.Resize(ref _zones, length);
            Array.Resize(ref _counters, length);
        }

        _zones[index] = zone;
        Policies.Changed();
    }

    /// <summary>Ends sessions whose time is over: a slice of the table at each call, so that no call takes long.</summary>
    public void Sweep(int rows)
    {
        uint now = NowSeconds;
        for (int i = 0; i < rows; i++)
        {
            _sweep = _sweep + 1 < Sessions.Maximum ? _sweep + 1 : 0;
            ref FlowSession session = ref Sessions[_sweep];
            if (session.State != FlowSessionState.Free && session.Expires <= now)
            {
                Sessions.Remove(_sweep);
            }
        }
    }
}
