namespace RouterOS.Core.Strands;

/// <summary>The delayed work of one strand, in a heap over one timer of the clock: thousands of sessions have several each.</summary>
internal sealed class StrandTimers(Strand strand, TimeProvider time)
{
    // More than that a timer of the system does not take.
    private static readonly TimeSpan s_most = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private StrandTimer[] _heap = [];
    private int _count;
    private uint _order;
    private ITimer? _timer;
    private long _armed = long.MaxValue;
    private bool _closed;

    /// <summary>Adds work that becomes due after a delay.</summary>
    public StrandTimer Add(TimeSpan delay, Action work)
    {
        long now = time.GetTimestamp();
        StrandTimer timer = new(this, now + Units(delay), work);
        lock (_gate)
        {
            if (_closed)
            {
                return timer;
            }

            timer.Order = _order++;
            if (_count == _heap.Length)
            {
                Array.Resize(ref _heap, Math.Max(4, _count + (_count / 2)));
            }

            Rise(_count++, timer);
            if (timer.Due < _armed)
            {
                Arm(timer.Due, delay);
            }
        }

        return timer;
    }

    /// <summary>Takes a timer out that was cancelled.</summary>
    public void Remove(StrandTimer timer)
    {
        lock (_gate)
        {
            if (timer.Place >= 0)
            {
                TakeOut(timer.Place);
            }
        }
    }

    /// <summary>Forgets all.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            foreach (StrandTimer timer in _heap.AsSpan(0, _count))
            {
                timer.Place = -1;
            }

            (_heap, _count) = ([], 0);
            _timer?.Dispose();
        }
    }

    private void Fire()
    {
        lock (_gate)
        {
            _armed = long.MaxValue;
            long now = time.GetTimestamp();
            while (_count > 0 && _heap[0].Due <= now)
            {
                StrandTimer due = _heap[0];
                TakeOut(0);
                strand.Post(due.Run);
            }

            if (_count > 0)
            {
                Arm(_heap[0].Due, Rest(_heap[0].Due - now));
            }
        }
    }

    private long Units(TimeSpan delay) => (long)((Int128)delay.Ticks * time.TimestampFrequency / TimeSpan.TicksPerSecond);

    // Never too short, or it would fire before the time. The system's timers cut to whole milliseconds.
    private TimeSpan Rest(long units)
    {
        Int128 ticks = (((Int128)units * TimeSpan.TicksPerSecond) + time.TimestampFrequency - 1) / time.TimestampFrequency;
        return TimeSpan.FromTicks((long)ticks + (time == TimeProvider.System ? TimeSpan.TicksPerMillisecond - 1 : 0));
    }

    private void Arm(long due, TimeSpan delay)
    {
        _armed = due;
        delay = delay < s_most ? delay : s_most;
        if (_timer is null)
        {
            _timer = time.CreateTimer(static t => ((StrandTimers)t!).Fire(), this, delay, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _timer.Change(delay, Timeout.InfiniteTimeSpan);
        }
    }

    private void TakeOut(int place)
    {
        _heap[place].Place = -1;
        StrandTimer last = _heap[--_count];
        _heap[_count] = null!;
        if (place == _count)
        {
            return;
        }

        Sink(place, last);
        if (last.Place == place)
        {
            Rise(place, last);
        }
    }

    private void Rise(int place, StrandTimer timer)
    {
        while (place > 0 && IsBefore(timer, _heap[(place - 1) / 2]))
        {
            Put(place, _heap[(place - 1) / 2]);
            place = (place - 1) / 2;
        }

        Put(place, timer);
    }

    private void Sink(int place, StrandTimer timer)
    {
        for (int child = (2 * place) + 1; child < _count; child = (2 * place) + 1)
        {
            if (child + 1 < _count && IsBefore(_heap[child + 1], _heap[child]))
            {
                child++;
            }

            if (!IsBefore(_heap[child], timer))
            {
                break;
            }

            Put(place, _heap[child]);
            place = child;
        }

        Put(place, timer);
    }

    private void Put(int place, StrandTimer timer)
    {
        _heap[place] = timer;
        timer.Place = place;
    }

    // Numbers of timers may go round.
    private static bool IsBefore(StrandTimer one, StrandTimer other) =>
        one.Due < other.Due || (one.Due == other.Due && (int)(one.Order - other.Order) < 0);
}
