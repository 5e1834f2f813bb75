using System.Globalization;
using Microsoft.Extensions.Logging;
using RouterOS.Crypto;
using RouterOS.Host.Composition;

namespace RouterOS.Host.Processes;

/// <summary>Starts the routing engine and the data process of one chassis, and starts each again when it ends.</summary>
internal static class Supervisor
{
    /// <summary>Runs the chassis until <paramref name="stop"/>, then stops the routing engine first, so that it can tell its peers.</summary>
    /// <returns>0 after a clean stop; <see cref="ExitCodes.Refused"/> when one of the processes cannot work as asked.</returns>
    public static async Task<int> Run(
        string platform, IReadOnlyList<WireOption> wires, int workers, CryptoOverrides crypto, StatePaths paths, string? configuration,
        CancellationToken stop)
    {
        TimeProvider time = TimeProvider.System;
        using ILoggerFactory loggers = LoggerFactory.Create(builder => builder.AddProvider(new ConsoleLog(time)).SetMinimumLevel(LogLevel.Information));
        ILogger log = loggers.CreateLogger("supervisor");
        string[] data =
        [
            ProcessSettings.DataProcess, "--platform", platform, "--state", paths.State, "--socket", paths.Socket,
            .. wires.SelectMany(wire => new[] { "--wire", wire.ToString() }),
            "--workers", workers.ToString(CultureInfo.InvariantCulture),
            .. crypto.Text.Length == 0 ? [] : new[] { "--crypto", crypto.Text },
        ];
        string[] engine =
        [
            ProcessSettings.RoutingEngine, "--platform", platform, "--state", paths.State, "--socket", paths.Socket,
            .. configuration is null ? [] : new[] { "--config", configuration },
        ];
        Task ended;
        await using (ChildProcess dataProcess = new(ProcessSettings.DataProcess, data, time, log))
        await using (ChildProcess routingEngine = new(ProcessSettings.RoutingEngine, engine, time, log))
        {
            dataProcess.Start();
            routingEngine.Start();
            Task stopped = Task.Delay(Timeout.InfiniteTimeSpan, time, stop);
            ended = await Task.WhenAny(dataProcess.Refused, routingEngine.Refused, stopped);
        }

        // A clean stop leaves no SA behind, so there is nothing that the run-time rows could still be for.
        paths.RemoveTransient();
        return ended is Task<int> refused ? await refused : ExitCodes.Success;
    }
}
