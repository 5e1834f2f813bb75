namespace RouterOS.Sdk.Configuration.Scripts;

/// <summary>A language of commands that take effect one by one, in modes: a configuration is a script of them.</summary>
/// <remarks>The commands are the declaration: <see cref="IConfigurationLanguage.Root"/> is made from them by <see cref="ScriptSchema"/>.</remarks>
public interface IScriptLanguage : IConfigurationLanguage
{
    /// <summary>Global configuration mode.</summary>
    ScriptMode Global { get; }

    /// <summary>List of contexts, whose entries hold what is configured in each of them: <c>virtual-router</c>.</summary>
    string ContextList { get; }

    /// <summary>The context that is always there: <c>default</c>.</summary>
    string DefaultContext { get; }

    /// <summary>Lines that stand before a script, comments.</summary>
    IReadOnlyList<string> Banner { get; }
}
