using RouterOS.Proto.Module.V1;

namespace RouterOS.Module;

/// <summary>The journal's module side: applies rows in order, acknowledges after the worker has them, sweeps per writer.</summary>
/// <remarks>Any thread. A row equal to the one in place goes to no worker, so a re-sync touches nothing that runs.</remarks>
public sealed unsafe class ModuleRows(IModulePlane plane)
{
    private readonly Lock _gate = new();
    private readonly RowStore _rows = new();
    private ProgramSession? _session;
    private uint _attachment;
    private ulong _write;

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
            _attachment++;
        }

        before?.Close();
        return session;
    }

    /// <summary>Completes when a session may send another request: the workers take rows as fast as packets let them.</summary>
    public static Task Room(ProgramSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.Room();
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
        ModuleRow* row = _rows.Find(set.Table, set.Key);
        if (row != null && row->Writer != _rows.NumberOf(request.Writer))
        {
            done($"The row belongs to writer {_rows.NameOf(row->Writer)}.");
            return;
        }

        if (row != null && row->Refused == 0 && RowStore.Value(row).SequenceEqual(set.Value.Span))
        {
            row->Attachment = _attachment;
            done(null);
            return;
        }

        // What the workers have now, to go back to.
        byte[]? before = row == null || row->Refused != 0 ? null : RowStore.Value(row).ToArray();
        row = _rows.SetValue(row == null ? _rows.Add(set.Table, set.Key, request.Writer) : row, set.Value.Span);
        row->Attachment = _attachment;
        row->Refused = 0;
        ulong write = row->Write = ++_write;
        plane.Apply(set.Table, set.Key, set.Value.Memory, error =>
        {
            if (error is not null)
            {
                TakeBack(set, write, before);
            }

            done(error);
        });
    }

    // A worker has refused the row, which others may have taken: all go back to what they had.
    private void TakeBack(Row set, ulong write, byte[]? before)
    {
        lock (_gate)
        {
            ModuleRow* row = _rows.Find(set.Table, set.Key);
            if (row == null || row->Write != write)
            {
                // Written anew meanwhile, or removed.
                return;
            }

            if (before is null)
            {
                row->Refused = 1;
                plane.Remove(set.Table, set.Key, _ => { });
            }
            else
            {
                _rows.SetValue(row, before);
                plane.Apply(set.Table, set.Key, before, _ => { });
            }
        }
    }

    private void Remove(ProgramSession session, ProgramRequest request)
    {
        RowKey key = request.Remove;
        Action<string?> done = session.Begin(request, key.Table, key.Key);
        ModuleRow* row = _rows.Find(key.Table, key.Key);
        if (row == null || row->Writer != _rows.NumberOf(request.Writer))
        {
            done(null);
            return;
        }

        _rows.Remove(row);
        plane.Remove(key.Table, key.Key, done);
    }

    private void Sweep(ProgramSession session, ProgramRequest request)
    {
        Action<string?> done = session.Begin(request, string.Empty, string.Empty);
        ushort writer = _rows.NumberOf(request.Writer);
        // One for this method, so that the last removal is known.
        int left = 1;
        Action<string?> gone = _ =>
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                done(null);
            }
        };
        for (ModuleRow* row = _rows.Newest; row != null;)
        {
            ModuleRow* older = row->Older;
            if (row->Writer == writer && row->Attachment != _attachment)
            {
                string table = _rows.NameOf(row->Table);
                string key = RowStore.KeyOf(row);
                _rows.Remove(row);
                Interlocked.Increment(ref left);
                plane.Remove(table, key, gone);
            }

            row = older;
        }

        gone(null);
        if (request.EndOfSync.AllWriters)
        {
            plane.Settle();
        }
    }
}
