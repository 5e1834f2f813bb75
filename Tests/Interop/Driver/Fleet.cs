using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace RouterOS.Interop.Driver;

/// <summary>Many clients, told what to do all at once; says in one line what became of it.</summary>
internal sealed class Fleet(SocketClient[] clients, int parallel, TextWriter output)
{
    /// <summary>Connects those that are not connected.</summary>
    public Task<bool> Connect() => Each("connected", clients, client => client.Connect());

    /// <summary>New SAs for all.</summary>
    public Task<bool> Rekey() => Each("rekeyed", clients, client => client.Client.RekeyAsync());

    /// <summary>The first ones' packets come from other ports from now on.</summary>
    public void Rebind(int count)
    {
        foreach (SocketClient client in clients.Take(count))
        {
            client.Rebind();
        }

        output.WriteLine($"rebound {Math.Min(count, clients.Length)}");
    }

    /// <summary>All ping at once, each so many times.</summary>
    public async Task<bool> Ping(IPAddress destination, int times, int bytes)
    {
        int answered = 0;
        int silent = 0;
        await Task.WhenAll(clients.Select(client => Task.Run(async () =>
        {
            int own = 0;
            for (int i = 0; i < times; i++)
            {
                if (await client.Client.PingAsync(destination, bytes) is not null)
                {
                    own++;
                }

                await Task.Delay(20);
            }

            Interlocked.Add(ref answered, own);
            Interlocked.Add(ref silent, own == 0 ? 1 : 0);
        })));
        int sent = times * clients.Length;
        output.WriteLine($"pinged {sent} answered {answered} lost {sent - answered} silent clients {silent}");
        return answered == sent;
    }

    /// <summary>How many addresses the clients have, and whether they are all different.</summary>
    public void Addresses()
    {
        string[] addresses = [.. clients.Select(client => client.Client.Address).OfType<IPAddress>().Select(a => a.ToString())];
        output.WriteLine($"addresses {addresses.Length} different {addresses.Distinct().Count()} ended {clients.Count(c => c.Client.Ended is not null)}");
        foreach (string? reason in clients.Select(c => c.Client.Ended).Where(e => e is not null).Distinct().Take(3))
        {
            output.WriteLine($"  {reason}");
        }
    }

    /// <summary>All hang up.</summary>
    public void HangUp()
    {
        foreach (SocketClient client in clients)
        {
            client.Client.HangUp();
        }

        output.WriteLine($"hung up {clients.Length}");
    }

    private async Task<bool> Each(string what, SocketClient[] who, Func<SocketClient, Task<string?>> work)
    {
        List<double> times = [];
        Dictionary<string, int> failures = [];
        int next = 0;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, parallel).Select(_ => Task.Run(Work)));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        times.Sort();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what} {times.Count} of {who.Length} in {seconds:F2} s, {times.Count / seconds:F1} a second, median {At(times, 0.5):F0} ms, p99 {At(times, 0.99):F0} ms"));
        foreach ((string failure, int count) in failures)
        {
            output.WriteLine($"  {count}: {failure}");
        }

        return times.Count == who.Length;

        async Task Work()
        {
            for (int i; (i = Interlocked.Increment(ref next) - 1) < who.Length;)
            {
                long begun = Stopwatch.GetTimestamp();
                string? failure = await work(who[i]);
                lock (times)
                {
                    if (failure is null)
                    {
                        times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                    }
                    else
                    {
                        failures[failure] = failures.GetValueOrDefault(failure) + 1;
                    }
                }
            }
        }
    }

    private static double At(List<double> sorted, double part) => sorted.Count == 0 ? double.NaN : sorted[(int)((sorted.Count - 1) * part)];
}
