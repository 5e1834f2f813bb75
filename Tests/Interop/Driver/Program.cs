using System.Globalization;
using System.Net;
using RouterOS.Interop.Driver;
using RouterOS.Sdk.Clients;

// driver SERVER ADDRESS COUNT USER PASSWORD [key=KEY] [aes] [group=N] [parallel=N] [secret=TUNNELSECRET] [sequencing]
// COUNT clients that all have ADDRESS and all are USER; with key= under IPsec, else in the clear. They connect; then each line of the input is a
// command to all: ping DESTINATION TIMES BYTES, rekey, rebind N, addresses, hangup, quit. Each answers with one line.
if (args.Length < 5)
{
    Console.Error.WriteLine("usage: driver SERVER ADDRESS COUNT USER PASSWORD [key=KEY] [aes] [group=N] [parallel=N] [secret=SECRET] [sequencing]");
    return 2;
}

Dictionary<string, string> words = args.Skip(5).Select(word => word.Split('=', 2)).ToDictionary(w => w[0], w => w.Length > 1 ? w[1] : string.Empty);
ClientOptions options = new()
{
    Server = IPAddress.Parse(args[0]),
    Address = IPAddress.Parse(args[1]),
    User = args[3],
    Password = args[4],
    PresharedKey = words.GetValueOrDefault("key", string.Empty),
    TunnelSecret = words.GetValueOrDefault("secret", string.Empty),
    UsesAes = words.ContainsKey("aes"),
    Group = int.Parse(words.GetValueOrDefault("group", "2"), CultureInfo.InvariantCulture),
    RequiresSequencing = words.ContainsKey("sequencing"),
};
int count = int.Parse(args[2], CultureInfo.InvariantCulture);
SocketClient[] clients = [.. Enumerable.Range(0, count).Select(i => new SocketClient(options with { HostName = $"driven{i}" }))];
Fleet fleet = new(clients, int.Parse(words.GetValueOrDefault("parallel", "8"), CultureInfo.InvariantCulture), Console.Out);
bool good = await fleet.Connect();
while (Console.In.ReadLine() is { } line && line != "quit")
{
    string[] command = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    switch (command)
    {
        case ["ping", var destination, var times, var bytes]:
            good &= await fleet.Ping(
                IPAddress.Parse(destination), int.Parse(times, CultureInfo.InvariantCulture), int.Parse(bytes, CultureInfo.InvariantCulture));
            break;
        case ["rekey"]:
            good &= await fleet.Rekey();
            break;
        case ["connect"]:
            good &= await fleet.Connect();
            break;
        case ["rebind", var number]:
            fleet.Rebind(int.Parse(number, CultureInfo.InvariantCulture));
            break;
        case ["addresses"]:
            fleet.Addresses();
            break;
        case ["hangup"]:
            fleet.HangUp();
            break;
        default:
            Console.Out.WriteLine($"not understood: {line}");
            break;
    }
}

foreach (SocketClient client in clients)
{
    client.Dispose();
}

return good ? 0 : 1;
