using RouterOS.Interop.Peer;

// The project's own side of the interop tests; ../run calls it.
//   serve ADDRESS            serves until it is ended; prints "ready ADDRESS"
//   client ADDRESS           runs the cases against a server; prints "pass NAME" or "fail NAME: why"
//   stopped ADDRESS PID      a server that is stopped by a signal must be noticed by pings
//   killed ADDRESS PID       a server that is killed must be noticed at once
//   bench ADDRESS            prints calls per second
// An ADDRESS is unix:PATH or tcp:HOST:PORT; port 0 takes a free one.
string[] usage = ["serve|client|bench ADDRESS", "stopped|killed ADDRESS PID"];
switch (args)
{
    case ["serve", string address]:
        await Server.RunAsync(address);
        return 0;
    case ["client", string address]:
        return await ClientCases.RunAsync(address);
    case ["stopped", string address, string pid]:
        return await LossCases.StoppedAsync(address, int.Parse(pid));
    case ["killed", string address, string pid]:
        return await LossCases.KilledAsync(address, int.Parse(pid));
    case ["bench", string address]:
        await Bench.RunAsync(address);
        return 0;
    default:
        Console.Error.WriteLine($"usage: {string.Join(" | ", usage)}");
        return 2;
}
