using System.CommandLine;
using Microsoft.Extensions.Logging;
using RouterOS.Abstractions.Chassis;
using RouterOS.Core.Logging;
using RouterOS.Core.Plugins;
using RouterOS.Core.Supervision;
using RouterOS.Crypto;
using RouterOS.Forwarding.Arena;
using RouterOS.Host.Composition;
using RouterOS.Host.Processes;
using RouterOS.Proto.InProcess;
using RouterOS.Sdk.Platforms;
using RouterOS.Simulation;

namespace RouterOS.Host.Commands;

/// <summary><c>routeros run</c>: boots a chassis, in one process or in two under a supervisor.</summary>
internal static class RunCommand
{
    private const string Split = "split";
    private const string Embedded = "embedded";

    public static Command Create()
    {
        Option<string> platform = CommonOptions.Platform();
        Option<string?> configuration = new("--config")
        {
            Description = "Configuration file, committed at boot when it differs from the file of the last boot; "
                + "without it, and for what was committed since, the state directory's configuration is used.",
            HelpName = "FILE",
        };
        Option<string[]> wires = CommonOptions.Wires();
        Option<string?> state = CommonOptions.State();
        Option<string?> socket = CommonOptions.Socket();
        Option<string> placement = new("--placement")
        {
            Description = "split: routing engine and data plane are processes of their own, each restarted when it ends. embedded: one process.",
            HelpName = "embedded|split",
            DefaultValueFactory = _ => Split,
        };
        placement.AcceptOnlyFromAmong(Embedded, Split);
        Option<int> workers = CommonOptions.Workers();
        Option<string?> crypto = CommonOptions.Crypto();
        Command command = new("run", "Boot a chassis and run it until Ctrl-C.")
        {
            platform, configuration, wires, state, socket, placement, workers, crypto,
        };
        command.SetAction((parsed, stop) => CommonOptions.Guard(async () =>
        {
            PluginCatalog catalog = PluginCatalog.Scan(PluginsFolder.Path);
            (IPlatformPlugin family, ChassisProfile profile) = new PlatformCatalog(catalog).Find(parsed.GetRequiredValue(platform));
            IReadOnlyList<WireOption> wiring = CommonOptions.ReadWires(parsed.GetValue(wires));
            CheckWires(wiring, profile);
            StatePaths paths = StatePaths.Prepare(parsed.GetValue(state), parsed.GetValue(socket));
            string? file = parsed.GetValue(configuration) is { } path ? Path.GetFullPath(path) : null;
            int threads = parsed.GetValue(workers);
            CryptoOverrides engines = CommonOptions.ReadCrypto(parsed.GetValue(crypto));
            return parsed.GetRequiredValue(placement) == Embedded
                ? await RunEmbedded(family, profile, catalog, wiring, threads, engines, paths, file, stop)
                : await Supervisor.Run(profile.Name, wiring, threads, engines, paths, file, stop);
        }));
        return command;
    }

    /// <summary>Refuses wires to ports that the chassis does not have.</summary>
    public static void CheckWires(IReadOnlyList<WireOption> wires, ChassisProfile profile)
    {
        HashSet<string> ports = [.. profile.Slots.SelectMany(slot => slot.Ports).Select(port => port.Name)];
        if (wires.FirstOrDefault(wire => !ports.Contains(wire.Port)) is { } unknown)
        {
            throw new RefusedException(
                $"{profile.Model} has no port {unknown.Port}; its ports are {string.Join(", ", ports)}");
        }
    }

    private static async Task<int> RunEmbedded(
        IPlatformPlugin family,
        ChassisProfile profile,
        PluginCatalog catalog,
        IReadOnlyList<WireOption> wires,
        int workers,
        CryptoOverrides crypto,
        StatePaths paths,
        string? file,
        CancellationToken stop)
    {
        TimeProvider time = TimeProvider.System;
        using EventLog console = new(time, null);
        ILogger log = console.CreateLogger("data");
        using DataPlane data = new(profile.Name, wires, workers, crypto, Drivers.With(new MemoryPortDriver()), catalog, new MemoryRuntimeArena(), time, log);
        InProcessServices services = new();
        services.Add(binder => Proto.Module.V1.Module.BindService(binder, data.Agent));
        data.Start();
        await using ChassisHost chassis = await ChassisHost.Boot(
            new ChassisSettings
            {
                Platform = family,
                Profile = profile,
                Catalog = catalog,
                StateFolder = paths.State,
                Socket = paths.Socket,
                Modules = [new ModuleEndpoint("data", new InProcessCallInvoker(services, time))],
                ConfigurationFile = file,
            },
            time);
        await chassis.Engine.Converging.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Console.Out.WriteLine($"{profile.Model} is up; attach with: routeros cli --socket {paths.Socket}");
        await Task.Delay(Timeout.InfiniteTimeSpan, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ExitCodes.Success;
    }
}
