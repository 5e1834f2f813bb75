namespace RouterOS.Host.Terminal;

/// <summary>How the reading of a line ended.</summary>
internal enum LineEnding
{
    /// <summary>Enter.</summary>
    Entered,

    /// <summary>Ctrl-C.</summary>
    Interrupted,

    /// <summary>Ctrl-D on an empty line.</summary>
    EndOfInput,
}

/// <summary>A line that was read.</summary>
/// <param name="Text">The line.</param>
/// <param name="Ending">How it ended.</param>
internal sealed record LineResult(string Text, LineEnding Ending);
