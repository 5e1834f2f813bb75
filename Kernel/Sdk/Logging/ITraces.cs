namespace RouterOS.Sdk.Logging;

/// <summary>Trace files, which <c>show log NAME</c> prints.</summary>
public interface ITraces
{
    /// <summary>Opens a trace. Plugins may share a file by its name; whoever opens it last says how large it gets.</summary>
    ITrace Open(TraceFile file);
}
