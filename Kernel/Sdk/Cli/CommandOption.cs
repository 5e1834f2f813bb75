using RouterOS.Sdk.Configuration;

namespace RouterOS.Sdk.Cli;

/// <summary>Something that may follow a command's keywords.</summary>
/// <param name="Name">Keyword, or the argument's name when it has none.</param>
/// <param name="Help">One line for <c>?</c>.</param>
public sealed record CommandOption(string Name, string Help)
{
    /// <summary>Value after the keyword, or the argument itself; null for a keyword alone.</summary>
    public ValueSyntax? Value { get; private init; }

    /// <summary>True when the value stands alone, without a keyword.</summary>
    public bool Positional { get; private init; }

    /// <summary>True when the command cannot run without it.</summary>
    public bool Required { get; private init; }

    /// <summary>Options of one group exclude each other; empty for none.</summary>
    public string Group { get; private init; } = string.Empty;

    /// <summary>A keyword alone: <c>detail</c>. Keywords of one group exclude each other.</summary>
    public static CommandOption Flag(string name, string help, string group = "") => new(name, help) { Group = group };

    /// <summary>A keyword with a value: <c>count 5</c>.</summary>
    public static CommandOption Named(string name, string help, ValueSyntax value) => new(name, help) { Value = value };

    /// <summary>A value alone, found under <paramref name="name"/>.</summary>
    public static CommandOption Argument(string name, string help, ValueSyntax value, bool required = false) =>
        new(name, help) { Value = value, Positional = true, Required = required };
}
