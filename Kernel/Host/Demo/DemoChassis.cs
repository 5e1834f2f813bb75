using RouterOS.Abstractions.Chassis;
using RouterOS.Core.Logging;
using RouterOS.Core.Plugins;
using RouterOS.Core.Supervision;
using RouterOS.Crypto;
using RouterOS.Forwarding.Arena;
using RouterOS.Host.Composition;
using RouterOS.Proto.Ike.V1;
using RouterOS.Proto.InProcess;
using RouterOS.Sdk.Platforms;
using RouterOS.Simulation;

namespace RouterOS.Host.Demo;

/// <summary>One chassis of the demo: routing engine and data plane in this process.</summary>
internal sealed class DemoChassis : IAsyncDisposable
{
    private readonly DataPlane _data;
    private readonly EventLog _log;
    private readonly ChassisHost _host;

    private DemoChassis(DataPlane data, EventLog log, ChassisHost host, string socket)
    {
        _data = data;
        _log = log;
        _host = host;
        Socket = socket;
    }

    /// <summary>Socket of its command line.</summary>
    public string Socket { get; }

    /// <summary>Completes when the configuration is in force.</summary>
    public Task Converging => _host.Engine.Converging;

    /// <summary>Boots a chassis from a configuration file.</summary>
    public static async Task<DemoChassis> Boot(
        string name,
        (IPlatformPlugin Family, ChassisProfile Profile) platform,
        PluginCatalog catalog,
        MemoryPortDriver memory,
        IReadOnlyList<WireOption> wires,
        string file,
        string folder,
        TimeProvider time)
    {
        EventLog log = new(time, null);
        DataPlane data = new(
            name, wires, workers: 1, CryptoOverrides.None, Drivers.With(memory), catalog, new MemoryRuntimeArena(1024), time,
            log.CreateLogger("data"));
        InProcessServices services = new();
        services.Add(binder => Proto.Module.V1.Module.BindService(binder, data.Agent));
        data.Start();
        try
        {
            StatePaths paths = StatePaths.Prepare(Path.Combine(folder, name), Path.Combine(folder, name + ".sock"));
            ChassisHost host = await ChassisHost.Boot(
                new ChassisSettings
                {
                    Platform = platform.Family,
                    Profile = platform.Profile,
                    Catalog = catalog,
                    StateFolder = paths.State,
                    Socket = paths.Socket,
                    Modules = [new ModuleEndpoint("data", new InProcessCallInvoker(services, time))],
                    ConfigurationFile = file,
                },
                time);
            return new DemoChassis(data, log, host, paths.Socket);
        }
        catch
        {
            data.Dispose();
            log.Dispose();
            throw;
        }
    }

    /// <summary>True when every VPN of the chassis has its SAs.</summary>
    public async Task<bool> AreTunnelsUp(CancellationToken stop)
    {
        ListVpnsReply reply = await new Ike.IkeClient(_host.Engine.Bus.Invoker).ListVpnsAsync(new ListVpnsRequest(), cancellationToken: stop);
        return reply.Vpns.Count > 0 && reply.Vpns.All(vpn => vpn.Up);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _data.Dispose();
        _log.Dispose();
    }
}
