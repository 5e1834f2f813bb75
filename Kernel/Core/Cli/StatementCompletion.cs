using RouterOS.Core.Configuration;
using RouterOS.Core.Configuration.Junos;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Cli;

/// <summary>Completes words of statements from the schema, with the names that the candidate has.</summary>
internal static class StatementCompletion
{
    /// <summary>What may follow the words.</summary>
    /// <param name="schema">The language.</param>
    /// <param name="words">Whole words from the root.</param>
    /// <param name="partial">Beginning of the next word.</param>
    /// <param name="candidate">The candidate.</param>
    /// <param name="containersOnly">True for <c>edit</c>.</param>
    public static IEnumerable<CompletionItem> Complete(
        StatementSchema schema, IReadOnlyList<JunosToken> words, string partial, Statement candidate, bool containersOnly)
    {
        WalkResult walk = StatementWalker.Walk(schema, words, abbreviations: true);
        if (walk.Error is not null)
        {
            return [];
        }

        if (walk.Pending is { } pending)
        {
            return Value(schema, walk, pending, partial, candidate);
        }

        return Context(schema, walk, partial, candidate, containersOnly, words.Count > 0);
    }

    private static IEnumerable<CompletionItem> Value(
        StatementSchema schema, WalkResult walk, StatementSchema pending, string partial, Statement candidate)
    {
        if (walk.PendingKeyword)
        {
            string keyword = pending.Keys[walk.PendingValues.Count].Keyword;
            return keyword.StartsWith(partial, StringComparison.Ordinal) ? [new CompletionItem(keyword, pending.Help)] : [];
        }

        ValueSyntax syntax = pending.Kind == StatementKind.List ? pending.Keys[walk.PendingValues.Count].Value : pending.Value!;
        IEnumerable<CompletionItem> items = CompletionItem.OfValue(
            syntax, pending.Help, Names(schema, walk, pending, syntax, candidate), partial);
        return pending.Kind != StatementKind.LeafList || partial.Length > 0 ? items
            : walk.InBrackets ? items.Append(new CompletionItem("]", "End of the list"))
            : items.Prepend(new CompletionItem("[", "Open a set of values"));
    }

    private static IEnumerable<string> Names(
        StatementSchema schema, WalkResult walk, StatementSchema pending, ValueSyntax syntax, Statement candidate)
    {
        IEnumerable<string> suggested = syntax.Suggest?.Invoke(StatementView.Of(candidate)) ?? [];
        if (pending.Kind != StatementKind.List)
        {
            return suggested;
        }

        StatementPath path = StatementPath.Of(candidate, schema, walk);
        return path.Parent.Children.Select(c => c.Values[walk.PendingValues.Count]).Concat(suggested);
    }

    private static IEnumerable<CompletionItem> Context(
        StatementSchema schema, WalkResult walk, string partial, Statement candidate, bool containersOnly, bool enter)
    {
        if (enter && partial.Length == 0)
        {
            yield return new CompletionItem("<[Enter]>", "Execute this command", Literal: false);
        }

        foreach (StatementSchema child in walk.ContextSchema.Children.OrderBy(c => c.Name, StringComparer.Ordinal))
        {
            bool below = child.Kind is StatementKind.Container or StatementKind.List or StatementKind.Opaque;
            if (containersOnly && !below)
            {
                continue;
            }

            if (child.Name.Length == 0)
            {
                ValueSyntax syntax = child.Kind == StatementKind.List ? child.Keys[0].Value : child.Value!;
                foreach (CompletionItem item in CompletionItem.OfValue(
                    syntax, child.Help, Unnamed(schema, walk, child, syntax, candidate), partial))
                {
                    yield return item with { Mark = below ? ">" : string.Empty };
                }
            }
            else if (child.Name.StartsWith(partial, StringComparison.Ordinal))
            {
                string suffix = child.Value?.HelpSuffix is { Length: > 0 } range ? $" ({range})" : string.Empty;
                string mark = child.Kind switch
                {
                    StatementKind.LeafList => "+",
                    StatementKind.Container or StatementKind.List or StatementKind.Opaque => ">",
                    _ => string.Empty,
                };
                yield return new CompletionItem(child.Name, child.Help + suffix, Mark: mark);
            }
        }

        if (enter && partial.Length == 0)
        {
            yield return new CompletionItem("|", "Pipe through a command");
        }
    }

    private static IEnumerable<string> Unnamed(
        StatementSchema schema, WalkResult walk, StatementSchema child, ValueSyntax syntax, Statement candidate)
    {
        IEnumerable<string> suggested = syntax.Suggest?.Invoke(StatementView.Of(candidate)) ?? [];
        StatementPath path = StatementPath.Of(candidate, schema, walk);
        Statement? container = path.Container;
        return container is null ? suggested
            : container.Children.Where(c => c.Name.Length == 0 && c.Kind == child.Kind).Select(c => c.Values[0]).Concat(suggested);
    }
}
