using RouterOS.Core.Strands;
using RouterOS.Simulation;

namespace RouterOS.Scenario.Simulated;

/// <summary>Strands that can be killed together, as by kill -9: nothing that is queued, or that a timer or a reply would bring back, runs.</summary>
internal sealed class SimulatedProcess : SynchronizationContext
{
    private readonly SimulatedExecutor _pump;
    private bool _killed;

    public SimulatedProcess(SimulatedLoop loop)
    {
        _pump = loop.Executor;
        Strands = new StrandFactory(new PumpExecutor(this), loop.Clock);
    }

    public StrandFactory Strands { get; }

    public void Kill() => _killed = true;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (!_killed)
        {
            _pump.Post(
                work =>
                {
                    if (!_killed)
                    {
                        d(work);
                    }
                },
                state);
        }
    }

    public override SynchronizationContext CreateCopy() => this;
}
