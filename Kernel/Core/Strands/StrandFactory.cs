namespace RouterOS.Core.Strands;

/// <summary>Makes strands over one executor and one clock.</summary>
public sealed class StrandFactory(IStrandExecutor executor, TimeProvider time) : IStrandFactory
{
    /// <inheritdoc/>
    public TimeProvider Time => time;

    /// <inheritdoc/>
    public Strand Create(string name, Action<Exception> failed) => new(name, executor, time, failed);
}
