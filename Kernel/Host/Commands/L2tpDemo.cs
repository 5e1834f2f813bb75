using System.Diagnostics;
using System.Net;
using System.Reflection;
using RouterOS.Core.Plugins;
using RouterOS.Host.Composition;
using RouterOS.Host.Demo;
using RouterOS.Host.Terminal;
using RouterOS.Proto.Sockets;
using RouterOS.Sdk.Clients;
using RouterOS.Simulation;

namespace RouterOS.Host.Commands;

/// <summary><c>routeros demo l2tp</c>: an E Series and two clients of L2TP under IPsec, which have the same address behind one NAT.</summary>
internal static class L2tpDemo
{
    private const string Model = "erx1440";
    private const string ExampleFile = "l2tp-ipsec.scr";
    private const int Pings = 5;

    private static readonly IPAddress s_server = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress s_home = IPAddress.Parse("192.0.2.9");
    private static readonly IPAddress s_inside = IPAddress.Parse("192.168.1.2");
    private static readonly IPAddress s_behind = IPAddress.Parse("10.10.0.10");

    // Users, passwords and the group's key stand in the example.
    private static readonly (string User, string Password)[] s_users = [("anna", "swordfish-1"), ("bert", "swordfish-2")];
    private const string PresharedKey = "exampleGroupKey";

    // What the demo shows of the router, in this order.
    private static readonly string[] s_shown =
    [
        "show ipsec ike-sa",
        "show ipsec transport interface",
        "show l2tp tunnel",
        "show l2tp session",
        "show subscribers",
        "show ip local pool",
    ];

    public static async Task<int> Run(bool once, CancellationToken stop)
    {
        TimeProvider time = TimeProvider.System;
        PluginCatalog catalog = PluginCatalog.Scan(PluginsFolder.Path);
        MemoryPortDriver memory = new();
        await using DemoChassis router = await DemoChassis.Boot(
            "lns",
            new PlatformCatalog(catalog).Find(Model),
            catalog,
            memory,
            [new WireOption("fastEthernet1/0", "memory", "provider"), new WireOption("gigabitEthernet2/0", "memory", "behind")],
            DemoFiles.Example(catalog, ExampleFile),
            DemoFiles.FreshFolder("demo-l2tp"),
            time);
        _ = Packets.Ipv4Address.TryParse(s_behind.ToString(), out uint behind);
        _ = new DemoHost((MemoryPort)memory.Open("host", "behind"), behind);
        DemoHome home = new((MemoryPort)memory.Open("home", "provider"), s_home, s_server);
        await router.Converging.WaitAsync(stop);
        TimeSpan up = time.GetUtcNow() - Process.GetCurrentProcess().StartTime.ToUniversalTime();
        Console.Out.WriteLine($"An {Model} with {ExampleFile}, up in {up.TotalSeconds:F1} s, and a home with two clients behind one NAT, {s_home}.");
        Console.Out.WriteLine($"Both clients have the address {s_inside} and UDP port 1701 inside; IKE, ESP inside UDP, L2TP, PPP with MS-CHAPv2.");

        using Grpc.Net.Client.GrpcChannel channel = UnixChannel.Create(router.Socket);
        Grpc.Core.CallInvoker cli = channel.CreateCallInvoker();
        if (!await home.Resolve(time, stop))
        {
            throw new RefusedException($"the router does not answer ARP for {s_server}");
        }

        ISimulatedClients clients = LoadClients(catalog);
        List<ISimulatedClient> connected = [];
        foreach ((string user, string password) in s_users)
        {
            connected.Add(await Connect(home, clients, user, password, time, cli, stop));
        }

        int status = await DemoFiles.Show(cli, "lns#", s_shown, stop);
        if (!once && ConsoleTerminal.IsPossible)
        {
            Console.Out.WriteLine();
            Console.Out.WriteLine("This is the command line of the E Series; the clients stay connected.");
            status = await CliCommand.Interactive(cli, stop);
        }

        connected.ForEach(client => client.Dispose());
        return status;
    }

    private static async Task<ISimulatedClient> Connect(
        DemoHome home, ISimulatedClients clients, string user, string password, TimeProvider time, Grpc.Core.CallInvoker cli, CancellationToken stop)
    {
        ISimulatedClient client = home.Add(
            clients,
            new ClientOptions { Server = s_server, Address = s_inside, User = user, Password = password, PresharedKey = PresharedKey, HostName = user + "-pc" },
            time);
        long start = time.GetTimestamp();
        if (await client.ConnectAsync().WaitAsync(stop) is { } failure)
        {
            await CliBatch.RunAsync(
                cli, Environment.UserName, ["show ipsec ike-sa", "show ipsec transport interface detail", "show l2tp tunnel"], Console.Error, Console.Error, stop);
            throw new RefusedException($"{user} could not connect: {failure}; what the router says of it stands above");
        }

        TimeSpan taken = time.GetElapsedTime(start);
        int answers = await Ping(client);
        string? rekey = await client.RekeyAsync();
        answers += await Ping(client);
        Console.Out.WriteLine(
            $"{user}: connected in {taken.TotalMilliseconds:F0} ms, has {client.Address}; {answers} of {2 * Pings} pings to {s_behind} answered, "
            + $"half of them {(rekey is null ? "with new keys" : $"although {rekey}")}.");
        return answers == 2 * Pings && rekey is null ? client : throw new RefusedException($"pings of {user} were lost");
    }

    private static async Task<int> Ping(ISimulatedClient client)
    {
        int answers = 0;
        for (int i = 0; i < Pings; i++)
        {
            answers += await client.PingAsync(s_behind, 1000) is null ? 0 : 1;
        }

        return answers;
    }

    private static ISimulatedClients LoadClients(PluginCatalog catalog)
    {
        string file = Path.Combine(PluginsFolder.Path, "Clients", "RouterOS.Clients.dll");
        if (!File.Exists(file))
        {
            throw new RefusedException($"the simulated clients are not in {PluginsFolder.Path}; build the solution again");
        }

        Assembly assembly = catalog.Load(file);
        Type type = assembly.GetExportedTypes().First(t => t.IsClass && typeof(ISimulatedClients).IsAssignableFrom(t));
        return (ISimulatedClients)Activator.CreateInstance(type)!;
    }
}
