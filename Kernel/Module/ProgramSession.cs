using RouterOS.Proto.Module.V1;

namespace RouterOS.Module;

/// <summary>One attached routing engine's replies: in the order of its requests, each once the worker is done with it.</summary>
/// <remarks>A worker that answers waits for nobody: whoever holds the lock meanwhile sends its reply.</remarks>
public sealed class ProgramSession
{
    // Requests whose answer is out. A table of any length goes by in memory for so many rows: what waits for the workers is what a
    // garbage collection has to look at.
    private const int MostPending = 128;

    private readonly Lock _gate = new();
    private readonly Queue<Pending> _pending = new(MostPending);
    private readonly Action<ProgramReply> _reply;
    private readonly Action _superseded;
    private TaskCompletionSource? _room;
    private bool _closed;
    private int _answered;

    internal ProgramSession(Action<ProgramReply> reply, Action superseded)
    {
        _reply = reply;
        _superseded = superseded;
    }

    /// <summary>Completes when another request may come: at once, unless the workers are far behind.</summary>
    internal Task Room()
    {
        lock (_gate)
        {
            if (_pending.Count < MostPending || _closed)
            {
                return Task.CompletedTask;
            }

            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    /// <summary>Ends the session; later answers of the worker are ignored.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _pending.Clear();
            _room?.TrySetResult();
        }

        _superseded();
    }

    /// <summary>Takes a request's place in the order and returns what to call, once, with its outcome.</summary>
    internal Action<string?> Begin(ProgramRequest request, string table, string key)
    {
        Pending pending = new(this, request.Writer, request.Version, table, key);
        lock (_gate)
        {
            _pending.Enqueue(pending);
        }

        // An answer that came while this thread had the lock was left to it.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _answered) != 0)
        {
            Send();
        }

        return pending.Complete;
    }

    private void Send()
    {
        Interlocked.Exchange(ref _answered, 1);
        while (Volatile.Read(ref _answered) != 0 && _gate.TryEnter())
        {
            try
            {
                Volatile.Write(ref _answered, 0);
                SendAnswered();
            }
            finally
            {
                _gate.Exit();
            }

            Interlocked.MemoryBarrier();
        }
    }

    // Under the lock, so that replies keep their order.
    private void SendAnswered()
    {
        while (!_closed && _pending.TryPeek(out Pending? first) && first.IsAnswered)
        {
            _pending.Dequeue();

            // Rows of a re-sync have no version of their own to acknowledge.
            if (first.Error is not null || first.Version != 0)
            {
                _reply(new()
                {
                    Writer = first.Writer, Version = first.Version, Table = first.Table, Key = first.Key, Error = first.Error ?? string.Empty,
                });
            }
        }

        if (_room is not null && _pending.Count <= MostPending / 2)
        {
            _room.TrySetResult();
            _room = null;
        }
    }

    private sealed class Pending(ProgramSession session, string writer, ulong version, string table, string key)
    {
        private bool _answered;

        public string Writer => writer;

        public ulong Version => version;

        public string Table => table;

        public string Key => key;

        public string? Error { get; private set; }

        public bool IsAnswered => Volatile.Read(ref _answered);

        public void Complete(string? error)
        {
            Error = string.IsNullOrEmpty(error) ? null : error;
            Volatile.Write(ref _answered, true);
            session.Send();
        }
    }
}
