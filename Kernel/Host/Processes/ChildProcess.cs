using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace RouterOS.Host.Processes;

/// <summary>One process of the chassis that is started again whenever it ends before it is told to.</summary>
/// <remarks>
/// The child holds the read end of a pipe as its standard input and stops cleanly when it closes, so it also ends when this process is
/// killed. A child that dies young is started again after a growing delay; one that has lived is started again at once.
/// </remarks>
internal sealed class ChildProcess(string name, IReadOnlyList<string> arguments, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private static readonly TimeSpan s_young = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_firstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromSeconds(5);

    // A clean stop of the routing engine tells every peer; a peer's network may be slow to take it.
    private static readonly TimeSpan s_stopPatience = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private Process? _process;
    private Task _loop = Task.CompletedTask;

    /// <summary>Completes when the child has failed in a way that starting again cannot mend: its exit code is <see cref="ExitCodes.Refused"/>.</summary>
    public Task<int> Refused => _refused.Task;

    private readonly TaskCompletionSource<int> _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts the child.</summary>
    public void Start() => _loop = RunAsync();

    /// <summary>Closes the child's input, waits for its end, and kills it when it does not come.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_process is { } process)
        {
            process.StandardInput.Close();
            using CancellationTokenSource patience = new(s_stopPatience, time);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                ProcessLog.ChildKilled(log, name);
                process.Kill();
            }
        }

        await _loop;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        TimeSpan delay = s_firstDelay;
        while (!_stopping.IsCancellationRequested)
        {
            long started = time.GetTimestamp();
            using Process process = Launch();
            _process = process;
            ProcessLog.ChildStarted(log, name, process.Id);
            await process.WaitForExitAsync(CancellationToken.None);
            _process = null;
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            if (process.ExitCode == ExitCodes.Refused)
            {
                _refused.TrySetResult(process.ExitCode);
                return;
            }

            ProcessLog.ChildEnded(log, name, process.ExitCode);
            if (time.GetElapsedTime(started) >= s_young)
            {
                delay = s_firstDelay;
                continue;
            }

            try
            {
                await Task.Delay(delay, time, _stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            delay = TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, s_longestDelay.Ticks));
        }
    }

    private Process Launch()
    {
        string self = Environment.ProcessPath ?? throw new InvalidOperationException("the process has no path");
        ProcessStartInfo info = new(self) { RedirectStandardInput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(self) == "dotnet")
        {
            info.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        }

        foreach (string argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        foreach ((string key, string value) in ProcessSettings.For(name))
        {
            info.Environment[key] = value;
        }

        return Process.Start(info) ?? throw new Win32Exception($"{self} did not start");
    }
}
