namespace RouterOS.Core.Strands;

/// <summary>Makes strands over the injected executor and clock.</summary>
public interface IStrandFactory
{
    /// <summary>The clock that every strand's timers follow.</summary>
    TimeProvider Time { get; }

    /// <summary>Makes a strand.</summary>
    /// <param name="name">Name for logs.</param>
    /// <param name="failed">Told on the strand of every exception that escapes its work.</param>
    Strand Create(string name, Action<Exception> failed);
}
