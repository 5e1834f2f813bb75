using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;
using RouterOS.Interop.V1;

namespace RouterOS.Interop.Peer;

/// <summary>Measures a server from another process.</summary>
internal static class Bench
{
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_length = TimeSpan.FromSeconds(4);

    public static async Task RunAsync(string address)
    {
        using GrpcChannel channel = Connect.To(address);
        Echo.EchoClient echo = new(channel);
        foreach (int concurrency in new[] { 1, 64 })
        {
            await CallsAsync(echo, concurrency, s_warmUp);
            (int calls, List<double> microseconds) = await CallsAsync(echo, concurrency, s_length);
            microseconds.Sort();
            Console.WriteLine(
                $"unary, {concurrency} at once: {calls / s_length.TotalSeconds:N0} calls/s, p50 {microseconds[microseconds.Count / 2]:F0} µs, "
                + $"p99 {microseconds[microseconds.Count * 99 / 100]:F0} µs");
        }

        await StreamAsync(echo, 100_000);
        const int Messages = 1_000_000;
        TimeSpan took = await StreamAsync(echo, Messages);
        Console.WriteLine($"download: {Messages / took.TotalSeconds:N0} messages/s");
    }

    private static async Task<(int Calls, List<double> Microseconds)> CallsAsync(Echo.EchoClient echo, int concurrency, TimeSpan length)
    {
        List<double>[] results = await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(async () =>
        {
            Ask ask = new() { Text = "bench" };
            List<double> times = [];
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < length)
            {
                long before = Stopwatch.GetTimestamp();
                await echo.UnaryAsync(ask);
                times.Add(Stopwatch.GetElapsedTime(before).TotalMicroseconds);
            }

            return times;
        })));
        List<double> all = [.. results.SelectMany(times => times)];
        return (all.Count, all);
    }

    private static async Task<TimeSpan> StreamAsync(Echo.EchoClient echo, int messages)
    {
        long start = Stopwatch.GetTimestamp();
        using AsyncServerStreamingCall<Answer> call = echo.Download(new Ask { Count = messages, Text = "bench" });
        while (await call.ResponseStream.MoveNext())
        {
        }

        return Stopwatch.GetElapsedTime(start);
    }
}
