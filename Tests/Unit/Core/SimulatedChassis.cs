using Grpc.Core;
using RouterOS.Core.Strands;
using RouterOS.Core.Tables;
using RouterOS.Module;
using RouterOS.Proto.InProcess;
using RouterOS.Simulation;
using RouterOS.Unit.Module;

namespace RouterOS.Unit.Core;

/// <summary>One thread, virtual time, and a module whose data plane only remembers; the module can be killed and started again.</summary>
internal sealed class SimulatedChassis
{
    private readonly SwitchedInvoker _link = new();
    private ulong _epoch;
    private IDisposable? _service;

    public SimulatedChassis()
    {
        Loop = new(new SimulatedClock(), new SimulatedExecutor());
        Strands = new StrandFactory(new PumpExecutor(Loop.Executor), Loop.Clock);
        Kernel = Strands.Create("core", e => throw new InvalidOperationException("The kernel's strand failed.", e));
        Plane = new();
        StartModule();
    }

    public SimulatedLoop Loop { get; }

    public SimulatedClock Clock => Loop.Clock;

    public StrandFactory Strands { get; }

    public Strand Kernel { get; }

    public CallInvoker Link => _link;

    /// <summary>The data plane of the module's present life.</summary>
    public RecordingPlane Plane { get; private set; }

    /// <summary>Kills the module: its rows and streams are gone.</summary>
    public void KillModule()
    {
        _service?.Dispose();
        _link.Break();
    }

    /// <summary>Starts the module with an empty data plane.</summary>
    public void StartModule(bool keepPlane = false)
    {
        if (!keepPlane)
        {
            Dictionary<string, Dictionary<string, Google.Protobuf.IMessage>> state = Plane.State;
            Plane = new();
            foreach ((string table, Dictionary<string, Google.Protobuf.IMessage> rows) in state)
            {
                Plane.State[table] = rows;
            }
        }

        InProcessServices services = new();
        ModuleAgent agent = new(new("module", ++_epoch, Clock.GetUtcNow(), [], [], []), Plane);
        Strand strand = Strands.Create("module", e => throw new InvalidOperationException("The module's strand failed.", e));
        _service = services.Add(binder => RouterOS.Proto.Module.V1.Module.BindService(binder, agent), strand.Context);
        _link.Connect(new InProcessCallInvoker(services, Clock));
    }

    public ModuleClient Connect(TableJournal journal) =>
        new(Link, journal.AddModule("module"), Kernel, Clock, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

    public void Idle() => Loop.RunUntilIdle();

    public void Run(double seconds) => Loop.Run(TimeSpan.FromSeconds(seconds));

    /// <summary>Does asynchronous work on the loop's thread and waits for it in virtual time.</summary>
    public T Await<T>(Func<Task<T>> work, double seconds = 60)
    {
        Task<T>? task = null;
        Loop.Executor.Post(() => task = work());
        Assert.True(Loop.RunUntil(() => task is { IsCompleted: true }, TimeSpan.FromSeconds(seconds)), "Nothing came of it.");
        return task!.GetAwaiter().GetResult();
    }

    /// <summary>Waits for a task in virtual time.</summary>
    public T Await<T>(Task<T> task, double seconds = 60) => Await(() => task, seconds);
}
