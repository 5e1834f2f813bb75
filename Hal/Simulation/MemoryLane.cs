namespace RouterOS.Simulation;

/// <summary>One direction of a memory wire: frames under way in the order of their arrival.</summary>
internal sealed class MemoryLane
{
    private const long NanosecondsPerTick = 100;

    private readonly Lock _gate = new();
    private readonly MemoryWireOptions _options;
    private readonly SeededRandom _random;
    private readonly PriorityQueue<Frame, (long Due, long Order)> _frames = new();
    private readonly Stack<byte[]> _free = new();
    private readonly bool _perfect;
    private ITimer? _timer;
    private long _timerDue = long.MaxValue;
    private long _order;

    public MemoryLane(MemoryWireOptions options, ulong seed)
    {
        if (options.Clock is null && (options.Latency > TimeSpan.Zero || options.Reorder > 0))
        {
            throw new ArgumentException("A wire with latency or reordering needs a clock.", nameof(options));
        }

        _options = options;
        _random = new SeededRandom(seed);
        _perfect = options is { Loss: 0, Duplicate: 0, Corrupt: 0, Reorder: 0 };
    }

    public MemoryPort? Receiver { get; set; }

    /// <summary>Takes a frame; false when the queue is full.</summary>
    public bool Send(ReadOnlySpan<byte> bytes)
    {
        bool arrived;
        lock (_gate)
        {
            if (_frames.Count >= _options.QueueFrames)
            {
                return false;
            }

            if (!_perfect && _random.Chance(_options.Loss))
            {
                return true;
            }

            int copies = !_perfect && _random.Chance(_options.Duplicate) ? 2 : 1;
            for (int i = 0; i < copies; i++)
            {
                Put(bytes);
            }

            arrived = _frames.TryPeek(out _, out (long Due, long Order) first) && first.Due <= Now();
            Arm();
        }

        if (arrived)
        {
            Receiver?.WakeUp?.Invoke();
        }

        return true;
    }

    /// <summary>Takes the next frame that has arrived, at most <paramref name="room"/> bytes of it; -1 when none has.</summary>
    public int Receive(Span<byte> room)
    {
        lock (_gate)
        {
            if (!_frames.TryPeek(out Frame frame, out (long Due, long Order) first) || first.Due > Now())
            {
                return -1;
            }

            _frames.Dequeue();
            int length = Math.Min(frame.Length, room.Length);
            frame.Bytes.AsSpan(0, length).CopyTo(room);
            _free.Push(frame.Bytes);
            return length;
        }
    }

    /// <summary>Length of the next frame that has arrived; -1 when none has.</summary>
    public int PeekLength()
    {
        lock (_gate)
        {
            return _frames.TryPeek(out Frame frame, out (long Due, long Order) first) && first.Due <= Now() ? frame.Length : -1;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _frames.Clear();
        }
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        byte[] copy = _free.TryPop(out byte[]? free) && free.Length >= bytes.Length ? free : new byte[Math.Max(2048, bytes.Length)];
        bytes.CopyTo(copy);
        long due = Now() + (_options.Latency.Ticks * NanosecondsPerTick);
        if (!_perfect)
        {
            if (bytes.Length > 0 && _random.Chance(_options.Corrupt))
            {
                copy[_random.Next(bytes.Length)] ^= (byte)(1 << _random.Next(8));
            }

            if (_random.Chance(_options.Reorder))
            {
                due += _random.Next((int)Math.Max(1, Math.Min(int.MaxValue, _options.ReorderDelay.Ticks))) * NanosecondsPerTick;
            }
        }

        _frames.Enqueue(new Frame(copy, bytes.Length), (due, _order++));
    }

    // Wakes the receiver when the first frame that is still under way arrives.
    private void Arm()
    {
        if (_options.Clock is not { } clock || !_frames.TryPeek(out _, out (long Due, long Order) first)
            || first.Due <= Now() || first.Due >= _timerDue)
        {
            return;
        }

        _timerDue = first.Due;
        TimeSpan delay = TimeSpan.FromTicks((first.Due - Now() + NanosecondsPerTick - 1) / NanosecondsPerTick);
        if (_timer is null)
        {
            _timer = clock.CreateTimer(static lane => ((MemoryLane)lane!).OnTimer(), this, delay, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _timer.Change(delay, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            _timerDue = long.MaxValue;
            ArmNext();
        }

        Receiver?.WakeUp?.Invoke();
    }

    // Frames that have arrived lie in front; the timer is for the first one behind them, which a heap does not show: look again soon.
    private void ArmNext()
    {
        long next = long.MaxValue;
        foreach ((_, (long Due, long Order) when) in _frames.UnorderedItems)
        {
            next = when.Due > Now() ? Math.Min(next, when.Due) : next;
        }

        if (next != long.MaxValue)
        {
            _timerDue = next;
            _timer!.Change(TimeSpan.FromTicks((next - Now() + NanosecondsPerTick - 1) / NanosecondsPerTick), Timeout.InfiniteTimeSpan);
        }
    }

    private long Now() => _options.Clock is { } clock
        ? (long)((Int128)clock.GetTimestamp() * 1_000_000_000 / clock.TimestampFrequency)
        : 0;

    private readonly record struct Frame(byte[] Bytes, int Length);
}
