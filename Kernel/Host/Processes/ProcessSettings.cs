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
        yield return ("DOTNET_GCgen0size", "0x800000");
        // Collections beside the workers shorten the longest pause while a large table is loaded to a fifth; elsewhere they cost a thread.
        yield return ("DOTNET_gcConcurrent", name == DataProcess ? "1" : "0");
        if (name == DataProcess)
        {
            // The first seconds of a path would run several times slower until the optimising tier takes over.
            yield return ("DOTNET_TieredCompilation", "0");
            // A bound, so that a leak ends the process and not the machine. What the agent keeps of a row is under 1 KB, and a full
            // Internet table is a million of them; packets, routes and SAs lie in native memory.
            yield return ("DOTNET_GCHeapHardLimit", "0x40000000");
        }
    }
}
