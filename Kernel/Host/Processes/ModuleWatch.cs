using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using RouterOS.Proto.Module.V1;

namespace RouterOS.Host.Processes;

/// <summary>Finds a data process that is there but does not work, and kills it; the supervisor starts it again.</summary>
/// <remarks>
/// A snapshot is answered by the worker itself, so it proves that packets are being served, not only that the process breathes.
/// A process that has ended is the supervisor's business, not this one's; one that hangs also breaks its connection by failing to answer pings.
/// </remarks>
internal static class ModuleWatch
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    // Before it answers for the first time it opens ports and tests engines.
    private static readonly TimeSpan s_startPatience = TimeSpan.FromSeconds(30);

    /// <summary>Watches until <paramref name="stop"/>.</summary>
    /// <param name="invoker">The data process's endpoint.</param>
    /// <param name="numberFile">File with its process number, for the time before it has answered.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where a kill is told.</param>
    /// <param name="stop">Ends the watch.</param>
    public static async Task Run(CallInvoker invoker, string numberFile, TimeProvider time, ILogger log, CancellationToken stop)
    {
        Proto.Module.V1.Module.ModuleClient client = new(invoker);
        int processId = 0;
        int silent = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                DateTime deadline = time.GetUtcNow().Add(s_patience).UtcDateTime;
                if (processId == 0)
                {
                    processId = (await client.GetModuleAsync(new GetModuleRequest(), deadline: deadline, cancellationToken: stop)).ProcessId;
                }

                await Ask(client, deadline, stop);
                silent = 0;
            }
            catch (RpcException) when (!stop.IsCancellationRequested)
            {
                // Once may be a busy machine; twice, while the process is still there, is a module that forwards nothing.
                using Process? process = processId != 0 ? Find(processId) : FindStarting(numberFile, time);
                silent = process is null ? 0 : silent + 1;
                if (process is null)
                {
                    processId = 0;
                }
                else if (silent >= 2)
                {
                    HostLog.DataProcessHung(log, process.Id);
                    process.Kill();
                    processId = 0;
                    silent = 0;
                }
            }
            catch (RpcException)
            {
                return;
            }

            await Task.Delay(s_interval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Any answer will do that only the worker can give.
    private static async Task Ask(Proto.Module.V1.Module.ModuleClient client, DateTime deadline, CancellationToken stop)
    {
        using AsyncServerStreamingCall<SnapshotReply> call = client.Snapshot(
            new SnapshotRequest { Table = "port" }, deadline: deadline, cancellationToken: stop);
        while (await call.ResponseStream.MoveNext(stop))
        {
        }
    }

    // One that has had time enough to answer.
    private static Process? FindStarting(string numberFile, TimeProvider time)
    {
        try
        {
            Process? process = int.TryParse(File.ReadAllText(numberFile), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? Find(number) : null;
            if (process is null || time.GetUtcNow() - process.StartTime.ToUniversalTime() >= s_startPatience)
            {
                return process;
            }

            process.Dispose();
            return null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    // The data process itself, not somebody who has got its number since.
    private static Process? Find(int processId)
    {
        if (processId == 0)
        {
            return null;
        }

        try
        {
            Process process = Process.GetProcessById(processId);
            if (!process.HasExited && File.ReadAllText($"/proc/{processId}/cmdline").Split('\0').Contains(ProcessSettings.DataProcess))
            {
                return process;
            }

            process.Dispose();
            return null;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IOException)
        {
            return null;
        }
    }
}
