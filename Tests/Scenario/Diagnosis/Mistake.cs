namespace RouterOS.Scenario.Diagnosis;

/// <summary>One way to break a working pair of routers, and what each then says about the other.</summary>
internal sealed record Mistake(string Name, string Title)
{
    private const string FileName = "mistakes.txt";

    /// <summary>Changes of the configurations: router, text to look behind, old text, new text.</summary>
    public List<(char Router, string Behind, string Old, string New)> Edits { get; } = [];

    /// <summary>What is wrong between the routers, or happens: see the runner.</summary>
    public List<string> Events { get; } = [];

    /// <summary>Sentences that a router must say.</summary>
    public List<(char Router, string Sentence)> Sentences { get; } = [];

    /// <summary>What a router says when it refuses to commit the mistake.</summary>
    public List<(char Router, string Sentence)> Refusals { get; } = [];

    /// <summary>Reads all of them from the file beside the tests.</summary>
    public static IReadOnlyList<Mistake> Read()
    {
        List<Mistake> mistakes = [];
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Diagnosis", FileName)))
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (line.StartsWith("== ", StringComparison.Ordinal))
            {
                string[] head = line[3..].Split(": ", 2);
                mistakes.Add(new Mistake(head[0], head[1]));
            }
            else if (line[1] == '>')
            {
                mistakes[^1].Sentences.Add((line[0], line[3..]));
            }
            else if (line[1] == '!')
            {
                mistakes[^1].Refusals.Add((line[0], line[3..]));
            }
            else if (line.StartsWith("do ", StringComparison.Ordinal))
            {
                mistakes[^1].Events.Add(line[3..]);
            }
            else
            {
                // a: BEHIND | OLD => NEW, a dash for nothing
                string[] sides = line[3..].Split(" => ", 2);
                string[] where = sides[0].Split(" | ", 2);
                mistakes[^1].Edits.Add((line[0], where[0], where[1], sides[1] == "-" ? string.Empty : sides[1]));
            }
        }

        return mistakes;
    }

    /// <summary>A router's configuration with the mistake in it.</summary>
    public string Apply(char router, string configuration)
    {
        foreach ((_, string behind, string old, string text) in Edits.Where(e => e.Router == router))
        {
            int start = configuration.IndexOf(behind, StringComparison.Ordinal);
            int at = start < 0 ? -1 : configuration.IndexOf(old, start, StringComparison.Ordinal);
            Assert.True(at >= 0, $"{Name}: '{old}' does not stand behind '{behind}' in the configuration of {router}");
            configuration = configuration[..at] + text + configuration[(at + old.Length)..];
        }

        return configuration;
    }
}
