using RouterOS.Core.Configuration;
using RouterOS.Core.Configuration.Junos;
using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Cli;

/// <summary>Writes findings as Junos does: the place, the statement, the sentence.</summary>
internal static class CommitMessages
{
    /// <summary>Writes one finding.</summary>
    public static void Write(Finding finding, StatementSchema schema, TextWriter output)
    {
        if (finding.Severity != Finding.Types.Severity.Error)
        {
            string where = string.IsNullOrEmpty(finding.Source?.Path) ? string.Empty : $"[edit {finding.Source.Path}] ";
            output.WriteLine($"warning: {where}{finding.Message}");
            return;
        }

        if (string.IsNullOrEmpty(finding.Source?.Path))
        {
            output.WriteLine("error: " + finding.Message);
            return;
        }

        (string place, string statement) = Split(finding.Source.Path, schema);
        output.WriteLine(place.Length == 0 ? "[edit]" : $"[edit {place}]");
        output.WriteLine($"  '{statement}'");
        output.WriteLine($"    {finding.Message}");
    }

    // The last statement of a path, and what it stands below.
    private static (string Place, string Statement) Split(string path, StatementSchema schema)
    {
        List<JunosToken> words = JunosLexer.Words(path, (_, _) => { });
        WalkResult walk = StatementWalker.Walk(schema, words);
        List<string> parts = [];
        foreach (WalkStep step in walk.Steps)
        {
            parts.Add(string.Join(' ', JunosWords.Head(new Statement(step.Schema.Kind, step.Name, step.Values), step.Schema)));
        }

        if (walk.Pending is { Name.Length: > 0 } pending)
        {
            parts.Add(pending.Name);
        }

        return walk.Error is not null || parts.Count == 0 ? (path, path)
            : (string.Join(' ', parts.Take(parts.Count - 1)), parts[^1]);
    }
}
