using RouterOS.Forwarding.Plane;
using RouterOS.Module;
using RouterOS.Proto.Module.V1;

namespace RouterOS.Benchmarks.Scale;

/// <summary>Does what the module's agent does for a routing engine: takes messages, waits when the workers are behind.</summary>
internal sealed class Loader
{
    private readonly ForwardingModulePlane _link = new();
    private readonly ModuleRows _rows;
    private readonly ProgramSession _session;
    private string _problem = string.Empty;
    private long _answered;

    public Loader(ForwardingPlane plane)
    {
        _link.Attach(plane);
        _rows = new ModuleRows(_link);
        _session = _rows.Attach(Take, () => { });
    }

    /// <summary>Programs rows and returns once the workers have them.</summary>
    public void Load(Messages messages)
    {
        long end = Interlocked.Read(ref _answered) + messages.Count;
        for (int i = 0; i < messages.Count; i++)
        {
            _rows.Take(_session, ProgramRequest.Parser.ParseFrom(messages[i]));
            ModuleRows.Room(_session).GetAwaiter().GetResult();
        }

        SpinWait.SpinUntil(() => Interlocked.Read(ref _answered) == end || _problem.Length > 0);
        if (_problem.Length > 0)
        {
            throw new InvalidOperationException(_problem);
        }
    }

    /// <summary>Reads a table's run-time rows.</summary>
    public void Read(string table, int expected)
    {
        TaskCompletionSource<int> read = new();
        _link.Snapshot(table, string.Empty, (rows, _) => read.SetResult(rows.Count));
        if (read.Task.GetAwaiter().GetResult() is var found && found != expected)
        {
            throw new InvalidOperationException($"The snapshot of {table} has {found} rows, not {expected}.");
        }
    }

    private void Take(ProgramReply reply)
    {
        if (reply.Error.Length > 0)
        {
            _problem = $"{reply.Table} {reply.Key}: {reply.Error}";
        }

        Interlocked.Increment(ref _answered);
    }
}
