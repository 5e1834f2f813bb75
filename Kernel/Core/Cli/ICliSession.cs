namespace RouterOS.Core.Cli;

/// <summary>One attached operator. Runs one line at a time.</summary>
internal interface ICliSession
{
    /// <summary>Ticks of the last use, for whoever makes room.</summary>
    long LastUsed { get; set; }

    /// <summary>What stands before the operator's next line.</summary>
    string Prompt { get; }

    /// <summary>Runs a line; lines of output go to <paramref name="sink"/>.</summary>
    Task<CliOutcome> Execute(string line, string terminalInput, Action<string> sink, CancellationToken cancellation);

    /// <summary>What may stand at the end of a line.</summary>
    /// <param name="line">The line up to the cursor.</param>
    /// <param name="partial">The word that is being typed.</param>
    IReadOnlyList<CompletionItem> Complete(string line, out string partial);
}
