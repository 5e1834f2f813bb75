using RouterOS.Simulation;

namespace RouterOS.Scenario.Simulated;

/// <summary>
/// Whole routers, hosts and wires on one thread in virtual time: a seed reproduces everything. Add routers, connect ports, plug hosts
/// in, then <see cref="Start"/>.
/// </summary>
internal sealed class SimulatedNetwork : IDisposable
{
    private readonly List<SimulatedRouter> _routers = [];
    private readonly List<SimulatedHost> _hosts = [];
    private ulong _seed;

    public SimulatedNetwork(ulong seed = 1)
    {
        _seed = seed * 1_000;
        Loop = new(new SimulatedClock(), new SimulatedExecutor());
    }

    public SimulatedLoop Loop { get; }

    public SimulatedClock Clock => Loop.Clock;

    /// <summary>Adds a router of a model with a configuration.</summary>
    public SimulatedRouter Router(string name, string model, string configuration)
    {
        SimulatedRouter router = new(this, name, model, configuration, ++_seed);
        _routers.Add(router);
        return router;
    }

    /// <summary>Joins two ports; before <see cref="Start"/>.</summary>
    public MemoryWire Wire(SimulatedRouter left, string leftPort, SimulatedRouter right, string rightPort, MemoryWireOptions? options = null)
    {
        MemoryWire wire = new($"{left.Name}-{right.Name}-{++_seed}", options);
        left.Plug(leftPort, wire.Left);
        right.Plug(rightPort, wire.Right);
        return wire;
    }

    /// <summary>Plugs a host into a port; before <see cref="Start"/>.</summary>
    public SimulatedHost Host(string address, string gateway, SimulatedRouter router, string port)
    {
        MemoryWire wire = new($"host-{address}-{++_seed}");
        router.Plug(port, wire.Left);
        SimulatedHost host = new(address, gateway, wire.Right);
        _hosts.Add(host);
        Loop.Add(host.RunOnce, () => long.MaxValue);
        return host;
    }

    /// <summary>Boots everything and waits until every router follows its configuration.</summary>
    public void Start()
    {
        _routers.ForEach(router => router.Boot());
        Wait(() => _routers.TrueForAll(router => router.IsConverging), "the routers to boot", 30);
    }

    /// <summary>Lets virtual time pass.</summary>
    public void Run(double seconds) => Loop.Run(TimeSpan.FromSeconds(seconds));

    /// <summary>Lets virtual time pass until something is so; fails after a limit.</summary>
    public void Wait(Func<bool> done, string what, double seconds = 60) =>
        Assert.True(Loop.RunUntil(done, TimeSpan.FromSeconds(seconds)), $"Waited {seconds} s in vain for {what}.{Environment.NewLine}{Report()}");

    /// <summary>Does asynchronous work on the network's thread and lets virtual time pass until it is done.</summary>
    public T Do<T>(Func<Task<T>> work, double seconds = 60)
    {
        Task<T>? task = null;
        Loop.Executor.Post(() => task = work());
        Wait(() => task is { IsCompleted: true }, "a task", seconds);
        return task!.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        foreach (SimulatedRouter router in _routers)
        {
            router.Dispose();
        }
    }

    private string Report() => string.Join(Environment.NewLine, _routers.Select(router => router.Report()));
}
