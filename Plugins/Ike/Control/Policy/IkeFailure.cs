namespace RouterOS.Ike.Control.Policy;

/// <summary>A failure: a typed value with both sides' words and the configuration's line.</summary>
internal sealed record IkeFailure(FailureKind Kind, int Phase, string Message, ConfigSource Source)
{
    /// <summary>What of the kind it is about.</summary>
    public FailureAspect Aspect { get; init; }

    /// <summary>The peer's value; empty where it is not known.</summary>
    public string Theirs { get; init; } = string.Empty;

    /// <summary>Our value; empty where there is none.</summary>
    public string Ours { get; init; } = string.Empty;

    /// <summary>What was seen that says so.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    /// <summary>The message with the statement that it is about.</summary>
    public string Text => Source.Path.Length == 0 ? Message : $"{Message} ({Source.Path})";
}
