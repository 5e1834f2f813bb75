using RouterOS.Core.Configuration.Junos;

namespace RouterOS.Core.Cli;

/// <summary>A line cut into words and pipes, columns kept.</summary>
internal sealed class CommandLine
{
    private CommandLine(List<JunosToken> words, CommandPipes pipes, int end) => (Words, Pipes, End) = (words, pipes, end);

    /// <summary>Words before the first pipe.</summary>
    public List<JunosToken> Words { get; }

    /// <summary>What the output goes through.</summary>
    public CommandPipes Pipes { get; }

    /// <summary>Column behind the last word.</summary>
    public int End { get; }

    /// <summary>The same line without its first words.</summary>
    public CommandLine From(int word) => new(Words.GetRange(word, Words.Count - word), Pipes, End);

    /// <summary>Reads a line.</summary>
    public static CommandLine? Parse(string line, out CliError? error)
    {
        int pipe = CommandPipes.IndexOf(line);
        string command = pipe < 0 ? line : line[..pipe];
        CliError? wrong = null;
        List<JunosToken> words = JunosLexer.Words(
            command, (position, message) => wrong ??= new CliError(position.Column, "syntax error: " + message));
        error = wrong;
        if (error is not null)
        {
            return null;
        }

        CommandPipes pipes = new();
        if (pipe >= 0 && CommandPipes.Parse(line, pipe, out error) is { } parsed)
        {
            pipes = parsed;
        }

        return error is null ? new CommandLine(words, pipes, command.TrimEnd().Length + 1) : null;
    }
}
