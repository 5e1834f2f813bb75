using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RouterOS.Abstractions.Control;
using RouterOS.Core.Logging;
using RouterOS.Flow.Control;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Logging;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Packets;
using RouterOS.Sdk.Plugins;
using RouterOS.Sdk.Storage;
using RouterOS.Sdk.Strands;
using RouterOS.Sdk.Tables;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Flow;

/// <summary>What the kernel gives the plugin, joined to a plane in place of modules: one life of it.</summary>
internal sealed class FlowHost(FlowRig rig, SimulatedStore store) : IControlContext, ITableWriter, IModuleView, IInterfaceView, IBus
{
    private readonly List<Action> _subscribers = [];
    private readonly Dictionary<(string Table, string Key), byte[]> _rows = [];
    private readonly Dictionary<string, Action<ModuleEvent>> _watchers = [];
    private ulong _version;

    public FlowPlugin Plugin { get; } = new();

    public FlowShow Show { get; private set; } = null!;

    public Dictionary<string, uint> Known { get; } = new() { ["ge-0/0/1.0"] = FlowRig.Inside, ["ge-0/0/2.0"] = FlowRig.Outside, ["ge-0/0/3.0"] = FlowRig.InsideToo };

    /// <summary>Rows as the journal has them.</summary>
    public IReadOnlyDictionary<(string Table, string Key), byte[]> Rows => _rows;

    public int Writes { get; private set; }

    public bool IsSynchronised { get; private set; }

    public IStrand Strand { get; } = new ClockStrand(rig.Clock);

    public TimeProvider Time => rig.Clock;

    public ILogger Log => NullLogger.Instance;

    public ITraces Traces { get; } = new TraceFiles(TimeProvider.System, null);

    public ITableWriter Tables => this;

    public IModuleView Modules => this;

    public IControlPackets Packets => throw new NotSupportedException();

    public IBus Bus => this;

    public ISealedStore Store => store;

    public IInterfaceView Interfaces => this;

    public IRouteView Routes => throw new NotSupportedException();

    public ISecureRandom Random => throw new NotSupportedException();

    public IKeyExchange KeyExchange => throw new NotSupportedException();

    public IRsa Rsa => throw new NotSupportedException();

    public ICipher Cipher => throw new NotSupportedException();

    public IMac Mac => throw new NotSupportedException();

    public CallInvoker Invoker => throw new NotSupportedException();

    public FlowHost Start(FlowIntent? intent = null)
    {
        Plugin.Start(this);
        if (intent is not null)
        {
            Apply(intent);
        }

        return this;
    }

    public void Apply(FlowIntent intent) => Plugin.Apply(new IntentSet([intent]));

    public void InterfacesChange() => _subscribers.ForEach(handler => handler());

    public T Row<T>(string table, string key)
        where T : IMessage<T>, new() => new MessageParser<T>(() => new T()).ParseFrom(_rows[(table, key)]);

    public ulong Set(string table, string key, IMessage row)
    {
        Writes++;
        _rows[(table, key)] = row.ToByteArray();
        Assert.Null(rig.Chassis.Plane.SetRow(table, key, row.ToByteArray()));
        return ++_version;
    }

    public ulong Remove(string table, string key)
    {
        Writes++;
        Assert.True(_rows.Remove((table, key)));
        rig.Chassis.Plane.RemoveRow(table, key);
        return ++_version;
    }

    public void EndOfSync() => IsSynchronised = true;

    public Task<string?> Acknowledged(ulong version) => Task.FromResult<string?>(null);

    public Task<IReadOnlyList<KeyValuePair<string, T>>> Snapshot<T>(string table, string key = "")
        where T : IMessage<T>, new() =>
        Task.FromResult<IReadOnlyList<KeyValuePair<string, T>>>(
            [.. rig.Chassis.Plane.Snapshot(table, key).Select(row => KeyValuePair.Create(row.Key, new MessageParser<T>(() => new T()).ParseFrom(row.Value)))]);

    public void Subscribe(string table, Action<ModuleEvent> handler) => _watchers[table] = handler;

    /// <summary>Something has happened to a table of the module.</summary>
    public void Raise(string table) => _watchers[table](new ModuleEvent { Table = table, Count = 1 });

    public Task<IReadOnlyList<ModuleDescription>> Describe() => throw new NotSupportedException();

    public InterfaceState? Find(string name) => Known.TryGetValue(name, out uint index) ? State(index, name) : null;

    public InterfaceState? Find(uint index) => Known.ContainsValue(index) ? State(index, Known.Single(pair => pair.Value == index).Key) : null;

    public IReadOnlyList<InterfaceState> All() => [.. Known.Select(pair => State(pair.Value, pair.Key))];

    public void Subscribe(Action handler) => _subscribers.Add(handler);

    public void Provide(object implementation) => Show = Assert.IsType<FlowShow>(implementation);

    private static InterfaceState State(uint index, string name) => new(index, name, "ethernet", "", true, true, 1500, []);

    // Work runs where the clock fires.
    private sealed class ClockStrand(TimeProvider clock) : IStrand
    {
        public string Name => "flow";

        public SynchronizationContext Context => throw new NotSupportedException();

        public void Post(Action work) => work();

        public IDisposable Schedule(TimeSpan due, Action work) => clock.CreateTimer(_ => work(), null, due, Timeout.InfiniteTimeSpan);

        public Task<T> Offload<T>(Func<T> computation) => throw new NotSupportedException();
    }
}
