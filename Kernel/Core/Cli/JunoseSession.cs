using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using RouterOS.Core.Configuration;
using RouterOS.Core.Configuration.Junos;
using RouterOS.Core.Configuration.Junose;
using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Configuration.Scripts;

namespace RouterOS.Core.Cli;

/// <summary>One attached operator of a platform with JUNOSe: Exec modes, configuration modes, prompts. Runs one line at a time.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A semaphore without a wait handle holds nothing; a session may be dropped while it runs.")]
internal sealed class JunoseSession(CliEngine engine, IScriptLanguage language, string user, int columns) : ICliSession
{
    // Ctrl-Z: what stands before it is run, then configuration mode ends.
    private const char ControlZ = '\u001a';

    private static readonly (string Name, string Help)[] s_moves =
    [
        (ScriptMatcher.Default, "Restore the default of a command"),
        ("end", "Return to Exec mode"),
        ("exit", "Leave this mode"),
        (ScriptMatcher.No, "Undo a command"),
        ("run", "Run an Exec command"),
        ("show", "Show information about the system"),
    ];

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly HashSet<string> _warned = new(StringComparer.Ordinal);
    private string _context = language.DefaultContext;
    private bool _privileged;
    private ScriptCursor? _cursor;

    /// <inheritdoc/>
    public long LastUsed { get; set; }

    /// <inheritdoc/>
    public string Prompt
    {
        get
        {
            string context = _cursor?.Context ?? _context;
            string name = context == language.DefaultContext ? engine.HostName : $"{engine.HostName}:{context}";
            return _cursor is { } cursor ? $"{name}({cursor.Level.Prompt})#" : name + (_privileged ? "#" : ">");
        }
    }

