using Microsoft.Extensions.Logging;
using RouterOS.Abstractions.Chassis;
using RouterOS.Core.Bus;
using RouterOS.Core.Cli;
using RouterOS.Core.Configuration;
using RouterOS.Core.Diagnostics;
using RouterOS.Core.Logging;
using RouterOS.Core.Network;
using RouterOS.Core.Plugins;
using RouterOS.Core.Storage;
using RouterOS.Core.Strands;
using RouterOS.Core.Tables;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Packets;
using RouterOS.Sdk.Plugins;
using RouterOS.Sdk.Strands;
using RouterOS.Sdk.Tables;

namespace RouterOS.Core.Supervision;

/// <summary>The routing engine of one chassis: modules, interfaces and routes, the bus, and the plugins' lives.</summary>
/// <remarks>
/// <see cref="Start"/> starts plugins and links and restores the configuration. The kernel's own state lives on one strand, each
/// plugin on its own. Plugins get an intent only once a module has said which ports there are, so that interfaces and routes are
/// written before what refers to them.
/// </remarks>
public sealed class RoutingEngine : IAsyncDisposable
{
    private const string KernelName = "core";

    private readonly RoutingEngineOptions _options;
    private readonly Strand _kernel;
    private readonly TableJournal _journal = new();
    private readonly ModuleSet _modules;
    private readonly NetworkState _network;
    private readonly List<PluginSupervisor> _plugins = [];
    private readonly ILogger _log;
    private readonly Sealer _sealer;
    private readonly TraceFiles _traces;
    private readonly TaskCompletionSource _converging = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IntentSet? _intent;
    private Task? _stopped;

    /// <summary>Puts the parts together; nothing runs before <see cref="Start"/>.</summary>
    public RoutingEngine(RoutingEngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _log = options.Log.CreateLogger(KernelName);
        Alarms = new(options.Strands.Time);
        _kernel = options.Strands.Create(KernelName, exception =>
        {
            _log.KernelFailed(exception, KernelName);
            Alarms.Raise("kernel", major: true, $"The kernel met an unexpected error ({exception.GetType().Name}: {exception.Message}); see the log.");
        });
        Bus = new(options.Strands.Time);
        Bus.Failed += (service, exception) => _kernel.Post(() => _plugins.Find(plugin => plugin.Offers(service))?.Fail(exception));

        // Opened first: the kernel's rows are what those of plugins refer to, and are sent first.
        ITableWriter rows = _journal.Open(KernelName);
        _journal.Refused += OnRefused;
        _journal.Relieved += ShowRefusals;
        _sealer = new(MasterKey.Open(options.Files, options.StateFolder));
        _traces = new(options.Strands.Time, options.TraceFolder);
        _network = new(OpenStore(KernelName), rows, options.Strands.Time, _log);
        _modules = new(_kernel);
        foreach (ModuleEndpoint endpoint in options.Modules)
        {
            _modules.Add(new(endpoint.Invoker, _journal.AddModule(endpoint.Name), _kernel, options.Strands.Time, _log));
            Alarms.Raise(LinkAlarm(endpoint.Name), major: true, $"Module {endpoint.Name} is not attached.");
        }

        _modules.Attached += (client, description) => _kernel.Run(() => OnAttached(client, description));
        _modules.Detached += OnDetached;
        _network.PortsKnown += Converge;
        new ModuleView(_modules, _kernel).Subscribe("port", happened => _kernel.Run(() => LearnPorts(happened.Key)));
        AddPlugins();
        Configuration = new(
            options.Platform.CreateLanguage(options.Profile),
            options.Profile,
            options.Files,
            options.StateFolder,
            _sealer,
            options.Strands.Time,
            Validators(options.Profile, options.Plugins),
            Apply,
            options.Log.CreateLogger("configuration"));
        Cli = CreateCli();
    }

    /// <summary>The command line; its service is on the bus.</summary>
    public CliEngine Cli { get; }

    /// <summary>The configuration in force, the candidate, the history.</summary>
    public ConfigurationStore Configuration { get; }

    /// <summary>The bus, for the CLI, for services of the kernel, and for the socket's server.</summary>
    public ServiceBus Bus { get; }

    /// <summary>What is not as it should be.</summary>
    public AlarmBoard Alarms { get; }

    /// <summary>The kernel's strand: for services and commands of the host.</summary>
    public IStrand Strand => _kernel;

    /// <summary>The plugins, in the order of their start.</summary>
    public IReadOnlyList<PluginStatus> Plugins => [.. _plugins.Select(plugin => plugin.Status)];

    /// <summary>Interfaces, for readers on the kernel's strand.</summary>
    public IInterfaceView Interfaces => new InterfaceView(_network, _kernel);

    /// <summary>Routes, for readers on the kernel's strand.</summary>
    public IRouteView Routes => new RouteView(_network, _kernel);

    /// <summary>Run-time state of the modules; reading is safe from any thread.</summary>
    public IModuleView Modules => new ModuleView(_modules, _kernel);

    /// <summary>Control packets of the kernel itself.</summary>
    public IControlPackets Packets => new ControlPackets(_modules, _kernel);

    /// <summary>Completes when a module has attached and the first intent was handed to everybody.</summary>
    public Task Converging => _converging.Task;

    /// <summary>Those who judge a candidate: the kernel's own rules, then every plugin's. Pure; any thread.</summary>
    public static IReadOnlyList<Func<IntentSet, IReadOnlyList<Finding>>> Validators(
        ChassisProfile profile, IEnumerable<ControlPluginFactory> plugins) =>
        [
            candidate => NetworkValidation.Validate(candidate.Get<SystemIntent>(), profile),
            .. plugins.Select(plugin => (Func<IntentSet, IReadOnlyList<Finding>>)plugin.Validator.Validate),
        ];

