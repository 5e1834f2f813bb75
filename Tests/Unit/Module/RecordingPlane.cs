using Google.Protobuf;
using RouterOS.Forwarding.Plane;
using RouterOS.Module;
using RouterOS.Proto.Module.V1;

namespace RouterOS.Unit.Module;

/// <summary>A data plane that only remembers: what is in place, and every step in order. Steps wait for <see cref="Work"/> when held.</summary>
internal sealed class RecordingPlane : IModulePlane
{
    private readonly Queue<Action> _posted = new();

    public Action<PuntPacket>? Punted { get; set; }

    public Action<ModuleEvent>? Happened { get; set; }

    public Dictionary<(string Table, string Key), ByteString> Rows { get; } = [];

    public List<string> Steps { get; } = [];

    public List<InjectPacket> Injected { get; } = [];

    /// <summary>Rows that the plane refuses, with the reason.</summary>
    public Dictionary<(string Table, string Key), string> Refuse { get; } = [];

    /// <summary>Run-time rows by table.</summary>
    public Dictionary<string, Dictionary<string, IMessage>> State { get; } = [];

    public bool Held { get; set; }

    public void Apply(string table, string key, ReadOnlyMemory<byte> row, Action<string?> done) => Post(() =>
    {
        Steps.Add($"set {table} {key}");
        if (Refuse.TryGetValue((table, key), out string? reason))
        {
            done(reason);
            return;
        }

        Rows[(table, key)] = ByteString.CopyFrom(row.Span);
        done(null);
    });

    public void Remove(string table, string key, Action<string?> done) => Post(() =>
    {
        Steps.Add($"remove {table} {key}");
        Rows.Remove((table, key));
        done(null);
    });

    /// <summary>How often everybody was said to be in sync.</summary>
    public int Settled { get; private set; }

    public void Settle() => Post(() => Settled++);

    public void Snapshot(string table, string key, Action<IReadOnlyList<SnapshotRow>, bool> done) => Post(() =>
    {
        bool known = State.TryGetValue(table, out Dictionary<string, IMessage>? rows);
        done([.. (rows ?? []).Where(row => key.Length == 0 || row.Key == key).Select(row => new SnapshotRow(row.Key, row.Value.ToByteArray()))], known);
    });

    public void Inject(InjectPacket packet) => Injected.Add(packet);

    /// <summary>The worker's turn: does one posted step, or all.</summary>
    public void Work(int steps = int.MaxValue)
    {
        while (steps-- > 0 && _posted.TryDequeue(out Action? step))
        {
            step();
        }
    }

    private void Post(Action step)
    {
        _posted.Enqueue(step);
        if (!Held)
        {
            Work();
        }
    }
}
