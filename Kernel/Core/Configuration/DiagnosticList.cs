using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration;

/// <summary>Errors and warnings found in one text, bounded.</summary>
internal sealed class DiagnosticList
{
    /// <summary>Errors after which reading stops.</summary>
    public const int Maximum = 500;

    private readonly List<ConfigurationDiagnostic> _errors = [];
    private readonly List<ConfigurationDiagnostic> _warnings = [];

    /// <summary>What forbids the text.</summary>
    public IReadOnlyList<ConfigurationDiagnostic> Errors => _errors;

    /// <summary>What an operator should know.</summary>
    public IReadOnlyList<ConfigurationDiagnostic> Warnings => _warnings;

    /// <summary>True when there are so many errors that more say nothing.</summary>
    public bool Full => _errors.Count >= Maximum;

    /// <summary>Adds an error.</summary>
    public void Add(SourcePosition position, string statement, string message, IReadOnlyList<string>? allowed = null)
    {
        if (_errors.Count < Maximum)
        {
            _errors.Add(new ConfigurationDiagnostic(position, statement, message, allowed ?? []));
        }
        else if (_errors.Count == Maximum)
        {
            _errors.Add(new ConfigurationDiagnostic(position, string.Empty, "more errors are not listed", []));
        }
    }

    /// <summary>Adds a warning.</summary>
    public void Warn(SourcePosition position, string statement, string message)
    {
        if (_warnings.Count < Maximum)
        {
            _warnings.Add(new ConfigurationDiagnostic(position, statement, message, []));
        }
    }
}
