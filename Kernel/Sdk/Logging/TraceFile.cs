namespace RouterOS.Sdk.Logging;

/// <summary>A trace file as the configuration asks for it.</summary>
/// <param name="Name">Its name: letters, digits, '-', '_' and '.', at most 64; never <c>messages</c>.</param>
public sealed record TraceFile(string Name)
{
    /// <summary>Bytes at which the file is rotated.</summary>
    public const long DefaultBytes = 128 * 1024;

    /// <summary>Files that are kept, the one that is written included.</summary>
    public const int DefaultFiles = 3;

    /// <summary>Bytes at which the file is rotated.</summary>
    public long Bytes { get; init; } = DefaultBytes;

    /// <summary>Files that are kept, the one that is written included.</summary>
    public int Files { get; init; } = DefaultFiles;

    /// <summary>Regular expression without backtracking that lines must match; empty for all lines.</summary>
    public string Match { get; init; } = string.Empty;

    /// <summary>True when everybody on the router's host may read the file.</summary>
    public bool WorldReadable { get; init; }
}