    /// <summary>Starts plugins, in the order of what they need, and the links to modules, and restores the configuration.</summary>
    public void Start()
    {
        _kernel.Post(() =>
        {
            _plugins.ForEach(plugin => plugin.Start());
            _modules.Start();
        });
        Configuration.Start();
    }

    /// <summary>Stops plugins, those that need others first, and leaves the modules as they are: what they have goes on.</summary>
    public ValueTask DisposeAsync() => new(_stopped ??= Stop());

    private static string LinkAlarm(string module) => "module " + module;

    private async Task Stop()
    {
        Configuration.Dispose();
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _kernel.Run(async () =>
        {
            foreach (PluginSupervisor plugin in Enumerable.Reverse(_plugins))
            {
                await plugin.Stop();
            }

            await _modules.Stop();
            done.SetResult();
        });
        await done.Task;
        _kernel.Dispose();
        _traces.Dispose();
    }

    private void AddPlugins()
    {
        List<string> problems = [];
        foreach (ControlPluginFactory factory in StartOrder.Of(_options.Plugins, Bus.Services, problems))
        {
            // Known from the start, so that nobody takes the rows of those that have started for all there are.
            _journal.Open(factory.Manifest.Name);
            _plugins.Add(new(factory, _options.Strands, _kernel, Surroundings, Forget, Alarms, _log));
        }

        foreach (string problem in problems)
        {
            _log.PluginNotLoaded(problem);
            Alarms.Raise("plugins " + problem, major: true, problem);
        }
    }

    private ControlContext Surroundings(PluginManifest manifest, Strand strand) => new()
    {
        Strand = strand,
        Time = _options.Strands.Time,
        Log = _options.Log.CreateLogger(manifest.Name),
        Traces = _traces,
        Tables = _journal.Open(manifest.Name),
        Modules = new ModuleView(_modules, strand),
        Packets = new ControlPackets(_modules, strand),
        Bus = Bus.For(strand),
        Store = OpenStore(manifest.Name),
        Interfaces = new InterfaceView(_network, strand, _kernel),
        Routes = new RouteView(_network, strand),
        Random = _options.Random,
        KeyExchange = _options.KeyExchange,
        Rsa = _options.Rsa,
        Cipher = _options.Cipher,
        Mac = _options.Mac,
    };

    // On a strand of its own: a command that is busy holds up nobody but other commands.
    private CliEngine CreateCli()
    {
        Strand strand = _options.Strands.Create("cli", exception => _log.KernelFailed(exception, "cli"));
        CommandServices services = new()
        {
            Time = _options.Strands.Time,
            Started = _options.Strands.Time.GetUtcNow(),
            Bus = Bus.Invoker,
            Interfaces = new InterfaceView(_network, strand, _kernel),
            Routes = new RouteView(_network, strand),
            Modules = new ModuleView(_modules, strand),
            Profile = _options.Profile,
            Log = _options.LogReader,
            ActiveConfiguration = () => Configuration.Whole,
        };
        CliEngine cli = new(
            Configuration,
            services,
            [
                .. AlarmCommands.Create(Alarms),
                .. LogCommands.Create(_traces, () => Cli.HostName),
                .. DiagnosticCommands.Create(new ControlPackets(_modules, strand), _options.Strands.Time),
                .. _options.Platform.CreateCommands(_options.Profile),
            ],
            _options.Log.CreateLogger("cli"));
        Bus.Provide(new CliService(cli), strand);
        return cli;
    }

    private SealedStore OpenStore(string name) => new(_options.Files, _sealer, _options.StateFolder, name, _log);

    // A committed intent; only posts.
    private void Apply(IntentSet intent) => _kernel.Post(() =>
    {
        _intent = intent;
        _network.Apply(intent.Get<SystemIntent>());
        Converge();
    });

    // Nothing of a life that has ended may be called again.
    private void Forget(IStrand strand)
    {
        Bus.Withdraw(strand);
        _modules.Forget(strand);
        _network.Forget(strand);
    }

    private void Converge()
    {
        if (_intent is { } intent && _network.ArePortsKnown)
        {
            _plugins.ForEach(plugin => plugin.Apply(intent));
            _converging.TrySetResult();
        }
    }

    private async Task OnAttached(ModuleClient client, ModuleDescription description)
    {
        Alarms.Clear(LinkAlarm(client.Name));
        Alarms.Replace($"module {client.Name}: ", major: false, description.Alarms);
        await LearnPorts(string.Empty);
    }

    private void OnDetached(ModuleClient client, string reason) =>
        Alarms.Raise(LinkAlarm(client.Name), major: true, $"Module {client.Name} is not attached: {reason}.");

    private async Task LearnPorts(string name)
    {
        IReadOnlyList<KeyValuePair<string, PortState>> ports;
        try
        {
            ports = await new ModuleView(_modules, _kernel).Snapshot<PortState>("port", name);
        }
        catch (Grpc.Core.RpcException)
        {
            // The module was lost again; its next attachment asks anew.
            return;
        }

        _network.Learn(ports.Select(port => KeyValuePair.Create(port.Key, new PortCondition(port.Value.Up, (int)port.Value.Mtu))));
    }

    private void OnRefused(RefusedRow row)
    {
        _log.RowRefused(row.Table, row.Key, row.Writer, row.Reason);
        ShowRefusals();
    }

    private void ShowRefusals() =>
        Alarms.Replace("row ", major: true, _journal.RefusedRows().Select(r => $"Row {r.Key} of table {r.Table} ({r.Writer}) is refused: {r.Reason}"));
}
