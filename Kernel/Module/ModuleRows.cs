using RouterOS.Proto.Module.V1;

namespace RouterOS.Module;

/// <summary>The journal's module side: applies rows in order, acknowledges after the worker has them, sweeps per writer.</summary>
/// <remarks>Any thread. A row equal to the one in place goes to no worker, so a re-sync touches nothing that runs.</remarks>
public sealed class ModuleRows(IModulePlane plane)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Table, string Key), ModuleRow> _rows = [];
    private ProgramSession? _session;
    private long _order;

    /// <summary>Rows in place.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _rows.Count;
            }
        }
    }

    /// <summary>A routing engine attaches: it supersedes the one before, and every row counts as not re-sent.</summary>
    /// <param name="reply">Called in order, on any thread, when a reply can be sent.</param>
    /// <param name="superseded">Called when yet another routing engine attaches.</param>
    public ProgramSession Attach(Action<ProgramReply> reply, Action superseded)
    {
        ProgramSession session = new(reply, superseded);
        ProgramSession? before;
        lock (_gate)
        {
            before = _session;
            _session = session;
            foreach (ModuleRow row in _rows.Values)
            {
                row.Resent = false;
            }
        }

        before?.Close();
        return session;
    }

    /// <summary>Takes one request of a session; one of a superseded session is ignored.</summary>
    public void Take(ProgramSession session, ProgramRequest request)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(request);
        lock (_gate)
        {
            if (session != _session)
            {
                return;
            }

            switch (request.ChangeCase)
            {
                case ProgramRequest.ChangeOneofCase.Set:
                    Set(session, request);
                    break;
                case ProgramRequest.ChangeOneofCase.Remove:
                    Remove(session, request);
                    break;
                case ProgramRequest.ChangeOneofCase.EndOfSync:
                    Sweep(session, request);
                    break;
                default:
                    session.Begin(request, string.Empty, string.Empty)("The request holds no change.");
                    break;
            }
        }
    }

    private void Set(ProgramSession session, ProgramRequest request)
    {
        Row set = request.Set;
        Action<string?> done = session.Begin(request, set.Table, set.Key);
        if (!_rows.TryGetValue((set.Table, set.Key), out ModuleRow? row))
        {
            row = new(request.Writer, ++_order);
            _rows.Add((set.Table, set.Key), row);
        }
        else if (row.Writer != request.Writer)
        {
            done($"The row belongs to writer {row.Writer}.");
            return;
        }
        else if (!row.Refused && row.Value.Equals(set.Value))
        {
            row.Resent = true;
            done(null);
            return;
        }

        row.Value = set.Value;
        row.Resent = true;
        row.Refused = false;
        plane.Apply(set.Table, set.Key, set.Value.Memory, error =>
        {
            if (error is not null)
            {
                lock (_gate)
                {
                    row.Refused |= row.Value.Equals(set.Value);
                }
            }

            done(error);
        });
    }

    private void Remove(ProgramSession session, ProgramRequest request)
    {
        RowKey key = request.Remove;
        Action<string?> done = session.Begin(request, key.Table, key.Key);
        if (!_rows.TryGetValue((key.Table, key.Key), out ModuleRow? row) || row.Writer != request.Writer)
        {
            done(null);
            return;
        }

        _rows.Remove((key.Table, key.Key));
        plane.Remove(key.Table, key.Key, done);
    }

    private void Sweep(ProgramSession session, ProgramRequest request)
    {
        Action<string?> done = session.Begin(request, string.Empty, string.Empty);
        (string Table, string Key)[] stale = [.. _rows.Where(pair => pair.Value.Writer == request.Writer && !pair.Value.Resent)
            .OrderByDescending(pair => pair.Value.Order).Select(pair => pair.Key)];
        int left = stale.Length;
        if (left == 0)
        {
            done(null);
        }

        foreach ((string table, string key) in stale)
        {
            _rows.Remove((table, key));
            plane.Remove(table, key, _ =>
            {
                if (Interlocked.Decrement(ref left) == 0)
                {
                    done(null);
                }
            });
        }

        if (request.EndOfSync.AllWriters)
        {
            plane.Settle();
        }
    }
}
