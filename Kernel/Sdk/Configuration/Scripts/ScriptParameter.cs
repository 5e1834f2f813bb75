namespace RouterOS.Sdk.Configuration.Scripts;

/// <summary>Something that follows a command's words.</summary>
/// <param name="Name">Its name: of the statement that keeps it, unless it is a key.</param>
/// <param name="Help">One line for <c>?</c>.</param>
public sealed record ScriptParameter(string Name, string Help)
{
    /// <summary>Words before the value, <c>ip address</c>; empty for a value alone.</summary>
    public string Keyword { get; private init; } = string.Empty;

    /// <summary>The value; null for a keyword alone.</summary>
    public ValueSyntax? Value { get; private init; }

    /// <summary>Words of the value, which are kept with one space between: 2 for <c>loopback 0</c>; 0 for the rest of the line.</summary>
    public int Span { get; private init; } = 1;

    /// <summary>The first of several words; empty when it is not one of a few.</summary>
    public IReadOnlyList<ValueChoice> Kinds { get; private init; } = [];

    /// <summary>It tells one entry from another.</summary>
    public bool IsKey { get; private init; }

    /// <summary>The command may come without it.</summary>
    public bool IsOptional { get; private init; }

    /// <summary>Value of a key that was left out; it is not written into scripts.</summary>
    public string Absent { get; private init; } = string.Empty;

    /// <summary>What the command enters cannot be made without it; when it is there already, it may be left out.</summary>
    public bool IsForCreation { get; private init; }

    /// <summary>Why it cannot be said of an entry that was made without it; empty: it can.</summary>
    public string OnlyAtCreationReason { get; private init; } = string.Empty;

    /// <summary>It names the context that the command acts in, and is kept nowhere else.</summary>
    public bool IsContext { get; private init; }

    /// <summary>It takes all words up to the end of the line.</summary>
    public bool IsMany { get; private init; }

    /// <summary>How a kept value is written in a script; null: as it is kept.</summary>
    public Func<string, string>? Show { get; private init; }

    /// <summary>A value alone.</summary>
    public static ScriptParameter Of(string name, string help, ValueSyntax value) => new(name, help) { Value = value };

    /// <summary>A value behind a keyword of one or more words.</summary>
    public static ScriptParameter Named(string keyword, string name, string help, ValueSyntax value) =>
        new(name, help) { Keyword = keyword, Value = value };

    /// <summary>A keyword alone, which may be left out.</summary>
    public static ScriptParameter Flag(string name, string help) => new(name, help) { Keyword = name, IsOptional = true };

    /// <summary>A value of two words, the first one of <paramref name="kinds"/>; of one word where that alone is a value.</summary>
    public static ScriptParameter Pair(string name, string help, ValueSyntax value, params ValueChoice[] kinds) =>
        new(name, help) { Value = value, Kinds = kinds, Span = 2 };

    /// <summary>Two values behind a keyword, kept as one text: <c>seconds 900 86400</c>.</summary>
    public static ScriptParameter Range(string keyword, string name, string help, ValueSyntax value) =>
        new(name, help) { Keyword = keyword, Value = value, Span = 2 };

    /// <summary>The rest of the line, kept as one text.</summary>
    public static ScriptParameter Rest(string name, string help) => Rest(name, help, Values.Text("text", 1024));

    /// <summary>The rest of the line, kept as one text of a form.</summary>
    public static ScriptParameter Rest(string name, string help, ValueSyntax value) => new(name, help) { Value = value, Span = 0 };

    /// <summary>A key.</summary>
    public ScriptParameter Key() => this with { IsKey = true };

    /// <summary>May be left out; a key is then <paramref name="absent"/>.</summary>
    public ScriptParameter Optional(string absent = "") => this with { IsOptional = true, Absent = absent };

    /// <summary>May be left out when the entry is there.</summary>
    public ScriptParameter ForCreation() => this with { IsForCreation = true };

    /// <summary>May be left out; what was made without it cannot get it later.</summary>
    public ScriptParameter OnlyAtCreation(string reason) => this with { OnlyAtCreationReason = reason };

    /// <summary>Names the context; when left out, the one the operator is in.</summary>
    public ScriptParameter Context() => this with { IsContext = true };

    /// <summary>Takes the rest of the line.</summary>
    public ScriptParameter Many() => this with { IsMany = true };

    /// <summary>Written in another form than it is kept in.</summary>
    public ScriptParameter ShownAs(Func<string, string> show) => this with { Show = show };
}
