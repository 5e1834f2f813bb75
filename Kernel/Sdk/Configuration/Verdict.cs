namespace RouterOS.Sdk.Configuration;

/// <summary>What the router does with a statement, and why.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Reason">One sentence; empty when the statement is applied.</param>
public sealed record Verdict(VerdictKind Kind, string Reason)
{
    /// <summary>Done as written.</summary>
    public static Verdict Applied { get; } = new(VerdictKind.Applied, string.Empty);

    /// <summary>Done by other means, named in <paramref name="how"/>.</summary>
    public static Verdict Equivalent(string how) => new(VerdictKind.Equivalent, how);

    /// <summary>Without effect, harmless because of <paramref name="why"/>.</summary>
    public static Verdict Ignored(string why) => new(VerdictKind.Ignored, why);

    /// <summary>Not possible because of <paramref name="why"/>.</summary>
    public static Verdict Refused(string why) => new(VerdictKind.Refused, why);

    /// <summary>The worse of two; this one when they are equally bad.</summary>
    public Verdict Worse(Verdict other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return other.Kind > Kind ? other : this;
    }
}
