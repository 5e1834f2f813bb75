using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;
using RouterOS.Interop.V1;
using RouterOS.Proto.Sockets;

namespace RouterOS.Interop.Peer;

/// <summary>How the loss of a server is noticed.</summary>
internal static class LossCases
{
    private static readonly UnixChannelOptions s_pinging = new()
    {
        PingDelay = TimeSpan.FromSeconds(1),
        PingTimeout = TimeSpan.FromSeconds(1),
    };

    public static Task<int> StoppedAsync(string address, int pid) =>
        RunAsync("stopped server is noticed by pings", address, pid, "STOP", TimeSpan.FromSeconds(10));

    public static Task<int> KilledAsync(string address, int pid) =>
        RunAsync("killed server is noticed at once", address, pid, "KILL", TimeSpan.FromSeconds(5));

    private static async Task<int> RunAsync(string name, string address, int pid, string signal, TimeSpan limit) =>
        await Report.CaseAsync(name, async () =>
        {
            using GrpcChannel channel = Connect.To(address, s_pinging);
            Echo.EchoClient echo = new(channel);
            using AsyncDuplexStreamingCall<Ask, Answer> call = echo.Chat();
            await call.RequestStream.WriteAsync(new Ask());
            Report.Equal(true, await call.ResponseStream.MoveNext());
            using Process kill = Process.Start("kill", [$"-{signal}", $"{pid}"]);
            await kill.WaitForExitAsync();
            long start = Stopwatch.GetTimestamp();
            await Report.ThrowsAsync(StatusCode.Unavailable, () => call.ResponseStream.MoveNext());
            TimeSpan took = Stopwatch.GetElapsedTime(start);
            Console.WriteLine($"info {name}: after {took.TotalMilliseconds:F0} ms");
            Report.Equal(true, took < limit);
        }) ? 0 : 1;
}
