using Google.Protobuf;
using RouterOS.Sdk.Tables;

namespace RouterOS.Unit.Ike.Simulation;

/// <summary>The writer of one life of the routing engine; the module behind it outlives it.</summary>
internal sealed class SimulatedTables(SimulatedModule module, SimulatedStrand strand) : ITableWriter
{
    private readonly HashSet<(string, string)> _written = [];
    private readonly Dictionary<ulong, string> _refusals = [];
    private readonly List<(ulong Version, TaskCompletionSource<string?> Done)> _waiting = [];
    private ulong _version;
    private ulong _inForce;

    /// <summary>What was written, in order.</summary>
    public List<(string Table, string Key, IMessage? Row)> Journal { get; } = [];

    public bool IsSynchronised { get; private set; }

    public ulong Set(string table, string key, IMessage row)
    {
        _written.Add((table, key));
        return Write(table, key, row);
    }

    public ulong Remove(string table, string key)
    {
        _written.Remove((table, key));
        return Write(table, key, null);
    }

    public void EndOfSync()
    {
        Assert.False(IsSynchronised);
        IsSynchronised = true;
        module.Sweep([.. _written]);
    }

    public Task<string?> Acknowledged(ulong version)
    {
        TaskCompletionSource<string?> done = new();
        _waiting.Add((version, done));
        Complete();
        return done.Task;
    }

    private ulong Write(string table, string key, IMessage? row)
    {
        Journal.Add((table, key, row));
        ulong version = ++_version;
        module.Program((table, key), row, error =>
        {
            if (error is not null)
            {
                _refusals[version] = error;
            }

            _inForce = version;
            strand.Post(Complete);
        });
        return version;
    }

    private void Complete()
    {
        foreach ((ulong version, TaskCompletionSource<string?> done) in _waiting.Where(w => w.Version <= _inForce).ToArray())
        {
            // What continues here may ask again, and come through this very loop.
            if (_waiting.RemoveAll(w => w.Done == done) > 0)
            {
                done.SetResult(_refusals.GetValueOrDefault(version));
            }
        }
    }
}
