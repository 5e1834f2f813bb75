namespace RouterOS.Core.Strands;

/// <summary>Brings awaits back to their strand.</summary>
internal sealed class StrandContext(Strand strand) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => strand.Post(() => d(state));

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (Current != this)
        {
            throw new NotSupportedException($"Strand {strand.Name} takes no blocking calls from outside; post the work.");
        }

        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;
}
