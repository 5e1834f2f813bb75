namespace RouterOS.Sdk.Strands;

/// <summary>A serial queue: work posted to it runs one piece at a time, in order. Control code runs on strands only.</summary>
public interface IStrand
{
    /// <summary>Name for logs.</summary>
    string Name { get; }

    /// <summary>Context that brings awaits back to this strand; installed while its work runs.</summary>
    SynchronizationContext Context { get; }

    /// <summary>Queues work.</summary>
    void Post(Action work);

    /// <summary>Queues work after a delay of the injected clock; disposing the result before then cancels it.</summary>
    IDisposable Schedule(TimeSpan due, Action work);

    /// <summary>Runs a pure computation that takes long (a modular exponentiation) elsewhere; the await continues on this strand.</summary>
    Task<T> Offload<T>(Func<T> computation);
}
