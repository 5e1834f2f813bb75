using RouterOS.Abstractions.Chassis;
using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Configuration.Scripts;

namespace RouterOS.Core.Configuration.Junose;

/// <summary>Runs a script on the configuration in force: all of it, as one commit, or nothing.</summary>
internal static class ScriptLoad
{
    /// <summary>Runs it; the report has a verdict for each line.</summary>
    public static CheckReport Run(
        ConfigurationStore store, IScriptLanguage language, ChassisProfile profile, string text, CommitRequest request)
    {
        DiagnosticList diagnostics = new();
        IReadOnlyList<CheckRow> rows = [];
        CommitResult result = store.CommitEdit(
            candidate =>
            {
                IReadOnlyList<ScriptLine> lines = JunoseScript.Run(text, language, candidate.Root, diagnostics);
                rows = ConfigurationCheck.Rows(lines, candidate.Tree, language, profile, out _);
                return diagnostics.Errors.Count == 0 ? null : "lines of the script were not understood";
            },
            request);
        IReadOnlyList<Finding> findings = diagnostics.Errors.Count == 0 ? result.Findings : [];
        return new CheckReport(rows, diagnostics.Errors, diagnostics.Warnings, findings);
    }
}
