using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Benchmarks.Esp;

/// <summary>A worker without a graph.</summary>
internal sealed class BenchWorker : WorkerServices
{
    public override PacketPools Pools { get; } = new(1024, 4);

    public override long NowNanoseconds => 1;

    public override void Enqueue(int node, nint packet) => throw new InvalidOperationException("No packet is enqueued here.");

    public override int NodeIndex(string name) => 0;

    public override void Punt(string channel, nint packet) => throw new InvalidOperationException("No packet is punted here.");

    public override void RaiseEvent(string table, string key, string name) => throw new InvalidOperationException($"{table} {key} {name}");

    public override void Free(nint packet) => throw new InvalidOperationException("No packet is freed here.");

    public override void AtEndOfRound(Action action)
    {
    }

    public List<Action> Timers { get; } = [];

    public override void Every(int milliseconds, Action action) => Timers.Add(action);
}