    /// <inheritdoc/>
    public async Task<CliOutcome> Execute(string line, string terminalInput, Action<string> sink, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            bool ends = line.EndsWith(ControlZ);
            string text = line.TrimEnd(ControlZ);
            CliOutcome outcome = await Run(text, sink, cancellation);
            if (outcome.Error is { } wrong)
            {
                Explain(wrong, text, sink);
            }

            if (ends)
            {
                Leave();
            }

            return outcome;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<CompletionItem> Complete(string line, out string partial)
    {
        string begun = partial = string.Empty;
        int pipe = CommandPipes.IndexOf(line);
        string text = pipe < 0 ? line : line[(line.LastIndexOf('|') + 1)..];
        if (JunoseLexer.Words(text, 0, out _) is not { } words)
        {
            return [];
        }

        if (words.Count > 0 && words[^1].Kind == JunosTokenKind.Word && text.Length > 0 && !char.IsWhiteSpace(text[^1]))
        {
            begun = partial = words[^1].Text;
            words.RemoveAt(words.Count - 1);
        }

        IEnumerable<CompletionItem> items = pipe >= 0
            ? words.Count == 0 ? JunosePipes.All.Select(p => new CompletionItem(p.Name, p.Help)) : []
            : _cursor is not { } cursor ? Exec(words, begun)
            : words.Count > 0 && Move(words, cursor) is "run" or "show" ? Exec(words[0].Text.StartsWith('s') ? words : words.GetRange(1, words.Count - 1), begun)
            : Configuration(cursor, words);
        return [.. items.Where(i => i.Literal ? i.Text.StartsWith(begun, StringComparison.OrdinalIgnoreCase) : begun.Length == 0).DistinctBy(i => i.Text)];
    }

    private IEnumerable<CompletionItem> Exec(List<JunosToken> words, string partial) => engine.Commands.Complete(words, partial)
        .Where(i => words.Count > 0 || _privileged || _cursor is not null || !JunoseCommands.IsPrivileged(i.Text))
        .Select(i => i.Text == "<[Enter]>" ? i with { Text = "<cr>", Help = string.Empty } : i);

    private IEnumerable<CompletionItem> Configuration(ScriptCursor cursor, List<JunosToken> words)
    {
        ScriptCursor at = cursor;
        ScriptMatch inner = ScriptMatcher.Run(cursor.Level.Mode, words, 0, StatementView.Of(engine.Store.Active));
        IEnumerable<CompletionItem> items = inner.Next;
        if (words.Count == 0)
        {
            return items.Concat(s_moves.Select(m => new CompletionItem(m.Name, m.Help))).OrderBy(i => i.Text, StringComparer.Ordinal);
        }

        if (inner.Next.Count > 0)
        {
            return items;
        }

        ScriptMatch outer = JunoseScript.Resolve(ref at, words, 0);
        return outer.Next;
    }

    private async Task<CliOutcome> Run(string line, Action<string> sink, CancellationToken cancellation)
    {
        int pipe = CommandPipes.IndexOf(line);
        string command = pipe < 0 ? line : line[..pipe];
        if (JunoseLexer.Words(command, 0, out int broken) is not { } words)
        {
            return Misunderstood(CliError.Junose(broken, CliErrorKind.Invalid));
        }

        CliError? error = null;
        List<LineFilter>? filters = pipe < 0 ? [] : JunosePipes.Parse(line, pipe, out error);
        if (filters is null || words.Count == 0)
        {
            return filters is null ? Misunderstood(error!) : CliOutcome.Done;
        }

        int end = command.TrimEnd().Length + 1;
        using CommandOutput output = new(filters, sink);
        try
        {
            if (_cursor is not { } cursor)
            {
                return await RunExec(words, end, output, cancellation);
            }

            switch (Move(words, cursor))
            {
                case "exit" when words.Count == 1:
                    _cursor = cursor.Levels.Count == 1 ? null : cursor.Out(1);
                    _context = cursor.Context;
                    return CliOutcome.Done;
                case "end" when words.Count == 1:
                    Leave();
                    return CliOutcome.Done;
                case "run" when words.Count > 1:
                    return await RunExec(words.GetRange(1, words.Count - 1), end, output, cancellation);
                case "show":
                    return await RunExec(words, end, output, cancellation);
                default:
                    return Configure(cursor, words, end, output);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return CliOutcome.Failed;
        }
        catch (RpcException e)
        {
            output.WriteLine("% " + (e.Status.Detail.Length > 0 ? e.Status.Detail : e.StatusCode.ToString()));
            return CliOutcome.Failed;
        }
        catch (Exception e)
        {
            // A command's bug ends the command, not the session.
            engine.Log.CommandFailed(e, string.Join(' ', words.Take(3).Select(w => w.Text)));
            output.WriteLine($"% internal error: {e.GetType().Name}, see the log");
            return CliOutcome.Failed;
        }
        finally
        {
            output.End();
        }
    }

    // A word that moves or shows, unless a command of the mode is meant by it.
    private static string? Move(List<JunosToken> words, ScriptCursor cursor)
    {
        string word = words[0].Text;
        string[] found = [.. s_moves.Select(m => m.Name).Where(m => m is not (ScriptMatcher.No or ScriptMatcher.Default) && ScriptMatcher.Begins(m, word))];
        return found.Length == 1 && words[0].Kind == JunosTokenKind.Word
            && (string.Equals(found[0], word, StringComparison.OrdinalIgnoreCase) || ScriptMatcher.Run(cursor.Level.Mode, words, 0).Error is not null)
            ? found[0] : null;
    }

    private static CliOutcome Misunderstood(CliError error) => new(2) { Error = error };

    private void Leave()
    {
        _context = _cursor?.Context ?? _context;
        _cursor = null;
    }

    private CliOutcome Configure(ScriptCursor cursor, List<JunosToken> words, int end, CommandOutput output)
    {
        ScriptCursor at = cursor;
        ScriptMatch match = JunoseScript.Resolve(ref at, words, end);
        if (match.Error is { } error)
        {
            return Misunderstood(error);
        }

        ScriptEdit? edit = null;
        CommitResult result = engine.Store.CommitEdit(
            candidate =>
            {
                edit = new ScriptEditor(language, candidate.Root).Run(at, match, new SourcePosition(0, 1));
                return edit.Refusal;
            },
            new CommitRequest(user, "cli") { Comment = JunoseScript.Said(words, match) });
        foreach (Finding finding in result.Findings)
        {
            bool isError = finding.Severity == Finding.Types.Severity.Error;
            string where = string.IsNullOrEmpty(finding.Source?.Path) ? string.Empty : finding.Source.Path + ": ";
            if (isError || _warned.Add(where + finding.Message))
            {
                output.WriteLine(isError ? "% " + finding.Message : $"% warning: {where}{finding.Message}");
            }
        }

        // A refusal that moves: nothing can be configured any more where the operator was.
        _cursor = edit is not null && (result.Succeeded || (edit.Refusal is not null && !ReferenceEquals(edit.Cursor, at)))
            ? edit.Cursor : cursor;
        return result.Succeeded ? CliOutcome.Done : CliOutcome.Failed;
    }

    private async Task<CliOutcome> RunExec(List<JunosToken> words, int end, CommandOutput output, CancellationToken cancellation)
    {
        CommandMatch match = engine.Commands.Find(words, end);
        if (match.Command is not { } found)
        {
            CliError error = match.Error!;
            return Misunderstood(CliError.Junose(error.Column, error.Kind));
        }

        bool configuring = _cursor is not null;
        bool session = found.Words is JunoseCommands.Configure or JunoseCommands.Context or JunoseCommands.Enable or JunoseCommands.Disable
            || found.Words.StartsWith(JunoseCommands.Configure, StringComparison.Ordinal) || JunoseCommands.Leaves(found.Words);
        if ((configuring && session) || (!configuring && !_privileged && JunoseCommands.IsPrivileged(found.Words)))
        {
            return Misunderstood(CliError.Junose(words[0].Position.Column, CliErrorKind.Invalid));
        }

        if (session)
        {
            return Session(found.Words, match, output);
        }

        int status = await found.Run!(new CommandContext
        {
            Arguments = new CommandArguments(match.Arguments),
            Output = output,
            Cancellation = cancellation,
            Services = engine.Services,
            User = user,
            Columns = columns > 0 ? columns : 80,
            Instance = _cursor?.Context ?? _context,
        });
        return status == 0 ? CliOutcome.Done : CliOutcome.Failed;
    }

    private CliOutcome Session(string words, CommandMatch match, CommandOutput output)
    {
        switch (words)
        {
            case JunoseCommands.Enable or JunoseCommands.Disable:
                _privileged = words == JunoseCommands.Enable;
                return CliOutcome.Done;
            case JunoseCommands.Context:
                return Enter(match.Arguments["name"], output);
            case JunoseCommands.ConfigureFile:
                return Load(match.Arguments["name"], output);
            case JunoseCommands.Configure or JunoseCommands.Configure + " terminal":
                output.WriteLine("Enter configuration commands, one per line.  End with ^Z.");
                _cursor = ScriptCursor.Top(language, _context);
                return CliOutcome.Done;
            default:
                return CliOutcome.Done with { Closed = true };
        }
    }

    private CliOutcome Enter(string context, CommandOutput output)
    {
        if (context != language.DefaultContext && !StatementView.Of(engine.Store.Active).Entry(language.ContextList, context).Exists)
        {
            output.WriteLine($"% virtual router {context} does not exist");
            return CliOutcome.Failed;
        }

        _context = context;
        return CliOutcome.Done;
    }

    private CliOutcome Load(string path, CommandOutput output)
    {
        if (ConfigurationLoad.ReadFile(path, out string error) is not { } text)
        {
            output.WriteLine("% " + error);
            return CliOutcome.Failed;
        }

        CheckReport report = ScriptLoad.Run(
            engine.Store, language, engine.Services.Profile, text, new CommitRequest(user, "cli") { Comment = "configure file" });
        report.Write(output, report.Commits ? "The script is in effect." : "% nothing of the script is in effect");
        return report.Commits ? CliOutcome.Done : CliOutcome.Failed;
    }

    // The caret stands below the line: as it was echoed behind the prompt, or as it is repeated where nobody watches.
    private void Explain(CliError error, string line, Action<string> sink)
    {
        int before = columns > 0 ? Prompt.Length : 0;
        if (columns == 0)
        {
            sink(line);
        }

        sink(new string(' ', before + Math.Clamp(error.Column, 1, line.Length + 1) - 1) + "^");
        sink(error.Message);
    }
}
