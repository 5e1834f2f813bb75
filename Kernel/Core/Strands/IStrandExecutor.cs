namespace RouterOS.Core.Strands;

/// <summary>Where strands run: the thread pool, or the one thread of a simulation.</summary>
public interface IStrandExecutor
{
    /// <summary>Runs <paramref name="work"/> soon, never inside this call.</summary>
    void Execute(Action work);

    /// <summary>Runs a long computation soon, where it does not hold up strands if there is such a place.</summary>
    void Offload(Action work);
}
