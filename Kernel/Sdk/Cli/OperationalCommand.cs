namespace RouterOS.Sdk.Cli;

/// <summary>Declares an operational command: its words, options, help and what it does. Parsing, completion and pipes are the engine's.</summary>
/// <param name="Words">Its keywords: <c>show security ike security-associations</c>.</param>
/// <param name="Help">Help of its last keyword.</param>
/// <param name="Run">Runs it and returns its status: 0 done, 1 failed. Null declares only the help of a word: <c>show security</c>.</param>
public sealed record OperationalCommand(string Words, string Help, Func<CommandContext, Task<int>>? Run = null)
{
    /// <summary>What may follow the keywords, in any order.</summary>
    public IReadOnlyList<CommandOption> Options { get; init; } = [];

    /// <summary>The same with options.</summary>
    public OperationalCommand With(params CommandOption[] options) => this with { Options = options };
}
