using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using RouterOS.Abstractions.Crypto;
using RouterOS.Abstractions.Ports;
using RouterOS.Core.Plugins;
using RouterOS.Crypto;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Plane;
using RouterOS.Module;
using CryptoUse = RouterOS.Proto.Module.V1.CryptoUse;

namespace RouterOS.Host.Composition;

/// <summary>The line and service modules of one chassis: ports, engines, nodes, workers on threads of their own, and its agent.</summary>
internal sealed class DataPlane : IDisposable
{
    // Buffers per worker: eight full rings of a port, and super-packets of one round.
    private const int SmallBuffersPerWorker = 8192;
    private const int LargeBuffersPerWorker = 256;

    private readonly List<CryptoEngines> _crypto = [];
    private readonly RuntimeArena _arena;
    private readonly ForwardingPlane _plane;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread[] _workers;
    private readonly IReadOnlyList<INodePackage> _packages;

    /// <summary>Opens everything; on failure what was opened is closed again.</summary>
    /// <param name="name">The data plane's name in the chassis.</param>
    /// <param name="wires">Port names with their drivers.</param>
    /// <param name="workers">Worker threads.</param>
    /// <param name="crypto">Engines that the operator wants first.</param>
    /// <param name="drivers">Drivers by name.</param>
    /// <param name="catalog">Where node packages come from.</param>
    /// <param name="arena">Run-time rows; owned from here on.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Log of the process.</param>
    /// <exception cref="PortException">A port cannot be opened.</exception>
    public DataPlane(
        string name,
        IReadOnlyList<WireOption> wires,
        int workers,
        CryptoOverrides crypto,
        IReadOnlyDictionary<string, IPortDriver> drivers,
        PluginCatalog catalog,
        RuntimeArena arena,
        TimeProvider time,
        ILogger log)
    {
        List<string> alarms = [];
        List<PlanePort> ports = [];
        _arena = arena;
        try
        {
            for (int i = 0; i < workers; i++)
            {
                _crypto.Add(CryptoEngines.Open(crypto));
            }

            foreach (WireOption wire in wires)
            {
                ports.Add(new PlanePort(wire.Port, $"{wire.Driver}:{wire.Argument}", Open(wire, drivers, workers)));
            }

            _packages = NodePackages.Load(catalog.NodePackages, catalog.Load, alarms);
            ForwardingModulePlane link = new();
            _plane = new ForwardingPlane(new ForwardingPlaneOptions
            {
                Time = time,
                Workers = workers,
                Ports = ports,
                Packages = _packages,
                Arena = arena,
                CryptoOfWorker = worker => _crypto[worker].For,
                SmallBuffers = SmallBuffersPerWorker * workers,
                LargeBuffers = LargeBuffersPerWorker * workers,
                OnPunt = link.OnPunt,
                OnEvent = link.OnEvent,
            });
            link.Attach(_plane);
            Agent = new ModuleAgent(
                new ModuleIdentity(
                    name,
                    BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1,
                    time.GetUtcNow(),
                    _crypto[0].Describe(),
                    [.. _packages.Select(package => package.Name)],
                    alarms)
                {
                    CryptoUses = () => CryptoReport.Of(_crypto).Select(Use),
                    CryptoAlarms = CryptoAlarms,
                },
                link);
        }
        catch
        {
            foreach (PlanePort port in ports)
            {
                port.Port.Dispose();
            }

            _crypto.ForEach(engines => engines.Dispose());
            arena.Dispose();
            throw;
        }

        foreach (PlanePort port in ports.Where(port => port.Port.Notice.Length > 0))
        {
            HostLog.PortNotice(log, port.Port.Notice);
        }

        foreach (string engine in _crypto[0].Describe())
        {
            HostLog.CryptoEngine(log, engine);
        }

        foreach (string alarm in alarms.Concat(CryptoAlarms()))
        {
            HostLog.ModuleAlarm(log, alarm);
        }

        _workers =
        [
            .. Enumerable.Range(0, workers).Select(worker =>
                new Thread(() => _plane.Run(worker, _stop.Token)) { Name = $"{name} worker {worker}", IsBackground = true }),
        ];
    }

    /// <summary>The endpoint that the routing engine programs.</summary>
    public ModuleAgent Agent { get; }

    /// <summary>Starts the workers.</summary>
    public void Start() => Array.ForEach(_workers, worker => worker.Start());

    /// <summary>Compiles what the workers may come to run, on a thread of its own, while they run.</summary>
    public void CompileAhead() =>
        new Thread(() => Module.CompileAhead.Run(_packages, typeof(CryptoEngines).Assembly)) { Name = "compile ahead", IsBackground = true }.Start();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        foreach (Thread worker in _workers.Where(worker => worker.IsAlive))
        {
            worker.Join();
        }

        _plane.Dispose();
        _crypto.ForEach(engines => engines.Dispose());
        _arena.Dispose();
        _stop.Dispose();
    }

    private static CryptoUse Use(CryptoReport report) => new()
    {
        Suite = report.Family,
        Decrypts = report.Direction == CryptoDirection.Decrypt,
        Engine = report.Engine,
        Chosen = report.IsChosen,
        SelfTest = report.Passed switch
        {
            true => CryptoUse.Types.SelfTest.Passed,
            false => CryptoUse.Types.SelfTest.Failed,
            null => CryptoUse.Types.SelfTest.NotRun,
        },
        Jobs = (ulong)report.Counts.Jobs,
        Bytes = (ulong)report.Counts.Bytes,
        Failures = (ulong)report.Counts.Failures,
    };

    private IEnumerable<string> CryptoAlarms() => _crypto.SelectMany(engines => engines.Alarms).Distinct();

    private static IPort Open(WireOption wire, IReadOnlyDictionary<string, IPortDriver> drivers, int workers) =>
        drivers.TryGetValue(wire.Driver, out IPortDriver? driver)
            ? driver.Open(wire.Port, wire.Argument, workers)
            : throw new PortException(
                $"there is no port driver '{wire.Driver}' for {wire.Port}; there are: {string.Join(", ", drivers.Keys.Order(StringComparer.Ordinal))}");
}
