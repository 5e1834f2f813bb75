using Google.Protobuf;
using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Tables;

namespace RouterOS.Core.Tables;

/// <summary>All rows of all writers, in order, with a <see cref="ModuleJournal"/> for every module that must have them.</summary>
/// <remarks>Any thread: writers write from their own strands. A crashed writer's rows stay until its successor's end of sync.</remarks>
public sealed class TableJournal
{
    private readonly Lock _gate = new();
    private readonly List<JournalWriter> _writers = [];
    private readonly List<ModuleJournal> _modules = [];
    private long _order;

    /// <summary>Raised, on any thread, after a module has refused a row.</summary>
    public event Action<RefusedRow>? Refused;

    /// <summary>Raised, on any thread, after a refused row was written anew or removed.</summary>
    public event Action? Relieved;

    internal Lock Gate => _gate;

    internal IReadOnlyList<JournalWriter> Writers => _writers;

    internal int RowCount => _writers.Sum(writer => writer.Rows.Count);

    internal bool AreAllSynced => _writers.TrueForAll(writer => writer.Synced);

    /// <summary>
    /// Opens (or, after a crash, opens again) a writer. Rows of its earlier life stay in force until it writes them again or
    /// calls <see cref="ITableWriter.EndOfSync"/>. Writers opened first are re-sent first.
    /// </summary>
    public ITableWriter Open(string name)
    {
        lock (_gate)
        {
            JournalWriter? writer = Find(name);
            if (writer is null)
            {
                writer = new(name);
                _writers.Add(writer);
            }

            writer.Life++;
            foreach (JournalRow row in writer.Rows.All)
            {
                row.Stale = true;
            }

            return new TableWriter(this, writer, writer.Life);
        }
    }

    /// <summary>Adds a module; it gets everything when it attaches.</summary>
    public ModuleJournal AddModule(string name)
    {
        lock (_gate)
        {
            ModuleJournal module = new(this, name);
            _modules.Add(module);
            return module;
        }
    }

    /// <summary>Rows that are refused as they are now.</summary>
    public IReadOnlyList<RefusedRow> RefusedRows()
    {
        lock (_gate)
        {
            return [.. from writer in _writers
                       from row in writer.InOrder()
                       where row.Refusal is not null
                       select new RefusedRow(writer.Name, row.Table, row.Key, row.Refusal!)];
        }
    }

    internal ulong Set(JournalWriter writer, int life, string table, string key, IMessage message)
    {
        byte[] value = message.ToByteArray();
        ulong version;
        bool relieved;
        lock (_gate)
        {
            if (writer.Life != life)
            {
                return writer.Version;
            }

            if (!writer.Rows.TryGet(table, key, out JournalRow? row))
            {
                row = new(table, key, ++_order);
                writer.Rows.Add(row);
            }
            else if (row.Refusal is null && row.Value.AsSpan().SequenceEqual(value))
            {
                row.Stale = false;
                return row.Version;
            }

            relieved = row.Refusal is not null;
            row.Value = value;
            row.Version = version = ++writer.Version;
            row.Stale = false;
            row.Refusal = null;
            Send(new() { Writer = writer.Name, Version = version, Set = new() { Table = table, Key = key, Value = UnsafeByteOperations.UnsafeWrap(value) } });
        }

        if (relieved)
        {
            Relieved?.Invoke();
        }

        return version;
    }

    internal ulong Remove(JournalWriter writer, int life, string table, string key)
    {
        bool relieved;
        ulong version;
        lock (_gate)
        {
            if (writer.Life != life || !writer.Rows.TryGet(table, key, out JournalRow? row))
            {
                return writer.Version;
            }

            relieved = row.Refusal is not null;
            version = Remove(writer, table, key);
        }

        if (relieved)
        {
            Relieved?.Invoke();
        }

        return version;
    }

    internal void EndOfSync(JournalWriter writer, int life)
    {
        lock (_gate)
        {
            if (writer.Life != life)
            {
                return;
            }

            // Rows that refer to others were written after them, so they go first.
            foreach (JournalRow row in writer.InOrder().Where(row => row.Stale).Reverse().ToArray())
            {
                Remove(writer, row.Table, row.Key);
            }

            writer.Synced = true;
            Send(new() { Writer = writer.Name, Version = ++writer.Version, EndOfSync = new() { AllWriters = AreAllSynced } });
        }
    }

    internal Task<string?> Acknowledged(JournalWriter writer, ulong version)
    {
        lock (_gate)
        {
            if (IsAcknowledged(writer, version))
            {
                return Task.FromResult(writer.RefusalOf(version));
            }

            TaskCompletionSource<string?> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
            writer.Waiters.Add((version, done));
            return done.Task;
        }
    }

    /// <summary>Answers those whose versions every attached module now has. Called under the gate.</summary>
    internal void Complete(JournalWriter writer)
    {
        for (int i = 0; i < writer.Waiters.Count;)
        {
            (ulong version, TaskCompletionSource<string?> done) = writer.Waiters[i];
            if (!IsAcknowledged(writer, version))
            {
                i++;
                continue;
            }

            writer.Waiters.RemoveAt(i);
            done.SetResult(writer.RefusalOf(version));
        }
    }

    internal void Accept(ModuleJournal module, ProgramReply reply)
    {
        RefusedRow? refused = null;
        lock (_gate)
        {
            if (Find(reply.Writer) is not { } writer)
            {
                return;
            }

            if (reply.Error.Length > 0)
            {
                // A re-sent row has no version of its own: the reply is about the row as it was when the module attached.
                ulong version = reply.Version == 0 ? module.VersionAtAttach(writer.Name) : reply.Version;
                if (writer.Rows.TryGet(reply.Table, reply.Key, out JournalRow? row) && row.Version <= version)
                {
                    version = row.Version;
                    row.Refusal = reply.Error;
                }

                writer.Refuse(version, reply.Error);
                refused = new(writer.Name, reply.Table, reply.Key, reply.Error);
            }

            module.Acknowledge(writer.Name, reply.Version);
            Complete(writer);
        }

        if (refused is not null)
        {
            Refused?.Invoke(refused);
        }
    }

    private ulong Remove(JournalWriter writer, string table, string key)
    {
        writer.Rows.Remove(table, key);
        Send(new() { Writer = writer.Name, Version = ++writer.Version, Remove = new() { Table = table, Key = key } });
        return writer.Version;
    }

    private bool IsAcknowledged(JournalWriter writer, ulong version) =>
        _modules.TrueForAll(module => !module.IsAttached || module.AcknowledgedBy(writer.Name) >= version);

    private JournalWriter? Find(string name) => _writers.Find(writer => writer.Name == name);

    private void Send(ProgramRequest request)
    {
        foreach (ModuleJournal module in _modules)
        {
            module.Enqueue(request);
        }
    }
}
