using RouterOS.Sdk.Configuration.Scripts;

namespace RouterOS.Core.Configuration.Junose;

/// <summary>Where an operator or a script is: the context, and the modes that were entered, global mode first. Immutable.</summary>
internal sealed record ScriptCursor(string Context, IReadOnlyList<ScriptLevel> Levels)
{
    /// <summary>The innermost mode.</summary>
    public ScriptLevel Level => Levels[^1];

    /// <summary>Global mode of a context.</summary>
    public static ScriptCursor Top(IScriptLanguage language, string context) =>
        new(context, [new ScriptLevel(language.Global, language.Global.Prompt, [])]);

    /// <summary>In a mode below.</summary>
    public ScriptCursor Enter(ScriptLevel level) => this with { Levels = [.. Levels, level] };

    /// <summary>So many modes further out, global mode at most.</summary>
    public ScriptCursor Out(int levels) => this with { Levels = [.. Levels.Take(Math.Max(1, Levels.Count - levels))] };
}
