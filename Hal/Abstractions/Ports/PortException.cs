namespace RouterOS.Abstractions.Ports;

/// <summary>A port could not be opened; the message tells an operator why and what to do.</summary>
public sealed class PortException : Exception
{
    /// <summary>An empty reason; use the overload with a message.</summary>
    public PortException()
    {
    }

    /// <summary>The reason as one sentence.</summary>
    public PortException(string message)
        : base(message)
    {
    }

    /// <summary>The reason as one sentence, with what caused it.</summary>
    public PortException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
