using RouterOS.Proto.Module.V1;

namespace RouterOS.Module;

/// <summary>One attached routing engine's replies: in the order of its requests, each once the worker is done with it.</summary>
public sealed class ProgramSession
{
    private readonly Lock _gate = new();
    private readonly Queue<Pending> _pending = new();
    private readonly Action<ProgramReply> _reply;
    private readonly Action _superseded;
    private bool _closed;

    internal ProgramSession(Action<ProgramReply> reply, Action superseded)
    {
        _reply = reply;
        _superseded = superseded;
    }

    /// <summary>Ends the session; later answers of the worker are ignored.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _pending.Clear();
        }

        _superseded();
    }

    /// <summary>Takes a request's place in the order and returns what to call, once, with its outcome.</summary>
    internal Action<string?> Begin(ProgramRequest request, string table, string key)
    {
        Pending pending = new() { Reply = new() { Writer = request.Writer, Version = request.Version, Table = table, Key = key } };
        lock (_gate)
        {
            _pending.Enqueue(pending);
        }

        return error => Complete(pending, error);
    }

    private void Complete(Pending pending, string? error)
    {
        lock (_gate)
        {
            pending.Done = true;
            pending.Reply.Error = error ?? string.Empty;
            while (!_closed && _pending.TryPeek(out Pending? first) && first.Done)
            {
                _pending.Dequeue();

                // Under the gate, so that replies keep their order. Rows of a re-sync have no version of their own to acknowledge.
                if (first.Reply.Error.Length > 0 || first.Reply.Version != 0)
                {
                    _reply(first.Reply);
                }
            }
        }
    }

    private sealed class Pending
    {
        public required ProgramReply Reply { get; init; }

        public bool Done { get; set; }
    }
}
