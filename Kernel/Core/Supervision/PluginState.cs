namespace RouterOS.Core.Supervision;

/// <summary>Life of a plugin.</summary>
public enum PluginState
{
    /// <summary>Not started yet, or stopped for good.</summary>
    Stopped,

    /// <summary>Started; follows the committed configuration.</summary>
    Running,

    /// <summary>An exception escaped: it starts again after a delay.</summary>
    Failed,
}
