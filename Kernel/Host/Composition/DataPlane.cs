using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using RouterOS.Abstractions.Ports;
using RouterOS.Core.Plugins;
using RouterOS.Crypto;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Plane;
using RouterOS.Module;

namespace RouterOS.Host.Composition;

/// <summary>The line and service modules of one chassis: ports, engines, nodes, one worker on a thread of its own, and its agent.</summary>
internal sealed class DataPlane : IDisposable
{
    private readonly CryptoEngines _crypto;
    private readonly RuntimeArena _arena;
    private readonly ForwardingPlane _plane;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _worker;

    /// <summary>Opens everything; on failure what was opened is closed again.</summary>
    /// <param name="name">The data plane's name in the chassis.</param>
    /// <param name="wires">Port names with their drivers.</param>
    /// <param name="drivers">Drivers by name.</param>
    /// <param name="catalog">Where node packages come from.</param>
    /// <param name="arena">Run-time rows; owned from here on.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Log of the process.</param>
    /// <exception cref="PortException">A port cannot be opened.</exception>
    public DataPlane(
        string name,
        IReadOnlyList<WireOption> wires,
        IReadOnlyDictionary<string, IPortDriver> drivers,
        PluginCatalog catalog,
        RuntimeArena arena,
        TimeProvider time,
        ILogger log)
    {
        List<string> alarms = [];
        List<PlanePort> ports = [];
        _arena = arena;
        _crypto = CryptoEngines.Open();
        try
        {
            foreach (WireOption wire in wires)
            {
                ports.Add(new PlanePort(wire.Port, $"{wire.Driver}:{wire.Argument}", Open(wire, drivers)));
            }

            IReadOnlyList<INodePackage> packages = NodePackages.Load(catalog.NodePackages, catalog.Load, alarms);
            ForwardingModulePlane link = new();
            _plane = new ForwardingPlane(new ForwardingPlaneOptions
            {
                Time = time,
                Ports = ports,
                Packages = packages,
                Arena = arena,
                CryptoFor = _crypto.For,
                OnPunt = link.OnPunt,
                OnEvent = link.OnEvent,
            });
            link.Attach(_plane);
            alarms.AddRange(_crypto.Alarms);
            Agent = new ModuleAgent(
                new ModuleIdentity(
                    name,
                    BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1,
                    time.GetUtcNow(),
                    _crypto.Describe(),
                    [.. packages.Select(package => package.Name)],
                    alarms),
                link);
        }
        catch
        {
            foreach (PlanePort port in ports)
            {
                port.Port.Dispose();
            }

            _crypto.Dispose();
            arena.Dispose();
            throw;
        }

        foreach (string engine in _crypto.Describe())
        {
            HostLog.CryptoEngine(log, engine);
        }

        foreach (string alarm in alarms)
        {
            HostLog.ModuleAlarm(log, alarm);
        }

        _worker = new Thread(() => _plane.Run(_stop.Token)) { Name = $"{name} worker", IsBackground = true };
    }

    /// <summary>The endpoint that the routing engine programs.</summary>
    public ModuleAgent Agent { get; }

    /// <summary>Starts the worker.</summary>
    public void Start() => _worker.Start();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _plane.Worker.Wake();
        if (_worker.IsAlive)
        {
            _worker.Join();
        }

        _plane.Dispose();
        _crypto.Dispose();
        _arena.Dispose();
        _stop.Dispose();
    }

    private static IPort Open(WireOption wire, IReadOnlyDictionary<string, IPortDriver> drivers) =>
        drivers.TryGetValue(wire.Driver, out IPortDriver? driver)
            ? driver.Open(wire.Port, wire.Argument)
            : throw new PortException(
                $"there is no port driver '{wire.Driver}' for {wire.Port}; there are: {string.Join(", ", drivers.Keys.Order(StringComparer.Ordinal))}");
}
