using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using RouterOS.Core.Configuration;
using RouterOS.Core.Configuration.Junos;
using RouterOS.Sdk.Cli;

namespace RouterOS.Core.Cli;

/// <summary>One attached operator: mode, edit level, prompt. Runs one line at a time.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A semaphore without a wait handle holds nothing; a session may be dropped while it runs.")]
internal sealed class CliSession(CliEngine engine, string user, int columns) : ICliSession
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ConfigurationMode? _configuration;

    /// <summary>Ticks of the last use, for whoever makes room.</summary>
    public long LastUsed { get; set; }

    /// <summary>What stands before the operator's next line; with the banner of configuration mode above it.</summary>
    public string Prompt => _configuration is { } mode
        ? $"\n{mode.Banner}\n{user}@{engine.HostName}# "
        : $"\n{user}@{engine.HostName}> ";

    /// <summary>Runs a line; lines of output go to <paramref name="sink"/>.</summary>
    public async Task<CliOutcome> Execute(string line, string terminalInput, Action<string> sink, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            CommandLine? command = CommandLine.Parse(line.TrimEnd('\u001a'), out CliError? error);
            CliOutcome outcome = command is null ? new CliOutcome(2) { Error = error }
                : command.Words.Count == 0 ? CliOutcome.Done
                : await Run(command, terminalInput, sink, cancellation);
            if (outcome.Error is { } wrong)
            {
                Explain(wrong, line, sink);
            }

            if (outcome.LeavesMode)
            {
                _configuration = null;
            }

            return outcome;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What may stand at the end of a line.</summary>
    /// <param name="line">The line up to the cursor.</param>
    /// <param name="partial">The word that is being typed.</param>
    public IReadOnlyList<CompletionItem> Complete(string line, out string partial)
    {
        int pipe = CommandPipes.IndexOf(line);
        if (pipe >= 0)
        {
            return CompletePipe(line, out partial);
        }

        bool broken = false;
        List<JunosToken> words = JunosLexer.Words(line, (_, _) => broken = true);
        partial = string.Empty;
        if (words.Count > 0 && words[^1].Kind == JunosTokenKind.Word && !char.IsWhiteSpace(line[^1]))
        {
            partial = words[^1].Text;
            words.RemoveAt(words.Count - 1);
        }

        if (broken)
        {
            return [];
        }

        IEnumerable<CompletionItem> items = _configuration is not { } mode ? Operational(words, partial)
            : words.Count > 0 && ConfigurationMode.Resolve(words[0].Text, out _) == "run"
                ? Operational(words.GetRange(1, words.Count - 1), partial)
            : mode.Complete(words, partial);
        return [.. items];
    }

    private static CompletionItem[] CompletePipe(string line, out string partial)
    {
        int last = -1;
        for (int at = CommandPipes.IndexOf(line); at >= 0; at = CommandPipes.IndexOf(line, at + 1))
        {
            last = at;
        }

        string part = line[(last + 1)..].TrimStart();
        string[] words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string begun = part.Length == 0 || part.EndsWith(' ') ? string.Empty : words[^1];
        partial = begun;
        int given = words.Length - (begun.Length > 0 ? 1 : 0);
        IEnumerable<CompletionItem> items = (given, given > 0 ? words[0] : string.Empty) switch
        {
            (0, _) => CommandPipes.All.Select(p => new CompletionItem(p.Name, p.Help)),
            (1, "display") =>
            [
                new CompletionItem("json", "Show output in JSON format"), new CompletionItem("set", "Show 'set' commands that create configuration"),
            ],
            (1, "compare") => [new CompletionItem("rollback", "Compare with a prior version")],
            (1, "match" or "except" or "find") => [new CompletionItem("<pattern>", "Regular expression", Literal: false)],
            _ => [],
        };
        return [.. items.Where(i => i.Literal ? i.Text.StartsWith(begun, StringComparison.Ordinal) : begun.Length == 0)];
    }

    private IEnumerable<CompletionItem> Operational(List<JunosToken> words, string partial) =>
        engine.Commands.Prefix(words, StandardCommands.ShowConfiguration) is > 0 and int count
            ? StatementCompletion.Complete(
                engine.Store.Schema, words.GetRange(count, words.Count - count), partial, engine.Store.Active, containersOnly: false)
            : engine.Commands.Complete(words, partial);

    private async Task<CliOutcome> Run(CommandLine command, string terminalInput, Action<string> sink, CancellationToken cancellation)
    {
        using CommandOutput output = new(command.Pipes.Filters, sink);
        try
        {
            if (_configuration is not { } mode)
            {
                return await RunOperational(command, output, cancellation);
            }

            if (ConfigurationMode.Resolve(command.Words[0].Text, out _) != "run")
            {
                return mode.Execute(command, terminalInput, output);
            }

            CommandLine rest = command.From(1);
            return rest.Words.Count == 0 ? CliOutcome.Misunderstood(command.End, "missing command")
                : IsSessionCommand(rest.Words) ? CliOutcome.Misunderstood(rest.Words[0].Position.Column, "'run' cannot run this command")
                : await RunOperational(rest, output, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return CliOutcome.Failed;
        }
        catch (RpcException e)
        {
            output.WriteLine("error: " + (e.Status.Detail.Length > 0 ? e.Status.Detail : e.StatusCode.ToString()));
            return CliOutcome.Failed;
        }
        catch (Exception e)
        {
            // A command's bug ends the command, not the session.
            engine.Log.CommandFailed(e, string.Join(' ', command.Words.Take(3).Select(w => w.Text)));
            output.WriteLine($"error: internal error: {e.GetType().Name}, see 'show log'");
            return CliOutcome.Failed;
        }
        finally
        {
            output.End();
        }
    }

    private bool IsSessionCommand(List<JunosToken> words) =>
        engine.Commands.Prefix(words, StandardCommands.Configure) > 0 || engine.Commands.Prefix(words, "exit") > 0
        || engine.Commands.Prefix(words, "quit") > 0;

    private async Task<CliOutcome> RunOperational(CommandLine command, CommandOutput output, CancellationToken cancellation)
    {
        CommandTree tree = engine.Commands;
        if (tree.Prefix(command.Words, StandardCommands.ShowConfiguration) is > 0 and int count)
        {
            if (!command.Pipes.DisplayJson && engine.Store.History is [CommitRecord last, ..] && command.Pipes.ConfigurationOnly == 0
                && command.Words.Count == count)
            {
                output.WriteLine($"## Last commit: {StandardCommands.Stamp(last.Time)} by {last.User}");
            }

            return ConfigurationMode.Print(
                engine.Store, engine.Store.Active, command.Words.GetRange(count, command.Words.Count - count), command, output);
        }

        CommandMatch match = tree.Find(command.Words, command.End);
        if (match.Command is not { } found)
        {
            return new CliOutcome(2) { Error = match.Error };
        }

        if (command.Pipes.ConfigurationOnly > 0)
        {
            return CliOutcome.Misunderstood(command.Pipes.ConfigurationOnly, "only 'show configuration' has this pipe");
        }

        if (found.Words is "exit" or "quit")
        {
            return CliOutcome.Done with { Closed = true };
        }

        if (found.Words == StandardCommands.Configure)
        {
            return Configure(match, output);
        }

        int status = await found.Run!(new CommandContext
        {
            Arguments = new CommandArguments(match.Arguments),
            Output = output,
            Cancellation = cancellation,
            Services = engine.Services,
            User = user,
            Columns = columns > 0 ? columns : 80,
        });
        return status == 0 ? CliOutcome.Done : CliOutcome.Failed;
    }

    private CliOutcome Configure(CommandMatch match, CommandOutput output)
    {
        if (match.Arguments.Count > 0)
        {
            output.WriteLine($"error: 'configure {match.Arguments.Keys.First()}' is not supported: there is one candidate, shared by all users");
            return CliOutcome.Failed;
        }

        _configuration = new ConfigurationMode(engine.Store, user);
        output.WriteLine("Entering configuration mode");
        if (_configuration.HasChanges)
        {
            output.WriteLine("The configuration has been changed but not committed");
        }

        return CliOutcome.Done;
    }

    // With a terminal the caret stands below the line as it was echoed behind the prompt.
    private void Explain(CliError error, string line, Action<string> sink)
    {
        if (columns > 0)
        {
            int prompt = user.Length + engine.HostName.Length + 3;
            sink(new string(' ', prompt + Math.Clamp(error.Column, 1, line.Length + 1) - 1) + "^");
            sink(error.Message + ".");
        }
        else
        {
            sink($"{error.Message} (column {error.Column}).");
        }
    }
}
