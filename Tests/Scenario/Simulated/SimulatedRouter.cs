using System.Text;
using Microsoft.Extensions.Logging;
using RouterOS.Aaa.Control;
using RouterOS.Abstractions.Ports;
using RouterOS.Core.Configuration;
using RouterOS.Core.Plugins;
using RouterOS.Core.Strands;
using RouterOS.Core.Supervision;
using RouterOS.Crypto;
using RouterOS.Crypto.Control;
using RouterOS.Dvmrp.Control;
using RouterOS.Erx;
using RouterOS.Esp.Control;
using RouterOS.Esp.Nodes;
using RouterOS.Flow.Control;
using RouterOS.Flow.Nodes;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Arena;
using RouterOS.Forwarding.Plane;
using RouterOS.Ike.Control;
using RouterOS.Interop.Lab;
using RouterOS.Gre.Control;
using RouterOS.Gre.Nodes;
using RouterOS.L2tp.Control;
using RouterOS.L2tp.Nodes;
using RouterOS.Module;
using RouterOS.Multicast.Control;
using RouterOS.Multicast.Nodes;
using RouterOS.Ppp.Control;
using RouterOS.Proto.InProcess;
using RouterOS.Radius.Control;
using RouterOS.Sdk.Platforms;
using RouterOS.Simulation;
using RouterOS.Srx;
using RouterOS.Unit.Core;

namespace RouterOS.Scenario.Simulated;

/// <summary>One chassis: routing engine, module and data plane as in the real thing, on the network's thread and clock.</summary>
/// <remarks>The state folder and the run-time rows outlive restarts of either side, as they do on a real machine.</remarks>
internal sealed class SimulatedRouter : IDisposable
{
    // The layout of SaRuntimeRecord, whose first word is the number.
    private const ushort SaLayout = 2;

    // Two, so that what one worker does is not all that is seen; ROUTEROS_TEST_WORKERS tries others.
    private static readonly int s_workers =
        int.Parse(Environment.GetEnvironmentVariable("ROUTEROS_TEST_WORKERS") ?? "2", System.Globalization.CultureInfo.InvariantCulture);

    private static readonly IPlatformPlugin[] s_platforms = [new SrxPlatform(), new ErxPlatform(), new LabPlatform()];

    private readonly SimulatedNetwork _network;
    private readonly string _model;
    private readonly string _configuration;
    private readonly SeededRandom _random;
    private readonly MemoryFileSystem _files = new();
    private readonly MemoryRuntimeArena _arena = new(4096);
    private readonly CryptoEngines _crypto = CryptoEngines.Open();
    private readonly List<PlanePort> _ports = [];
    private readonly SwitchedInvoker _link = new();
    private readonly ListLog _log;
    private RoutingEngine? _engine;
    private SimulatedProcess? _engineProcess;
    private SimulatedProcess? _moduleProcess;
    private InProcessCallInvoker? _module;
    private ulong _epoch;
    private ForwardingPlane? _plane;

    public SimulatedRouter(SimulatedNetwork network, string name, string model, string configuration, ulong seed)
    {
        _network = network;
        Name = name;
        _model = model;
        _configuration = configuration;
        _random = new(seed);
        _log = new(network.Clock);
        network.Loop.Add(() => _plane?.RunOnce() ?? false, () => _plane?.NextTimerNanoseconds ?? long.MaxValue);
    }

    public string Name { get; }

    public RoutingEngine Engine => _engine ?? throw new InvalidOperationException($"{Name} has no routing engine running.");

    public ForwardingPlane Plane => _plane ?? throw new InvalidOperationException($"{Name} has no module running.");

    public bool IsConverging => _engine?.Converging.IsCompleted ?? false;

    /// <summary>What was logged, oldest first.</summary>
    public IReadOnlyList<string> Log => _log.Lines;

    public void Plug(string port, MemoryPort end) => _ports.Add(new(port, "memory", new LastingPort(end)));

    /// <summary>Starts module and routing engine; the first time, the configuration is committed.</summary>
    public void Boot()
    {
        StartModule();
        StartEngine();
    }

    public void StartModule()
    {
        ForwardingModulePlane link = new();
        INodePackage[] packages = [new EspNodePackage(), new FlowNodePackage(), new L2tpNodePackage(), new GreNodePackage(), new MulticastNodePackage()];
        _plane = new(new ForwardingPlaneOptions
        {
            Time = _network.Clock,
            Ports = _ports,
            Workers = s_workers,
            Packages = packages,
            Arena = _arena,
            CryptoFor = _crypto.For,
            SmallBuffers = 1024,
            LargeBuffers = 16,
            OnPunt = link.OnPunt,
            OnEvent = link.OnEvent,
        });
        link.Attach(_plane);
        ModuleAgent agent = new(
            new(Name, ++_epoch, _network.Clock.GetUtcNow(), _crypto.Describe(), [.. packages.Select(package => package.Name)], _crypto.Alarms), link);
        InProcessServices services = new();
        _moduleProcess = new(_network.Loop);
        Strand strand = _moduleProcess.Strands.Create(Name + " module", _log.Fail);
        services.Add(binder => Proto.Module.V1.Module.BindService(binder, agent), strand.Context);
        _module = new(services, _network.Clock);
        _link.Connect(_module);
    }

