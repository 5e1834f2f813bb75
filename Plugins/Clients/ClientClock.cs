using RouterOS.Crypto.Control;

namespace RouterOS.Clients;

/// <summary>Time, randomness and the one gate of a client: whatever happens to it happens inside.</summary>
internal sealed class ClientClock(TimeProvider time)
{
    private readonly SystemSecureRandom _random = new();

    public Lock Gate { get; } = new();

    public TimeProvider Time => time;

    public DateTimeOffset Now => time.GetUtcNow();

    public SystemSecureRandom Random => _random;

    /// <summary>Runs work inside the gate after a delay; disposing the result before then cancels it.</summary>
    public IDisposable After(TimeSpan delay, Action work) => new Alarm(this, delay, work);

    /// <summary>Ends after a delay, inside the gate.</summary>
    public Task Delay(TimeSpan delay)
    {
        TaskCompletionSource over = new();
        _ = After(delay, over.SetResult);
        return over.Task;
    }

    public void Fill(Span<byte> destination) => _random.Fill(destination);

    public byte[] NewBytes(int count)
    {
        byte[] bytes = new byte[count];
        _random.Fill(bytes);
        return bytes;
    }

    /// <summary>A number from 1 on.</summary>
    public uint NewNumber() => BitConverter.ToUInt32(NewBytes(4)) | 0x1000;

    private sealed class Alarm : IDisposable
    {
        private readonly ClientClock _clock;
        private readonly ITimer _timer;
        private Action? _work;

        public Alarm(ClientClock clock, TimeSpan delay, Action work)
        {
            (_clock, _work) = (clock, work);
            _timer = clock.Time.CreateTimer(static alarm => ((Alarm)alarm!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(delay < TimeSpan.Zero ? TimeSpan.Zero : delay, Timeout.InfiniteTimeSpan);
        }

        public void Dispose()
        {
            _work = null;
            _timer.Dispose();
        }

        private void Ring()
        {
            lock (_clock.Gate)
            {
                Action? work = _work;
                Dispose();
                work?.Invoke();
            }
        }
    }
}
