using System.CommandLine;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RouterOS.Abstractions.Chassis;
using RouterOS.Abstractions.Ports;
using RouterOS.Core.Plugins;
using RouterOS.Core.Supervision;
using RouterOS.Crypto;
using RouterOS.Forwarding.Arena;
using RouterOS.Host.Composition;
using RouterOS.Host.Processes;
using RouterOS.Proto.Sockets;
using RouterOS.Sdk.Platforms;
using RouterOS.Simulation;

namespace RouterOS.Host.Commands;

/// <summary>The two processes of the split placement, as the supervisor starts them; hidden from help.</summary>
internal static class ProcessCommands
{
    // A module that is silent for two seconds is asked, and is dead two seconds later.
    private static readonly UnixChannelOptions s_moduleChannel = new()
    {
        PingDelay = TimeSpan.FromSeconds(2),
        PingTimeout = TimeSpan.FromSeconds(2),
    };

    public static Command CreateRoutingEngine()
    {
        Option<string> platform = CommonOptions.Platform();
        Option<string?> configuration = new("--config");
        Option<string?> state = CommonOptions.State();
        Option<string?> socket = CommonOptions.Socket();
        Command command = new(ProcessSettings.RoutingEngine, "The control plane of a split chassis.") { platform, configuration, state, socket };
        command.Hidden = true;
        command.SetAction((parsed, stop) => CommonOptions.Guard(() => RunEngine(
            parsed.GetRequiredValue(platform), StatePaths.Prepare(parsed.GetValue(state), parsed.GetValue(socket)), parsed.GetValue(configuration))));
        return command;
    }

    public static Command CreateDataProcess()
    {
        Option<string> platform = CommonOptions.Platform();
        Option<string[]> wires = CommonOptions.Wires();
        Option<string?> state = CommonOptions.State();
        Option<string?> socket = CommonOptions.Socket();
        Option<int> workers = CommonOptions.Workers();
        Option<string?> crypto = CommonOptions.Crypto();
        Command command = new(ProcessSettings.DataProcess, "The line and service modules of a split chassis.")
        {
            platform, wires, workers, crypto, state, socket,
        };
        command.Hidden = true;
        command.SetAction((parsed, stop) => CommonOptions.Guard(() => RunData(
            parsed.GetRequiredValue(platform),
            CommonOptions.ReadWires(parsed.GetValue(wires)),
            parsed.GetValue(workers),
            CommonOptions.ReadCrypto(parsed.GetValue(crypto)),
            StatePaths.Prepare(parsed.GetValue(state), parsed.GetValue(socket)))));
        return command;
    }

    private static async Task<int> RunEngine(string platform, StatePaths paths, string? file)
    {
        PluginCatalog catalog = PluginCatalog.Scan(PluginsFolder.Path);
        (IPlatformPlugin family, ChassisProfile profile) = new PlatformCatalog(catalog).Find(platform);
        TimeProvider time = TimeProvider.System;
        using Grpc.Net.Client.GrpcChannel channel = UnixChannel.Create(paths.ModuleSocket, s_moduleChannel, time);
        await using ChassisHost chassis = await ChassisHost.Boot(
            new ChassisSettings
            {
                Platform = family,
                Profile = profile,
                Catalog = catalog,
                StateFolder = paths.State,
                Socket = paths.Socket,
                Modules = [new ModuleEndpoint("data", channel.CreateCallInvoker())],
                ConfigurationFile = file,
                LogToConsole = true,
            },
            time);
        using CancellationTokenSource stop = new();
        Task watch = Task.WhenAll(
            ModuleWatch.Run(channel.CreateCallInvoker(), paths.ModuleProcess, time, chassis.Log, stop.Token), QuietCollection.Run(time, stop.Token));
        await ParentWatch.Closed();
        await stop.CancelAsync();
        await watch;
        return ExitCodes.Success;
    }

    private static async Task<int> RunData(
        string platform, IReadOnlyList<WireOption> wires, int workers, CryptoOverrides crypto, StatePaths paths)
    {
        // First of all: whatever hangs from here on can be found and ended.
        await File.WriteAllTextAsync(paths.ModuleProcess, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        PluginCatalog catalog = PluginCatalog.Scan(PluginsFolder.Path);
        TimeProvider time = TimeProvider.System;
        using ConsoleLog console = new(time);
        ILogger log = console.CreateLogger(ProcessSettings.DataProcess);
        using DataPlane data = new(platform, wires, workers, crypto, Drivers.With(new MemoryPortDriver()), catalog, Arena(paths), time, log);
        data.Start();
        data.CompileAhead();
        await using SocketServer server = await SocketServer.Start(
            paths.ModuleSocket,
            services => services.AddSingleton(data.Agent),
            application => application.MapGrpcService<RouterOS.Module.ModuleAgent>(),
            console);
        await ParentWatch.Closed();
        return ExitCodes.Success;
    }

    private static FileRuntimeArena Arena(StatePaths paths)
    {
        try
        {
            return new FileRuntimeArena(paths.Arena);
        }
        catch (IOException e)
        {
            throw new PortException($"the run-time rows in {paths.Arena} cannot be used: {e.Message}; is another routeros using this state directory?", e);
        }
    }
}