    /// <summary>Kills the data process: packets in it are lost, run-time rows stay.</summary>
    public void KillModule()
    {
        _link.Break();
        _moduleProcess!.Kill();
        _plane!.Dispose();
        _plane = null;
    }

    public void StartEngine()
    {
        IPlatformPlugin platform = s_platforms.First(p => p.Models.Any(m => m.Name == _model));
        _engineProcess = new(_network.Loop);
        _engine = new(new RoutingEngineOptions
        {
            Platform = platform,
            Profile = platform.Models.First(m => m.Name == _model),
            Plugins = PluginCatalog.Of(
                typeof(IkePlugin).Assembly, typeof(EspPlugin).Assembly, typeof(FlowPlugin).Assembly, typeof(AaaPlugin).Assembly, typeof(PppPlugin).Assembly,
                typeof(L2tpPlugin).Assembly, typeof(GrePlugin).Assembly, typeof(MulticastPlugin).Assembly, typeof(DvmrpPlugin).Assembly,
                typeof(RadiusPlugin).Assembly).ControlPlugins(),
            Modules = [new("FPC 0", _link)],
            Strands = _engineProcess.Strands,
            Files = _files,
            StateFolder = "/state",
            Random = _random,
            KeyExchange = new LibcryptoKeyExchange(),
            Rsa = new LibcryptoRsa(),
            Cipher = new LibcryptoCipher(),
            Mac = new BclMac(),
            Log = _log,
            LogReader = _log,
        });
        _engine.Start();
        if (_engine.Configuration.IsEmpty)
        {
            Commit(_configuration);
        }
    }

    /// <summary>Kills the routing engine without a word; the module goes on with what it has.</summary>
    public void KillEngine()
    {
        _link.Break();
        _engineProcess!.Kill();
        _engine!.Configuration.Dispose();
        _engine = null;
        if (_plane is not null)
        {
            _link.Connect(_module!);
        }
    }

    /// <summary>Replaces the configuration.</summary>
    public void Commit(string configuration)
    {
        CommitResult result = Engine.Configuration.CommitText(configuration, new("operator", "file"));
        Assert.True(result.Succeeded, $"{Name}: {string.Join(Environment.NewLine, result.Findings)}");
    }

    /// <summary>Asks a service of the router from outside.</summary>
    public T Ask<T>(Func<Grpc.Core.CallInvoker, Grpc.Core.AsyncUnaryCall<T>> call) =>
        _network.Do(() => call(Engine.Bus.Invoker).ResponseAsync);

    /// <summary>Runs lines of the command line in a session of their own and returns their output.</summary>
    public string Run(string lines, double seconds = 120)
    {
        Proto.Cli.V1.Cli.CliClient client = new(Engine.Bus.Invoker);
        return _network.Do(Session, seconds);

        async Task<string> Session()
        {
            string session = (await client.OpenAsync(new() { User = "operator", Columns = 80 })).Session;
            StringBuilder output = new();
            foreach (string line in lines.Split('\n'))
            {
                using Grpc.Core.AsyncServerStreamingCall<Proto.Cli.V1.ExecuteReply> call = client.Execute(new() { Session = session, Line = line });
                while (await call.ResponseStream.MoveNext(CancellationToken.None))
                {
                    output.Append(call.ResponseStream.Current.Text);
                }
            }

            return output.ToString();
        }
    }

    public string Report()
    {
        StringBuilder text = new();
        text.AppendLine($"--- {Name}");
        foreach (string line in Log.TakeLast(20))
        {
            text.AppendLine(line);
        }

        foreach (Alarm alarm in _engine?.Alarms.All ?? [])
        {
            text.AppendLine("alarm: " + alarm.Text);
        }

        foreach (SnapshotRow row in _plane?.Snapshot("drop", string.Empty) ?? [])
        {
            Proto.Forwarding.V1.DropCounter counter = Proto.Forwarding.V1.DropCounter.Parser.ParseFrom(row.Value);
            if (counter.Packets > 0)
            {
                text.AppendLine($"drop {row.Key}: {counter.Packets}");
            }
        }

        return text.ToString();
    }

    /// <summary>Makes an SA one that has sent or received so many packets.</summary>
    public void SetSequence(string table, ulong key, ulong sequence)
    {
        nint row = _arena.Attach(table, key, SaLayout, out bool existed);
        Assert.True(existed);
        System.Runtime.InteropServices.Marshal.WriteInt64(row, (long)sequence);
    }

    public void Dispose()
    {
        _plane?.Dispose();
        _crypto.Dispose();
        _arena.Dispose();
    }
}
