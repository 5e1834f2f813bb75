using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Unit.Esp;

/// <summary>A worker without a graph: notes what nodes ask of it.</summary>
internal sealed class FakeWorker : WorkerServices, IDisposable
{
    private readonly List<string> _nodes = [];

    public List<Action> Timers { get; } = [];

    public List<(string Node, nint Packet)> Enqueued { get; } = new(1024);

    public List<string> Events { get; } = [];

    public long Now { get; set; } = 1_000_000_000;

    public override PacketPools Pools { get; } = new(1024, 16);

    public override long NowNanoseconds => Now;

    public override void Enqueue(int node, nint packet) => Enqueued.Add((_nodes[node], packet));

    public override int NodeIndex(string name)
    {
        if (!_nodes.Contains(name))
        {
            _nodes.Add(name);
        }

        return _nodes.IndexOf(name);
    }

    public override void Punt(string channel, nint packet)
    {
        Punted.Add((channel, PacketBuffer.At(packet).Data.ToArray()));
        Free(packet);
    }

    public override void RaiseEvent(string table, string key, string name) => Events.Add($"{table} {key} {name}");

    public override void Free(nint packet) => Pools.Return(packet);

    public List<Action> RoundEnds { get; } = [];

    public bool MoreInput { get; set; }

    public List<(string Channel, byte[] Packet)> Punted { get; } = [];

    public override bool InputWaits => MoreInput;

    public override void AtEndOfRound(Action action) => RoundEnds.Add(action);

    public override void Every(int milliseconds, Action action) => Timers.Add(action);

    public void Dispose() => Pools.Dispose();
}
