using Microsoft.Extensions.Logging;
using RouterOS.Core.Bus;
using RouterOS.Core.Network;
using RouterOS.Core.Plugins;
using RouterOS.Core.Strands;
using RouterOS.Core.Tables;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Packets;
using RouterOS.Sdk.Plugins;
using RouterOS.Sdk.Strands;
using RouterOS.Sdk.Tables;

namespace RouterOS.Core.Supervision;

/// <summary>The routing engine of one chassis: modules, interfaces and routes, the bus, and the plugins' lives.</summary>
/// <remarks>
/// <see cref="Start"/> starts plugins and links; a committed intent goes in by <see cref="Apply"/>. The kernel's own state lives on
/// one strand, each plugin on its own. Plugins get an intent only once a module has said which ports there are, so that interfaces
/// and routes are written before what refers to them.
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
    private readonly TaskCompletionSource _converging = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IntentSet? _intent;

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
        _network = new(options.OpenStore(KernelName), rows, options.Strands.Time, _log);
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
    }

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

    /// <summary>Judges a candidate: the kernel's own rules, then every plugin's. Pure; any thread.</summary>
    public IReadOnlyList<Finding> Validate(IntentSet candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        List<Finding> findings = [.. NetworkValidation.Validate(candidate.Get<SystemIntent>(), _options.Profile)];
        foreach (ControlPluginFactory plugin in _options.Plugins)
        {
            findings.AddRange(plugin.Validator.Validate(candidate));
        }

        return findings;
    }

    /// <summary>Takes a committed intent; only posts. Any thread, in the order of commits.</summary>
    public void Apply(IntentSet intent) => _kernel.Post(() =>
    {
        _intent = intent;
        _network.Apply(intent.Get<SystemIntent>());
        Converge();
    });

    /// <summary>Starts plugins, in the order of what they need, and the links to modules.</summary>
    public void Start() => _kernel.Post(() =>
    {
        _plugins.ForEach(plugin => plugin.Start());
        _modules.Start();
    });

    /// <summary>Stops plugins, those that need others first, and leaves the modules as they are: what they have goes on.</summary>
    public async ValueTask DisposeAsync()
    {
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
    }

    private static string LinkAlarm(string module) => "module " + module;

    private void AddPlugins()
    {
        List<string> problems = [];
        foreach (ControlPluginFactory factory in StartOrder.Of(_options.Plugins, Bus.Services, problems))
        {
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
        Tables = _journal.Open(manifest.Name),
        Modules = new ModuleView(_modules, strand),
        Packets = new ControlPackets(_modules, strand),
        Bus = Bus.For(strand),
        Store = _options.OpenStore(manifest.Name),
        Interfaces = new InterfaceView(_network, strand),
        Routes = new RouteView(_network, strand),
        Random = _options.Random,
        KeyExchange = _options.KeyExchange,
        Cipher = _options.Cipher,
        Mac = _options.Mac,
    };

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
