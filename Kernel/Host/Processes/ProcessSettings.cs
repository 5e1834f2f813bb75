namespace RouterOS.Host.Processes;

/// <summary>Run-time settings of the chassis's processes, given through their environment.</summary>
internal static class ProcessSettings
{
    /// <summary>Name of the process that runs the control plane.</summary>
    public const string RoutingEngine = "routing-engine";

    /// <summary>Name of the process that hosts all line and service modules.</summary>
    public const string DataProcess = "data-process";

    /// <summary>The settings of one process.</summary>
    public static IEnumerable<(string Key, string Value)> For(string name)
    {
        // The default budget of generation 0 grows with the processor's cache; a router's processes are small and stay small.
        yield return ("DOTNET_GCgen0size", name == DataProcess ? "0x80000" : "0x200000");
        // Full collections beside the workers; elsewhere they cost a thread.
        yield return ("DOTNET_gcConcurrent", name == DataProcess ? "1" : "0");
        if (name == RoutingEngine)
        {
            // While thousands of sessions are set up much survives, and the budgets would grow with it: to twice the memory of all that lives.
            yield return ("DOTNET_GCGen0MaxBudget", "0x200000");
            yield return ("DOTNET_GCGen1MaxBudget", "0x200000");
            // Counts of every branch of the code that sessions run cost more memory than the faster code is worth here.
            yield return ("DOTNET_TieredPGO", "0");
            // Each thread of the pool would have an arena of malloc's.
            yield return ("MALLOC_ARENA_MAX", "2");
        }

        if (name == DataProcess)
        {
            // A collection stops the workers for about 0.15 ms and 2 us more for each KB that is still in use. Only rows on their way to
            // the workers make garbage; so little is collected at a time that the pauses stay below a millisecond. Without these bounds
            // the budgets grow to 6 MB when much survives, as it does just then.
            yield return ("DOTNET_GCGen0MaxBudget", "0x80000");
            yield return ("DOTNET_GCGen1MaxBudget", "0x40000");
            // Rows and packets are native memory of a few threads: more of malloc's arenas only lie about in pieces.
            yield return ("MALLOC_ARENA_MAX", "2");
            // The first seconds of a path would run several times slower until the optimising tier takes over.
            yield return ("DOTNET_TieredCompilation", "0");
            // A bound, so that a leak ends the process and not the machine. What the agent keeps of a row is under 1 KB, and a full
            // Internet table is a million of them; packets, routes and SAs lie in native memory.
            yield return ("DOTNET_GCHeapHardLimit", "0x40000000");
        }
    }
}
