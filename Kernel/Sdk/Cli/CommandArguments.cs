using System.Globalization;

namespace RouterOS.Sdk.Cli;

/// <summary>What the operator gave with a command, by option name.</summary>
public sealed class CommandArguments
{
    private readonly IReadOnlyDictionary<string, string> _values;

    /// <summary>Takes the values; a flag has an empty one.</summary>
    public CommandArguments(IReadOnlyDictionary<string, string> values) => _values = values;

    /// <summary>A command without options.</summary>
    public static CommandArguments None { get; } = new(new Dictionary<string, string>());

    /// <summary>True when the option was given.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>Value of an option in canonical form, or null.</summary>
    public string? Text(string name) => _values.GetValueOrDefault(name);

    /// <summary>Number of an option whose syntax is a number, or null.</summary>
    public long? Number(string name) =>
        _values.TryGetValue(name, out string? text) ? long.Parse(text, CultureInfo.InvariantCulture) : null;
}
