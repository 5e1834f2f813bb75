using FsCheck;
using FsCheck.Fluent;
using RouterOS.Core.Strands;
using RouterOS.Unit.Proto;

namespace RouterOS.Unit.Core.Strands;

public sealed class StrandTests
{
    [Fact]
    public async Task Work_from_many_threads_never_overlaps_and_loses_nothing()
    {
        using Strand strand = new StrandFactory(new ThreadPoolExecutor(), TimeProvider.System).Create("test", _ => { });
        int inside = 0;
        int overlaps = 0;
        int done = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 5_000; i++)
            {
                strand.Post(() =>
                {
                    overlaps += ++inside == 1 ? 0 : 1;
                    done++;
                    inside--;
                });
            }
        })));
        Assert.Equal((20_000, 0), await strand.Call(() => (done, overlaps)));
    }

    [Fact]
    public async Task Work_of_one_thread_keeps_its_order()
    {
        using Strand strand = new StrandFactory(new ThreadPoolExecutor(), TimeProvider.System).Create("test", _ => { });
        List<int> order = [];
        for (int i = 0; i < 1_000; i++)
        {
            int number = i;
            strand.Post(() => order.Add(number));
        }

        Assert.Equal(Enumerable.Range(0, 1_000), await strand.Call(() => order.ToArray()));
    }

    [Fact]
    public async Task Awaits_and_offloaded_work_come_back_to_the_strand()
    {
        using Strand strand = new StrandFactory(new ThreadPoolExecutor(), TimeProvider.System).Create("test", _ => { });
        TaskCompletionSource<(bool, bool, int)> result = new();
        strand.Run(async () =>
        {
            int answer = await strand.Offload(() => SynchronizationContext.Current is null ? 42 : 0);
            bool afterOffload = SynchronizationContext.Current == strand.Context;
            await Task.Yield();
            result.SetResult((afterOffload, SynchronizationContext.Current == strand.Context, answer));
        });
        Assert.Equal((true, true, 42), await result.Task);
    }

    [Fact]
    public void On_a_pump_one_thread_runs_everything_and_timers_follow_virtual_time() => PumpContext.Run(async pump =>
    {
        int thread = Environment.CurrentManagedThreadId;
        StrandFactory factory = new(new PumpExecutor(pump), pump.Time);
        using Strand strand = factory.Create("test", _ => { });
        DateTimeOffset start = pump.Time.GetUtcNow();
        TaskCompletionSource<DateTimeOffset> fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool cancelledFired = false;
        IDisposable cancelled = strand.Schedule(TimeSpan.FromSeconds(5), () => cancelledFired = true);
        strand.Schedule(TimeSpan.FromSeconds(10), () => fired.SetResult(pump.Time.GetUtcNow()));
        cancelled.Dispose();
        Assert.Equal(start.AddSeconds(10), await fired.Task);
        Assert.False(cancelledFired);
        Assert.Equal(thread, await strand.Call(() => Environment.CurrentManagedThreadId));
        Assert.Equal(thread, await strand.Offload(() => Environment.CurrentManagedThreadId));
    });

    [Fact]
    public void Timers_of_one_strand_fire_in_the_order_of_their_times_and_cancelled_ones_never() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(byte Delay, bool Cancel)[]>(), timers => PumpContext.Run(async pump =>
        {
            using Strand strand = new StrandFactory(new PumpExecutor(pump), pump.Time).Create("test", _ => { });
            DateTimeOffset start = pump.Time.GetUtcNow();
            List<int> fired = [];
            List<DateTimeOffset> times = [];
            IDisposable[] made =
            [
                .. timers.Select((t, i) => strand.Schedule(TimeSpan.FromMilliseconds(t.Delay), () =>
                {
                    fired.Add(i);
                    times.Add(pump.Time.GetUtcNow());
                })),
            ];
            for (int i = 0; i < timers.Length; i++)
            {
                if (timers[i].Cancel)
                {
                    made[i].Dispose();
                }
            }

            TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);
            strand.Schedule(TimeSpan.FromSeconds(1), over.SetResult);
            await over.Task;
            int[] expected = [.. Enumerable.Range(0, timers.Length).Where(i => !timers[i].Cancel).OrderBy(i => timers[i].Delay)];
            Assert.Equal(expected, fired);
            Assert.Equal(expected.Select(i => start.AddMilliseconds(timers[i].Delay)), times);
        })).Check(Seeded.Config);

    [Fact]
    public void A_timer_that_is_disposed_while_its_work_is_queued_does_not_run() => PumpContext.Run(async pump =>
    {
        using Strand strand = new StrandFactory(new PumpExecutor(pump), pump.Time).Create("test", _ => { });
        bool ran = false;
        IDisposable timer = strand.Schedule(TimeSpan.FromSeconds(1), () => ran = true);
        strand.Schedule(TimeSpan.FromSeconds(1), () => { });
        strand.Post(() =>
        {
            pump.Time.AdvanceToNextTimer();
            timer.Dispose();
        });
        await strand.Call(() => 0);
        await strand.Call(() => 0);
        Assert.False(ran);
    });

    [Fact]
    public void Exceptions_are_reported_and_the_strand_goes_on() => PumpContext.Run(async pump =>
    {
        List<string> failures = [];
        using Strand strand = new StrandFactory(new PumpExecutor(pump), pump.Time).Create("test", e => failures.Add(e.Message));
        strand.Post(() => throw new InvalidOperationException("first"));
        strand.Run(async () =>
        {
            await Task.Yield();
            throw new InvalidOperationException("second");
        });
        await strand.Call(() => 0);
        await strand.Call(() => 0);
        Assert.Equal(["first", "second"], failures);
    });

    [Fact]
    public void A_closed_strand_drops_what_is_queued_and_what_comes_later() => PumpContext.Run(async pump =>
    {
        StrandFactory factory = new(new PumpExecutor(pump), pump.Time);
        using Strand other = factory.Create("other", _ => { });
        Strand strand = factory.Create("test", _ => { });
        int ran = 0;
        strand.Post(() => ran++);
        strand.Post(strand.Dispose);
        strand.Post(() => ran++);
        await other.Call(() => 0);
        strand.Post(() => ran++);
        await other.Call(() => 0);
        Assert.Equal(1, ran);
    });
}
