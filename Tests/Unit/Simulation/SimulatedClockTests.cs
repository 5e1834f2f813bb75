using RouterOS.Simulation;

namespace RouterOS.Unit.Simulation;

public sealed class SimulatedClockTests
{
    private readonly SimulatedClock _clock = new();

    [Fact]
    public void Timers_fire_in_the_order_of_their_times_at_their_times()
    {
        var fired = new List<(string, double)>();
        Start("b", 20, 0);
        Start("a", 10, 0);
        Start("c", 10, 0);
        using ITimer periodic = Start("p", 5, 7);
        Start("never", 15, 0).Dispose();
        _clock.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal([("p", 5), ("a", 10), ("c", 10), ("p", 12), ("p", 19), ("b", 20)], fired);

        ITimer Start(string name, int due, int period) => _clock.CreateTimer(
            _ => fired.Add((name, _clock.NowNanoseconds / 1e6)),
            null,
            TimeSpan.FromMilliseconds(due),
            period == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(period));
    }

    [Fact]
    public void A_timer_that_is_changed_forgets_its_old_time()
    {
        int fired = 0;
        using ITimer timer = _clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        timer.Change(TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        Assert.Equal(3_000_000_000, _clock.NextTimerNanoseconds);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, fired);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, fired);
        Assert.Equal(long.MaxValue, _clock.NextTimerNanoseconds);
    }

    [Fact]
    public void The_date_moves_with_the_timestamp()
    {
        DateTimeOffset start = _clock.GetUtcNow();
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(start.AddDays(1), _clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromDays(1), _clock.GetElapsedTime(0));
    }

    [Fact]
    public void An_awaited_delay_of_virtual_time_ends_on_the_pump()
    {
        var executor = new SimulatedExecutor();
        var loop = new SimulatedLoop(_clock, executor);
        var log = new List<string>();
        executor.Post(async () =>
        {
            log.Add("start");
            await Task.Delay(TimeSpan.FromHours(2), _clock);
            Assert.Same(executor, SynchronizationContext.Current);
            log.Add("end");
        });
        Assert.False(loop.RunUntil(() => log.Count == 2, TimeSpan.FromHours(1)));
        Assert.True(loop.RunUntil(() => log.Count == 2, TimeSpan.FromHours(2)));
        Assert.Equal(TimeSpan.FromHours(2), _clock.GetElapsedTime(0));
    }

    [Fact]
    public void Work_runs_in_order_and_what_it_posts_runs_after()
    {
        var executor = new SimulatedExecutor();
        var log = new List<int>();
        executor.Post(() =>
        {
            log.Add(1);
            executor.Post(() => log.Add(3));
        });
        executor.Post(() => log.Add(2));
        Assert.Equal(3, executor.RunUntilIdle());
        Assert.Equal([1, 2, 3], log);
        Assert.NotSame(executor, SynchronizationContext.Current);
    }

    [Fact]
    public void A_seed_gives_the_same_bytes_whatever_the_pieces()
    {
        byte[] whole = new byte[100];
        new SeededRandom(5).Fill(whole);
        byte[] pieces = new byte[100];
        var random = new SeededRandom(5);
        random.Fill(pieces.AsSpan(0, 33));
        random.Fill(pieces.AsSpan(33));
        Assert.Equal(whole, pieces);
        new SeededRandom(6).Fill(pieces);
        Assert.NotEqual(whole, pieces);
    }
}
