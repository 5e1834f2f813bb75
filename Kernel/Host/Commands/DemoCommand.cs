using System.CommandLine;
using System.Diagnostics;
using RouterOS.Abstractions.Chassis;
using RouterOS.Core.Plugins;
using RouterOS.Host.Composition;
using RouterOS.Host.Demo;
using RouterOS.Host.Terminal;
using RouterOS.Packets;
using RouterOS.Proto.Sockets;
using RouterOS.Sdk.Platforms;
using RouterOS.Simulation;

namespace RouterOS.Host.Commands;

/// <summary><c>routeros demo [l2tp] [--once]</c>: two chassis on a memory wire, a VPN between them, no privilege needed.</summary>
internal static class DemoCommand
{
    private const string Model = "srx240";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(20);

    // What the demo shows of site A, in this order.
    private static readonly string[] s_shown =
    [
        "show interfaces terse",
        "show route",
        "show security ike security-associations",
        "show security ipsec security-associations",
        "ping 10.10.2.10 source 10.10.1.1 count 5",
        "ping 192.168.100.2 source 192.168.100.1 count 5 size 1400",
        "show security ipsec statistics",
        "show security flow session",
    ];

    public static Command Create()
    {
        Option<bool> once = new("--once") { Description = "End after the output in place of staying in the command line." };
        Command command = new("demo", "Boot two SRX chassis joined by a wire in memory, bring a VPN up between them and show it. Needs no privilege.") { once };
        command.SetAction((parsed, stop) => CommonOptions.Guard(() => Run(parsed.GetValue(once), stop)));
        Option<bool> l2tpOnce = new("--once") { Description = once.Description };
        Command l2tp = new("l2tp", "Boot an E Series with the example l2tp-ipsec, connect two simulated clients behind one NAT, and show it. Needs no privilege.") { l2tpOnce };
        l2tp.SetAction((parsed, stop) => CommonOptions.Guard(() => L2tpDemo.Run(parsed.GetValue(l2tpOnce), stop)));
        command.Subcommands.Add(l2tp);
        return command;
    }

    private static async Task<int> Run(bool once, CancellationToken stop)
    {
        TimeProvider time = TimeProvider.System;
        PluginCatalog catalog = PluginCatalog.Scan(PluginsFolder.Path);
        (IPlatformPlugin Family, ChassisProfile Profile) platform = new PlatformCatalog(catalog).Find(Model);
        string folder = DemoFiles.FreshFolder("demo");
        MemoryPortDriver memory = new();
        // Sites: hosts behind ge-0/0/0, the provider's network between the two ge-0/0/1.
        await using DemoChassis siteA = await Boot("site-a", "hosts-a");
        await using DemoChassis siteB = await Boot("site-b", "hosts-b");
        PlugHost("hosts-a", "10.10.1.10");
        PlugHost("hosts-b", "10.10.2.10");
        TimeSpan up = time.GetUtcNow() - Process.GetCurrentProcess().StartTime.ToUniversalTime();
        Console.Out.WriteLine($"Two {platform.Profile.Model} chassis, site-a and site-b, joined by a wire in memory; up in {up.TotalSeconds:F1} s.");

        using Grpc.Net.Client.GrpcChannel channel = UnixChannel.Create(siteA.Socket);
        Grpc.Core.CallInvoker cli = channel.CreateCallInvoker();
        await WaitForTunnel(siteA, cli, time, stop);
        int status = await DemoFiles.Show(cli, $"{Environment.UserName}@site-a>", s_shown, stop);
        if (once || !ConsoleTerminal.IsPossible)
        {
            return status;
        }

        Console.Out.WriteLine($"This is the command line of site-a. Another terminal reaches site-b with: routeros cli --socket {siteB.Socket}");
        return await CliCommand.Interactive(cli, stop);

        async Task<DemoChassis> Boot(string name, string hosts)
        {
            DemoChassis chassis = await DemoChassis.Boot(
                name,
                platform,
                catalog,
                memory,
                [new WireOption("ge-0/0/0", "memory", hosts), new WireOption("ge-0/0/1", "memory", "provider")],
                DemoFiles.Example(catalog, name + ".conf"),
                folder,
                time);
            return chassis;
        }

        void PlugHost(string wire, string address)
        {
            _ = Ipv4Address.TryParse(address, out uint number);
            _ = new DemoHost((MemoryPort)memory.Open("host", wire), number);
        }
    }

    private static async Task WaitForTunnel(DemoChassis chassis, Grpc.Core.CallInvoker cli, TimeProvider time, CancellationToken stop)
    {
        await chassis.Converging.WaitAsync(stop);
        long start = time.GetTimestamp();
        while (!await chassis.AreTunnelsUp(stop))
        {
            if (time.GetElapsedTime(start) > s_patience)
            {
                await CliBatch.RunAsync(
                    cli,
                    Environment.UserName,
                    ["show security ike security-associations detail", "show log messages | last 20"],
                    Console.Error,
                    Console.Error,
                    stop);
                throw new RefusedException($"the VPN did not come up within {s_patience.TotalSeconds} s; what the router says of it stands above");
            }

            await Task.Delay(s_step, time, stop);
        }
    }
}
