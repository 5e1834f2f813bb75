using System.Diagnostics.CodeAnalysis;
using RouterOS.Proto.Module.V1;

namespace RouterOS.Core.Tables;

/// <summary>What one module still has to be told, and what it has acknowledged.</summary>
/// <remarks>
/// A (re)attached module is sent everything: writer by writer each row, then the end of sync of those writers that have once been
/// complete. Re-sent rows carry version 0, but for the last of each writer, which carries the writer's version of that moment.
/// </remarks>
public sealed class ModuleJournal
{
    private readonly TableJournal _journal;
    private readonly Queue<ProgramRequest> _outbox = new();
    private readonly Dictionary<string, ulong> _acknowledged = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ulong> _atAttach = new(StringComparer.Ordinal);

    internal ModuleJournal(TableJournal journal, string name)
    {
        _journal = journal;
        Name = name;
    }

    /// <summary>Raised, on any thread and under the journal's lock, when something waits to be sent.</summary>
    public event Action? Pending;

    /// <summary>The module's name.</summary>
    public string Name { get; }

    /// <summary>True between <see cref="Attach"/> and <see cref="Detach"/>.</summary>
    public bool IsAttached { get; private set; }

    /// <summary>Requests that wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_journal.Gate)
            {
                return _outbox.Count;
            }
        }
    }

    /// <summary>A new stream to the module is open: queues everything.</summary>
    public void Attach()
    {
        lock (_journal.Gate)
        {
            IsAttached = true;
            _outbox.Clear();
            _acknowledged.Clear();
            _atAttach.Clear();
            for (int i = 0; i < _journal.Writers.Count; i++)
            {
                Resend(_journal.Writers[i], allSynced: _journal.AreAllSynced && i == _journal.Writers.Count - 1);
            }

            Pending?.Invoke();
        }
    }

    /// <summary>The stream is lost: nobody waits for this module any more.</summary>
    public void Detach()
    {
        lock (_journal.Gate)
        {
            IsAttached = false;
            _outbox.Clear();
            foreach (JournalWriter writer in _journal.Writers)
            {
                _journal.Complete(writer);
            }
        }
    }

    /// <summary>Takes the next request to send.</summary>
    public bool TryTake([NotNullWhen(true)] out ProgramRequest? request)
    {
        lock (_journal.Gate)
        {
            return _outbox.TryDequeue(out request);
        }
    }

    /// <summary>Takes a reply of the module.</summary>
    public void Accept(ProgramReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        _journal.Accept(this, reply);
    }

    internal void Enqueue(ProgramRequest request)
    {
        if (IsAttached)
        {
            _outbox.Enqueue(request);
            Pending?.Invoke();
        }
    }

    internal ulong AcknowledgedBy(string writer) => _acknowledged.GetValueOrDefault(writer);

    internal ulong VersionAtAttach(string writer) => _atAttach.GetValueOrDefault(writer);

    internal void Acknowledge(string writer, ulong version) =>
        _acknowledged[writer] = Math.Max(version, AcknowledgedBy(writer));

    private void Resend(JournalWriter writer, bool allSynced)
    {
        ProgramRequest? last = null;
        _atAttach[writer.Name] = writer.Version;
        foreach (JournalRow row in writer.InOrder())
        {
            last = new() { Writer = writer.Name, Set = new() { Table = row.Table, Key = row.Key, Value = row.Value } };
            _outbox.Enqueue(last);
        }

        if (writer.Synced)
        {
            last = new() { Writer = writer.Name, EndOfSync = new() { AllWriters = allSynced } };
            _outbox.Enqueue(last);
        }

        if (last is null)
        {
            _acknowledged[writer.Name] = writer.Version;
        }
        else
        {
            last.Version = writer.Version;
        }
    }
}
