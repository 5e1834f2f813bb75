namespace RouterOS.Ike.Control.Policy;

/// <summary>Where a value of the configuration stands; line 0 when it was typed.</summary>
internal sealed record ConfigSource(string Path, uint Line)
{
    /// <summary>A value that the configuration does not write down.</summary>
    public static ConfigSource None { get; } = new(string.Empty, 0);
}
