namespace RouterOS.Proto.InProcess;

/// <summary>Bounds of calls inside a process.</summary>
public sealed record InProcessOptions
{
    /// <summary>The bounds that a socket has too.</summary>
    public static InProcessOptions Default { get; } = new();

    /// <summary>Largest message that either side takes, in bytes.</summary>
    public int MaxMessageBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Messages of one stream that may wait for their reader before a writer has to wait.</summary>
    public int StreamMessages { get; init; } = 16;
}
