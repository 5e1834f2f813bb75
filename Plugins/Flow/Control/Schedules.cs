using RouterOS.Proto.Flow.V1;
using RouterOS.Sdk.Strands;

namespace RouterOS.Flow.Control;

/// <summary>Watches the clock for the schedulers of policies.</summary>
/// <remarks>On the plugin's strand.</remarks>
internal sealed class Schedules(TimeProvider time, Func<IStrand> strand, Action changed)
{
    // The clock may be set: no wait is longer.
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(1);

    private IReadOnlyList<Scheduler> _schedulers = [];
    private HashSet<string> _active = [];
    private IDisposable? _timer;

    /// <summary>Takes the schedulers of a committed intent.</summary>
    public void Apply(FlowIntent intent)
    {
        _schedulers = [.. intent.Schedulers];
        _active = Active();
        Wait();
    }

    /// <summary>True for a policy that acts now.</summary>
    public bool IsActive(Policy policy) => policy.Scheduler.Length == 0 || _active.Contains(policy.Scheduler);

    private HashSet<string> Active()
    {
        DateTimeOffset now = time.GetUtcNow();
        return [.. _schedulers.Where(scheduler => Schedule.IsActive(scheduler, now)).Select(scheduler => scheduler.Name)];
    }

    private void Wait()
    {
        _timer?.Dispose();
        _timer = null;
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset? next = _schedulers.Min(scheduler => Schedule.NextChange(scheduler, now));
        if (next is { } change)
        {
            _timer = strand().Schedule(change - now < s_longest ? change - now : s_longest, Look);
        }
    }

    private void Look()
    {
        HashSet<string> active = Active();
        bool differs = !active.SetEquals(_active);
        _active = active;
        if (differs)
        {
            changed();
        }

        Wait();
    }
}
