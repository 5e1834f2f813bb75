using System.Diagnostics;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using RouterOS.Proto.Module.V1;

namespace RouterOS.Host.Processes;

/// <summary>Finds a data process that is there but does not work, and kills it; the supervisor starts it again.</summary>
/// <remarks>
/// A snapshot is answered by the worker itself, so it proves that packets are being served, not only that the process breathes.
/// A process that has ended is the supervisor's business, not this one's.
/// </remarks>
internal static class ModuleWatch
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    /// <summary>Watches until <paramref name="stop"/>.</summary>
    public static async Task Run(CallInvoker invoker, TimeProvider time, ILogger log, CancellationToken stop)
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

                await client.SnapshotAsync(new SnapshotRequest { Table = "port" }, deadline: deadline, cancellationToken: stop);
                silent = 0;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.DeadlineExceeded)
            {
                // Once may be a busy machine; twice is a module that forwards nothing.
                if (++silent >= 2 && processId != 0)
                {
                    Kill(processId, log);
                    processId = 0;
                    silent = 0;
                }
            }
            catch (RpcException)
            {
                // It has ended or is starting: another process answers next.
                processId = 0;
                silent = 0;
            }

            await Task.Delay(s_interval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static void Kill(int processId, ILogger log)
    {
        try
        {
            using Process process = Process.GetProcessById(processId);
            HostLog.DataProcessHung(log, processId);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // It has just ended by itself.
        }
    }
}
