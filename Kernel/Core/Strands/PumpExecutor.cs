namespace RouterOS.Core.Strands;

/// <summary>Runs strands, offloaded work included, on a pump that somebody else turns: in simulations one thread drives everything.</summary>
public sealed class PumpExecutor(SynchronizationContext pump) : IStrandExecutor
{
    /// <inheritdoc/>
    public void Execute(Action work) => pump.Post(static w => ((Action)w!)(), work);

    /// <inheritdoc/>
    public void Offload(Action work) => Execute(work);
}
