namespace RouterOS.Forwarding.Graphs;

/// <summary>The graph of a module cannot be built: the message names both ends of what does not fit. A fault of packages, not of configuration.</summary>
public sealed class GraphException : Exception
{
    /// <summary>An empty reason; use the overload with a message.</summary>
    public GraphException()
    {
    }

    /// <summary>The reason as one sentence.</summary>
    public GraphException(string message)
        : base(message)
    {
    }

    /// <summary>The reason as one sentence, with what caused it.</summary>
    public GraphException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
