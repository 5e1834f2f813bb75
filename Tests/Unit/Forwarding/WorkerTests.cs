using RouterOS.Forwarding;
using RouterOS.Forwarding.Arena;
using RouterOS.Forwarding.Plane;
using RouterOS.Forwarding.Workers;
using RouterOS.Packets;
using RouterOS.Simulation;

namespace RouterOS.Unit.Forwarding;

public sealed class WorkerTests
{
    [Fact]
    public void Timers_run_at_their_times_and_a_late_one_runs_once()
    {
        var clock = new SimulatedClock();
        using var chassis = new Chassis(clock, []);
        var runs = new List<long>();
        chassis.Plane.Worker.Every(100, () => runs.Add(clock.NowNanoseconds / 1_000_000));
        foreach (int milliseconds in new[] { 50, 50, 50, 50, 1000, 10 })
        {
            clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
            chassis.Plane.RunOnce();
        }

        Assert.Equal([100, 200, 1200], runs);
    }

    [Fact]
    public void Events_are_told_at_once_and_their_repeats_once_a_second()
    {
        var clock = new SimulatedClock();
        using var chassis = new Chassis(clock, []);
        for (int i = 0; i < 100; i++)
        {
            chassis.Plane.Worker.RaiseEvent("protection", "7", "acquire");
        }

        Assert.Equal(1u, Assert.Single(chassis.Events).Count);
        for (int i = 0; i < 30; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(250));
            chassis.Plane.RunOnce();
        }

        Assert.Equal([1u, 99u], chassis.Events.Select(notice => notice.Count));
        chassis.Plane.Worker.RaiseEvent("protection", "7", "acquire");
        Assert.Equal(3, chassis.Events.Count);
    }

    [Fact]
    public void What_a_node_keeps_leaves_at_the_end_of_the_round()
    {
        var kept = new List<nint>();
        WorkerServices? worker = null;
        int ends = 0;
        var last = new TestNode("last", GraphEdge.Drop);
        var keeper = new TestNode("keeper", GraphEdge.Consumed) { Decide = handle => { kept.Add(handle); return GraphEdge.Consumed; } };
        using var chassis = new Chassis(new SimulatedClock(), [], new TestPackage(registry =>
        {
            worker = registry.Worker;
            registry.AddNode(keeper);
            registry.AddNode(last);
            worker.AtEndOfRound(() =>
            {
                ends++;
                Assert.False(worker.InputWaits);
                kept.ForEach(handle => worker.Enqueue(worker.NodeIndex("last"), handle));
                kept.Clear();
            });
        }));
        chassis.Feed("keeper", [1, 2, 3]);
        Assert.Single(last.Seen);
        Assert.Equal(2, ends);
        chassis.AssertNothingLeaks();
    }

    [Fact]
    public void A_bucket_lets_its_burst_through_then_its_rate()
    {
        var bucket = new TokenBucket();
        Assert.Equal(10, Count(0));
        Assert.Equal(0, Count(1_000_000));
        Assert.Equal(5, Count(50_000_000));
        Assert.Equal(10, Count(10_000_000_000));

        int Count(long now) => Enumerable.Range(0, 100).Count(_ => bucket.Take(now, perSecond: 100, burst: 10));
    }

    [Fact]
    public async Task Two_workers_on_their_own_threads_wake_for_frames_posts_and_stop()
    {
        var wire = new MemoryWire("threads");
        var replies = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int left = 500;
        using var arena = new MemoryRuntimeArena();
        using ForwardingPlane near = Plane(wire.Left, () =>
        {
            if (--left == 0)
            {
                replies.SetResult();
            }
        });
        using ForwardingPlane far = Plane(wire.Right, () => { });
        using var stop = new CancellationTokenSource();
        var threads = new[] { near, far }.Select(plane => new Thread(() => plane.Run(stop.Token))).ToList();
        threads.ForEach(thread => thread.Start());
        foreach ((ForwardingPlane plane, string address) in new[] { (near, "192.0.2.1"), (far, "192.0.2.2") })
        {
            Assert.Null(await plane.ApplyRow("interface", "1", Rows.Interface(1, "p0", address, 24)));
            Assert.Null(await plane.ApplyRow("route", "0/192.0.2.0/24", Rows.Connected(1, "192.0.2.0", 24)));
            Assert.Null(await plane.ApplyRow("route", $"0/{address}/32", Rows.Local(1, address)));
        }

        byte[] message = new byte[16];
        IcmpHeader.Write(message, IcmpType.EchoRequest, 0, 1);
        for (int i = 0; i < 500; i++)
        {
            near.Inject(new() { Destination = Chassis.Ip("192.0.2.2"), Protocol = 1, Payload = message });
            if (i == 0)
            {
                // Lets the neighbours meet, so that the queue of waiting packets does not overflow.
                while ((await near.SnapshotAsync("neighbor", "1/192.0.2.2")).Count == 0
                    || (await far.SnapshotAsync("neighbor", "1/192.0.2.1")).Count == 0
                    || left == 500)
                {
                    await Task.Yield();
                }
            }
        }

        await replies.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await stop.CancelAsync();
        threads.ForEach(thread => Assert.True(thread.Join(TimeSpan.FromSeconds(10))));

        ForwardingPlane Plane(MemoryPort port, Action heard) => new(new ForwardingPlaneOptions
        {
            Time = TimeProvider.System,
            Ports = [new PlanePort("p0", "memory:threads", port)],
            Arena = arena,
            SmallBuffers = 1024,
            LargeBuffers = 2,
            Punt = new(100_000, 100_000, 100_000, 100_000),
            OnPunt = _ => heard(),
        });
    }
}
