using RouterOS.Forwarding.Workers;

namespace RouterOS.Forwarding.Plane;

/// <summary>A row on its way into the tables of every worker, or out of them; done when the last has it.</summary>
internal sealed class RowTask(
    IReadOnlyList<PlaneWorker> workers, string table, string key, ReadOnlyMemory<byte>? row, int targets, Action<string?> done) : WorkerTask
{
    private string? _error;
    private int _left = targets;

    public override void Run(int worker)
    {
        try
        {
            if (row is { } value)
            {
                if (workers[worker].Set(table, key, value.Span) is { } refusal)
                {
                    Interlocked.CompareExchange(ref _error, refusal, null);
                }
            }
            else
            {
                workers[worker].Remove(table, key);
            }
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // A bug of one table must not stop the worker, which carries everybody's traffic.
            Interlocked.CompareExchange(ref _error, $"{fault.GetType().Name}: {fault.Message}", null);
        }

        if (Interlocked.Decrement(ref _left) == 0)
        {
            done(_error);
        }
    }
}
