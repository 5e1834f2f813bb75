using RouterOS.Abstractions.Chassis;
using RouterOS.Core.Configuration.Junos;
using RouterOS.Core.Configuration.Junose;
using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Configuration.Scripts;
using RouterOS.Sdk.Intents;

namespace RouterOS.Core.Configuration;

/// <summary>Says of each statement of a file what the router would do with it. Nothing is left out: what is not understood is an error.</summary>
public static class ConfigurationCheck
{
    private static readonly Verdict s_inactive = Verdict.Ignored("marked inactive");
    private static readonly Verdict s_unused = Verdict.Ignored("no statement inherits it");

    /// <summary>Checks a text.</summary>
    /// <param name="text">Hierarchical text, <c>set</c> commands, or a script.</param>
    /// <param name="language">The platform's language.</param>
    /// <param name="profile">The chassis.</param>
    /// <param name="validate">Plugins that judge the intent; they are asked only when the text itself is sound.</param>
    public static CheckReport Run(
        string text,
        IConfigurationLanguage language,
        ChassisProfile profile,
        IReadOnlyList<Func<IntentSet, IReadOnlyList<Finding>>>? validate = null)
    {
        ArgumentNullException.ThrowIfNull(language);
        if (language is IScriptLanguage script)
        {
            return Script(text, script, profile, validate ?? []);
        }

        ReadResult read = ConfigurationText.Read(text, language);
        List<CheckRow> rows = [];
        List<Finding> findings = [];
        Statement whole = language.Expand(read.Tree, profile, findings);
        findings.AddRange(SchemaValidation.Run(whole, language.Root, profile, (view, schema, verdict) => Add(rows, view, schema, verdict)));
        Inactive(rows, read.Tree, language.Root, string.Empty, inactive: false);
        if (!ReferenceEquals(whole, read.Tree))
        {
            Inheritance(rows, read.Tree, language.Root, [.. rows.Select(row => row.Position)]);
        }

        if (read.Errors.Count == 0)
        {
            findings.AddRange(Bind(whole, language, profile, findings, validate ?? []));
        }

        return new CheckReport(
            [.. rows.OrderBy(r => r.Position.Line).ThenBy(r => r.Position.Column)], read.Errors, read.Warnings, findings);
    }

    /// <summary>What a text asks for; null and the first problem where it is not sound.</summary>
    public static IntentSet? Intents(string text, IConfigurationLanguage language, ChassisProfile profile, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(language);
        ReadResult read = ConfigurationText.Read(text, language);
        if (read.Errors.Count > 0)
        {
            problem = read.Errors[0].ToString();
            return null;
        }

        List<Finding> findings = [];
        Binding binding = language.Bind(language.Expand(read.Tree, profile, findings), profile);
        problem = findings.Concat(binding.Findings).FirstOrDefault(f => f.Severity == Finding.Types.Severity.Error)?.Message;
        return problem is null ? binding.Intents : null;
    }

    /// <summary>What becomes of each line of a script.</summary>
    internal static IReadOnlyList<CheckRow> Rows(
        IReadOnlyList<ScriptLine> lines, Statement tree, IScriptLanguage language, ChassisProfile profile, out List<Finding> findings)
    {
        Dictionary<string, Verdict> verdicts = new(StringComparer.Ordinal);
        findings = SchemaValidation.Run(
            tree, language.Root, profile,
            (view, _, verdict) => verdicts[view.Path] = verdicts.TryGetValue(view.Path, out Verdict? other) ? other.Worse(verdict) : verdict);
        return [.. lines.Select(line => Row(line, verdicts))];
    }

    private static CheckReport Script(
        string text, IScriptLanguage language, ChassisProfile profile, IReadOnlyList<Func<IntentSet, IReadOnlyList<Finding>>> validate)
    {
        ReadResult read = ConfigurationText.Read(text, language, out IReadOnlyList<ScriptLine> lines);
        IReadOnlyList<CheckRow> rows = Rows(lines, read.Tree, language, profile, out List<Finding> findings);
        if (read.Errors.Count == 0)
        {
            findings.AddRange(Bind(read.Tree, language, profile, findings, validate));
        }

        return new CheckReport(rows, read.Errors, read.Warnings, findings);
    }

    // A line is as good as the statement that it is about, and as what it says below it.
    private static CheckRow Row(ScriptLine line, Dictionary<string, Verdict> verdicts)
    {
        Verdict verdict = verdicts.GetValueOrDefault(line.Path, line.Command.Verdict);
        foreach (string name in line.Command.Kept.Where(p => !p.IsKey).Select(p => p.Name))
        {
            verdict = verdict.Worse(verdicts.GetValueOrDefault($"{line.Path} {name}", Verdict.Applied));
        }

        return new CheckRow(line.Position, line.Text, verdict);
    }

    private static List<Finding> Bind(
        Statement tree,
        IConfigurationLanguage language,
        ChassisProfile profile,
        List<Finding> before,
        IReadOnlyList<Func<IntentSet, IReadOnlyList<Finding>>> validate)
    {
        Binding binding = language.Bind(tree, profile);
        List<Finding> findings = [.. binding.Findings];
        if (!before.Concat(findings).Any(f => f.Severity == Finding.Types.Severity.Error))
        {
            findings.AddRange(validate.SelectMany(v => v(binding.Intents)));
        }

        return findings;
    }

    private static void Add(List<CheckRow> rows, StatementView view, StatementSchema schema, Verdict verdict)
    {
        // A container's own line says nothing that its statements do not say, unless it is all there is.
        if (view.Statement!.Children.Count == 0)
        {
            string above = view.Parent!.Path;
            string own = Words(view.Statement, schema);
            rows.Add(new CheckRow(view.Statement.Position, above.Length == 0 ? own : above + " " + own, verdict));
        }
    }

    // What says what is inherited, and what of it is inherited nowhere: the rest stands where it is inherited.
    private static void Inheritance(List<CheckRow> rows, Statement tree, StatementSchema schema, HashSet<SourcePosition> used)
    {
        Walk(tree, schema, string.Empty, ofSource: false);

        void Walk(Statement statement, StatementSchema at, string path, bool ofSource)
        {
            foreach (Statement child in statement.Children.Where(child => !child.Inactive))
            {
                StatementSchema below = StatementNode.SchemaOf(at, child);
                string here = (path + " " + Words(child, below)).Trim();
                bool isOfSource = ofSource || (below.IsInheritance && below.Children.Count > 0);
                if (child.Children.Count == 0 && (ofSource || below.IsInheritance) && (child.Position.Line == 0 || !used.Contains(child.Position)))
                {
                    rows.Add(new CheckRow(child.Position, here, below.IsInheritance ? Verdict.Applied : s_unused));
                }

                Walk(child, below, here, isOfSource);
            }
        }
    }

    private static void Inactive(List<CheckRow> rows, Statement tree, StatementSchema schema, string path, bool inactive)
    {
        foreach (Statement child in tree.Children)
        {
            StatementSchema below = StatementNode.SchemaOf(schema, child);
            bool off = inactive || child.Inactive;
            string here = (path + " " + Words(child, below)).Trim();
            if (off && child.Children.Count == 0)
            {
                rows.Add(new CheckRow(child.Position, here, s_inactive));
            }

            Inactive(rows, child, below, here, off);
        }
    }

    private static string Words(Statement statement, StatementSchema schema) =>
        JunosWords.IsSecret(statement, schema) ? (statement.Name + " <secret>").Trim() : string.Join(' ', JunosWords.Head(statement, schema));
}
