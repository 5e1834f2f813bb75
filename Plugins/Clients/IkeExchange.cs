using RouterOS.Ike.Wire;

namespace RouterOS.Clients;

/// <summary>One message that waits for its answer: sent again until that comes or nothing helps.</summary>
internal sealed class IkeExchange(ClientClock clock, Action<byte[]> send)
{
    private const int Attempts = 6;

    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(2);

    private Func<byte[], bool>? _isAnswer;
    private TaskCompletionSource<byte[]?>? _answer;
    private IDisposable? _timer;

    /// <summary>Messages that had to be sent again.</summary>
    public int Repeated { get; private set; }

    /// <summary>Sends a message and waits for the first that answers it; null for silence.</summary>
    public Task<byte[]?> Ask(byte[] message, Func<byte[], bool> isAnswer)
    {
        _answer?.TrySetResult(null);
        _timer?.Dispose();
        (_isAnswer, _answer) = (isAnswer, new TaskCompletionSource<byte[]?>());
        Task<byte[]?> answer = _answer.Task;
        Send(message, Attempts);
        return answer;
    }

    /// <summary>Takes a message; false when nobody waits for it.</summary>
    public bool Take(byte[] message)
    {
        if (_answer is not { } waiting || !IsakmpHeader.TryParse(message, out _, out _) || !_isAnswer!(message))
        {
            return false;
        }

        End();
        waiting.SetResult(message);
        return true;
    }

    private void Send(byte[] message, int left)
    {
        send(message);
        _timer = clock.After(s_wait, () =>
        {
            if (left > 1)
            {
                Repeated++;
                Send(message, left - 1);
            }
            else if (_answer is { } waiting)
            {
                End();
                waiting.SetResult(null);
            }
        });
    }

    private void End()
    {
        _timer?.Dispose();
        (_answer, _isAnswer) = (null, null);
    }
}
