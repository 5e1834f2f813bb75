using System.Text.Json;
using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration;

/// <summary>What becomes of each statement of a file.</summary>
/// <param name="Rows">Every statement that was understood, in the order of the file.</param>
/// <param name="Errors">What was not understood.</param>
/// <param name="Warnings">What the reader remarked.</param>
/// <param name="Findings">What is wrong with the whole: missing statements, references, limits, the plugins' objections.</param>
public sealed record CheckReport(
    IReadOnlyList<CheckRow> Rows,
    IReadOnlyList<ConfigurationDiagnostic> Errors,
    IReadOnlyList<ConfigurationDiagnostic> Warnings,
    IReadOnlyList<Finding> Findings)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>True when a commit of the file would succeed.</summary>
    public bool Commits => Errors.Count == 0 && !Findings.Any(f => f.Severity == Finding.Types.Severity.Error);

    /// <summary>Number of statements with a verdict.</summary>
    public int Count(VerdictKind kind) => Rows.Count(r => r.Verdict.Kind == kind);

    /// <summary>Writes one line per statement, then errors, findings and totals.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="outcome">The last line; null: whether it would commit.</param>
    public void Write(TextWriter output, string? outcome = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        foreach (CheckRow row in Rows)
        {
            string reason = row.Verdict.Reason.Length == 0 ? string.Empty : $"  ({row.Verdict.Reason})";
            output.WriteLine($"{row.Position.Line,5}  {Word(row.Verdict.Kind),-10}  {row.Statement}{reason}");
        }

        foreach (ConfigurationDiagnostic warning in Warnings)
        {
            output.WriteLine($"{warning.Position.Line,5}  {"warning",-10}  column {warning.Position.Column}: {Said(warning)}");
        }

        foreach (ConfigurationDiagnostic error in Errors)
        {
            output.WriteLine($"{error.Position.Line,5}  {"error",-10}  column {error.Position.Column}: {Said(error)}");
        }

        foreach (Finding finding in Findings)
        {
            output.WriteLine($"{finding.Source?.Line ?? 0,5}  {Severity(finding),-10}  {finding.Source?.Path}: {finding.Message}");
        }

        output.WriteLine(
            $"{Rows.Count} statements: {Count(VerdictKind.Applied)} applied, {Count(VerdictKind.Equivalent)} equivalent, "
            + $"{Count(VerdictKind.Ignored)} ignored, {Count(VerdictKind.Refused)} refused; "
            + $"{Errors.Count} not understood; {Findings.Count(f => f.Severity == Finding.Types.Severity.Error)} errors");
        output.WriteLine(outcome ?? (Commits ? "The configuration would commit." : "The configuration would not commit."));
    }

    /// <summary>The same as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            commits = Commits,
            totals = new
            {
                applied = Count(VerdictKind.Applied),
                equivalent = Count(VerdictKind.Equivalent),
                ignored = Count(VerdictKind.Ignored),
                refused = Count(VerdictKind.Refused),
                errors = Errors.Count,
            },
            statements = Rows.Select(r => new
            {
                line = r.Position.Line,
                column = r.Position.Column,
                statement = r.Statement,
                verdict = Word(r.Verdict.Kind),
                reason = r.Verdict.Reason,
            }),
            errors = Errors.Select(Shape),
            warnings = Warnings.Select(Shape),
            findings = Findings.Select(f => new
            {
                severity = Severity(f),
                line = f.Source?.Line ?? 0,
                statement = f.Source?.Path ?? string.Empty,
                message = f.Message,
            }),
        },
        s_json);

    private static object Shape(ConfigurationDiagnostic d) => new
    {
        line = d.Position.Line,
        column = d.Position.Column,
        statement = d.Statement,
        message = d.Message,
        allowed = d.Allowed,
    };

    private static string Said(ConfigurationDiagnostic d) =>
        d.Statement.Length == 0 ? d.Explanation : $"{d.Statement}: {d.Explanation}";

    private static string Severity(Finding finding) => finding.Severity == Finding.Types.Severity.Error ? "error" : "warning";

    private static string Word(VerdictKind kind) => kind switch
    {
        VerdictKind.Applied => "applied",
        VerdictKind.Equivalent => "equivalent",
        VerdictKind.Ignored => "ignored",
        _ => "refused",
    };
}
