using System.Text;
using RouterOS.Core.Configuration;
using RouterOS.Core.Configuration.Junos;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Cli;

/// <summary><c>load</c>: brings a text into the candidate, whole or not at all.</summary>
internal static class ConfigurationLoad
{
    /// <summary>Loads a text.</summary>
    /// <param name="store">Owner of the candidate.</param>
    /// <param name="how"><c>merge</c>, <c>override</c>, <c>replace</c> or <c>set</c>.</param>
    /// <param name="text">The text.</param>
    /// <param name="source">Name of the text in errors.</param>
    /// <param name="output">Where remarks go.</param>
    public static CliOutcome Run(ConfigurationStore store, string how, string text, string source, TextWriter output)
    {
        DiagnosticList diagnostics = store.Edit(candidate => Load(candidate, how, text), result => result.Errors.Count == 0);
        foreach (ConfigurationDiagnostic warning in diagnostics.Warnings)
        {
            output.WriteLine($"{source}:{warning.Position.Line}:({warning.Position.Column}) warning: {Said(warning)}");
        }

        foreach (ConfigurationDiagnostic error in diagnostics.Errors)
        {
            output.WriteLine($"{source}:{error.Position.Line}:({error.Position.Column}) syntax error: {Said(error)}");
        }

        if (diagnostics.Errors.Count > 0)
        {
            output.WriteLine($"load failed ({diagnostics.Errors.Count} errors): the candidate is as it was");
            return CliOutcome.Failed;
        }

        output.WriteLine("load complete");
        return CliOutcome.Done;
    }

    /// <summary>Reads a file of the router's host; null with the reason when that fails.</summary>
    public static string? ReadFile(string path, out string error)
    {
        error = string.Empty;
        try
        {
            FileInfo file = new(path);
            if (file.Exists && file.Length > JunosParser.MaximumLength)
            {
                error = $"{path} is longer than {JunosParser.MaximumLength} bytes";
                return null;
            }

            return File.ReadAllText(path, Encoding.UTF8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            error = $"cannot read {path}: {e.Message}";
            return null;
        }
    }

    private static DiagnosticList Load(Candidate candidate, string how, string text)
    {
        DiagnosticList diagnostics = new();
        if (how == "set" || (how is "merge" or "override" && ConfigurationText.IsScript(text)))
        {
            if (how == "override")
            {
                candidate.Tree = Statement.EmptyRoot;
            }

            ConfigurationText.RunScript(text, candidate, diagnostics);
            return diagnostics;
        }

        List<StatementNode> replaced = [];
        Statement tree = JunosReader.Read(
            text, candidate.Schema, diagnostics, replace: how == "replace" ? replaced.Add : null);
        if (diagnostics.Errors.Count == 0)
        {
            if (how == "override")
            {
                candidate.Tree = tree;
            }
            else
            {
                replaced.ForEach(candidate.RemoveLike);
                candidate.Merge(tree);
            }
        }

        return diagnostics;
    }

    private static string Said(ConfigurationDiagnostic diagnostic) =>
        diagnostic.Statement.Length == 0 ? diagnostic.Explanation : $"[edit {diagnostic.Statement}] {diagnostic.Explanation}";
}
