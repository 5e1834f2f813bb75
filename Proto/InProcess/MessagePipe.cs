namespace RouterOS.Proto.InProcess;

/// <summary>The messages of one direction of a call: bounded, one reader, one writer.</summary>
internal sealed class MessagePipe(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Queue<byte[]> _messages = new();
    private TaskCompletionSource? _reader;
    private TaskCompletionSource? _writer;
    private bool _complete;
    private Func<Exception>? _failure;

    /// <summary>Adds a message, after there is room for it.</summary>
    public async ValueTask WriteAsync(byte[] message)
    {
        while (!TryWrite(message, out TaskCompletionSource? room))
        {
            await room!.Task;
        }
    }

    /// <summary>Takes the next message; null at the end.</summary>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellationToken = default)
    {
        byte[]? message;
        while (!TryRead(out message, out TaskCompletionSource? arrival))
        {
            using CancellationTokenRegistration gaveUp = cancellationToken.UnsafeRegister(
                static (arrival, token) => ((TaskCompletionSource)arrival!).TrySetCanceled(token), arrival);
            try
            {
                await arrival!.Task;
            }
            catch (OperationCanceledException)
            {
                StopWaiting(arrival!);
                throw;
            }
        }

        return message;
    }

    /// <summary>Says that no message follows; those that wait are still read.</summary>
    public void Complete() => End(() => _complete = true);

    /// <summary>Drops what waits; both sides get the exception from now on.</summary>
    public void Fail(Func<Exception> failure) => End(() =>
    {
        _messages.Clear();
        _failure ??= failure;
    });

    /// <summary>From now on the writer gets the exception; the reader still gets what waits.</summary>
    public void RefuseWrites(Func<Exception> failure) => End(() =>
    {
        _complete = true;
        _failure ??= failure;
    });

    /// <summary>Adds a message if there is room; otherwise gives what to wait on.</summary>
    public bool TryWrite(byte[] message, out TaskCompletionSource? room)
    {
        TaskCompletionSource? wake;
        lock (_lock)
        {
            room = null;
            if (_failure is not null)
            {
                throw _failure();
            }

            if (_complete)
            {
                throw new InvalidOperationException("The stream is complete: nothing more may be written.");
            }

            if (_writer is not null)
            {
                throw new InvalidOperationException("Await a write before the next one.");
            }

            if (_messages.Count >= capacity)
            {
                room = _writer = Waiting.Create();
                return false;
            }

            _messages.Enqueue(message);
            wake = Take(ref _reader);
        }

        // Outside the lock: without a context the reader continues inside this call.
        wake?.TrySetResult();
        return true;
    }

    private bool TryRead(out byte[]? message, out TaskCompletionSource? arrival)
    {
        TaskCompletionSource? wake;
        lock (_lock)
        {
            arrival = null;
            if (_reader is not null)
            {
                throw new InvalidOperationException("Await a read before the next one.");
            }

            if (!_messages.TryDequeue(out message))
            {
                if (_complete)
                {
                    return true;
                }

                if (_failure is not null)
                {
                    throw _failure();
                }

                arrival = _reader = Waiting.Create();
                return false;
            }

            wake = Take(ref _writer);
        }

        wake?.TrySetResult();
        return true;
    }

    private void StopWaiting(TaskCompletionSource arrival)
    {
        lock (_lock)
        {
            if (_reader == arrival)
            {
                _reader = null;
            }
        }
    }

    private void End(Action change)
    {
        TaskCompletionSource? reader;
        TaskCompletionSource? writer;
        lock (_lock)
        {
            change();
            reader = Take(ref _reader);
            writer = Take(ref _writer);
        }

        reader?.TrySetResult();
        writer?.TrySetResult();
    }

    private static TaskCompletionSource? Take(ref TaskCompletionSource? waiting)
    {
        TaskCompletionSource? taken = waiting;
        waiting = null;
        return taken;
    }
}
