using System.Diagnostics.CodeAnalysis;
using RouterOS.Proto.Module.V1;

namespace RouterOS.Core.Tables;

/// <summary>What one module still has to be told, and what it has acknowledged.</summary>
/// <remarks>
/// A (re)attached module is sent everything: writer by writer each row, then the end of sync of those writers that have once been
/// complete. Re-sent rows carry version 0, but for the last of each writer, which carries the writer's version of that moment.
/// What waits is bounded: a module that falls further behind than everything there is, and a little more, attaches anew.
/// </remarks>
public sealed class ModuleJournal
{
    /// <summary>Changes that may wait beside one for each row.</summary>
    public const int SpareChanges = 65536;

    private readonly TableJournal _journal;
    private readonly Queue<ResentRow> _resent = new();
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

    /// <summary>The module has taken changes too slowly: they are forgotten, and it must attach anew to get everything.</summary>
    public bool IsOverrun { get; private set; }

    /// <summary>Requests that wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_journal.Gate)
            {
                return _resent.Count + _outbox.Count;
            }
        }
    }

    /// <summary>A new stream to the module is open: queues everything.</summary>
    public void Attach()
    {
        lock (_journal.Gate)
        {
            IsAttached = true;
            Forget();
            IsOverrun = false;
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
            Forget();
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
            if (_resent.TryDequeue(out ResentRow row))
            {
                request = row.ToRequest();
                return true;
            }

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
        if (!IsAttached || IsOverrun)
        {
            return;
        }

        if (_outbox.Count >= SpareChanges && _outbox.Count >= SpareChanges + _journal.RowCount)
        {
            Forget();
            IsOverrun = true;
        }
        else
        {
            _outbox.Enqueue(request);
        }

        Pending?.Invoke();
    }

    internal ulong AcknowledgedBy(string writer) => _acknowledged.GetValueOrDefault(writer);

    internal ulong VersionAtAttach(string writer) => _atAttach.GetValueOrDefault(writer);

    internal void Acknowledge(string writer, ulong version) =>
        _acknowledged[writer] = Math.Max(version, AcknowledgedBy(writer));

    private void Resend(JournalWriter writer, bool allSynced)
    {
        _atAttach[writer.Name] = writer.Version;
        int left = writer.Rows.Count;
        if (left == 0 && !writer.Synced)
        {
            _acknowledged[writer.Name] = writer.Version;
        }

        foreach (JournalRow row in writer.InOrder())
        {
            _resent.Enqueue(new(writer.Name, row, row.Value, --left == 0 && !writer.Synced ? writer.Version : 0, false));
        }

        if (writer.Synced)
        {
            _resent.Enqueue(new(writer.Name, null, [], writer.Version, allSynced));
        }
    }

    private void Forget()
    {
        _resent.Clear();
        _outbox.Clear();
        // The room of a long backlog is not kept for the next one.
        _resent.TrimExcess();
        _outbox.TrimExcess();
    }
}
