using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Configuration.Scripts;

namespace RouterOS.Core.Configuration.Junose;

/// <summary>Carries out commands on a tree that is being edited.</summary>
internal sealed class ScriptEditor(IScriptLanguage language, StatementNode root)
{
    /// <summary>Carries out a command in the mode where the cursor is; a refused one changes nothing.</summary>
    public ScriptEdit Run(ScriptCursor cursor, ScriptMatch match, SourcePosition position)
    {
        ScriptCommand command = match.Command!;
        if (command.EntersContext)
        {
            return Context(cursor, match, position);
        }

        string context = cursor.Context;
        if (context != language.DefaultContext && ContextNode(context) is null)
        {
            return Refuse(ScriptCursor.Top(language, language.DefaultContext), $"virtual router {context} does not exist any more");
        }

        if (command.Parameters.FirstOrDefault(p => p.IsContext) is { } naming)
        {
            string? named = match.Value(naming.Name);
            if (named is not null && named != language.DefaultContext && ContextNode(named) is null)
            {
                return Refuse(cursor, $"virtual router {named} does not exist");
            }

            context = named ?? Owner(command, match) ?? context;
        }

        List<(string Name, IReadOnlyList<string> Keys)> path = [.. cursor.Level.Path];
        if (cursor.Levels.Count == 1 && command.IsOfContext)
        {
            path.Add((language.ContextList, [context]));
        }

        // The statement around this one may have been removed by somebody else since its mode was entered.
        if (cursor.Levels.Count > 1 && Find(path) is null)
        {
            return Refuse(cursor.Out(cursor.Levels.Count), "what this mode configures does not exist any more");
        }

        path.AddRange(command.PathWords.Take(command.PathWords.Count - 1).Select(word => (word, (IReadOnlyList<string>)[])));
        string[] keys = Keys(command, match);
        string name = command.PathWords[^1];
        bool removes = match.IsDefault || match.IsNo != (command.No == ScriptNo.Kept);
        string? refusal = removes ? Remove(path, name, command, match, keys) : Set(path, name, command, match, keys, position);
        if (refusal is not null)
        {
            return Refuse(cursor, refusal);
        }

        if (removes)
        {
            LeaveDefault();
        }

        ScriptCursor next = cursor;
        if (!removes && command.Mode is { } mode)
        {
            next = cursor.Enter(new ScriptLevel(mode, command.Prompt?.Invoke(keys) ?? mode.Prompt, [.. path, (name, keys)]));
        }

        return new ScriptEdit(next, null, PathOf([.. path, (name, command.Kind == StatementKind.List ? keys : [])]));
    }

    private static ScriptEdit Refuse(ScriptCursor cursor, string reason) => new(cursor, reason, string.Empty);

    // The keys that were given: of a 'no' form perhaps not all.
    private static string[] Keys(ScriptCommand command, ScriptMatch match) =>
    [
        .. command.Kept.Where(p => p.IsKey).Select(p => match.Value(p.Name) ?? (p.Absent.Length > 0 ? p.Absent : null)).TakeWhile(v => v is not null).Select(v => v!),
    ];

    private static string PathOf(IEnumerable<(string Name, IReadOnlyList<string> Keys)> path) =>
        string.Join(' ', path.SelectMany(step => step.Keys.Prepend(step.Name)));

    private ScriptEdit Context(ScriptCursor cursor, ScriptMatch match, SourcePosition position)
    {
        string name = match.Value(match.Command!.Parameters[0].Name)!;
        StatementSchema schema = root.Schema.Child(language.ContextList)!;
        if (match.IsNo)
        {
            if (name == language.DefaultContext)
            {
                return Refuse(cursor, $"virtual router {name} cannot be removed");
            }

            if (ContextNode(name) is not { } node)
            {
                return Refuse(cursor, $"virtual router {name} does not exist");
            }

            node.Remove();
            return new ScriptEdit(
                cursor.Context == name ? ScriptCursor.Top(language, language.DefaultContext) : cursor, null, PathOf([(language.ContextList, [name])]));
        }

        if (name != language.DefaultContext)
        {
            root.Put(schema, schema.Name, [name], position);
        }

        return new ScriptEdit(ScriptCursor.Top(language, name), null, PathOf([(language.ContextList, [name])]));
    }

    private StatementNode? ContextNode(string name) =>
        root.Find(root.Schema.Child(language.ContextList)!, language.ContextList, [name]);

    // The context that has an entry already: such a command belongs to it wherever it is typed.
    private string? Owner(ScriptCommand command, ScriptMatch match)
    {
        string[] keys = Keys(command, match);
        return root.Children.Where(c => c.Name == language.ContextList).FirstOrDefault(
            c => Find([
                (c.Name, c.Values),
                .. command.PathWords.Select((w, i) => (w, i == command.PathWords.Count - 1 ? keys : (IReadOnlyList<string>)[])),
            ]) is not null)?.Values[0];
    }

    private StatementNode? Find(IEnumerable<(string Name, IReadOnlyList<string> Keys)> path)
    {
        StatementNode? at = root;
        foreach ((string name, IReadOnlyList<string> keys) in path)
        {
            at = at?.Schema.Child(name) is { } schema ? at.Find(schema, name, keys) : null;
        }

        return at;
    }

    private StatementNode Make(List<(string Name, IReadOnlyList<string> Keys)> path, SourcePosition position)
    {
        StatementNode at = root;
        foreach ((string word, IReadOnlyList<string> entry) in path)
        {
            at = at.Put(at.Schema.Child(word)!, word, entry, position);

            // The default context stands first, as scripts have it, whenever it was made.
            if (at.Parent == root && word == language.ContextList && entry[0] == language.DefaultContext
                && root.Children.First(c => c.Name == word) is { } first && first != at)
            {
                at.MoveTo(first, after: false);
            }
        }

        return at;
    }

    private string? Remove(
        List<(string Name, IReadOnlyList<string> Keys)> path, string name, ScriptCommand command, ScriptMatch match, string[] keys)
    {
        if (Find(path) is not { } parent)
        {
            return command.Mode is null ? null : $"{command.Words} {string.Join(' ', keys)} does not exist";
        }

        List<StatementNode> targets = parent.Children.Where(c => c.Name == name && c.Values.Take(keys.Length).SequenceEqual(keys)).ToList();
        if (command.Kind is StatementKind.Leaf or StatementKind.LeafList or StatementKind.Flag or StatementKind.Container)
        {
            targets = [.. parent.Children.Where(c => c.Name == name)];
        }

        if (targets.Count == 0 && command.Mode is not null)
        {
            return $"{command.Words} {string.Join(' ', keys)} does not exist";
        }

        // 'no lifetime kilobytes' names a part: the rest stays.
        string[] parts = command.Kind == StatementKind.Container && command.Mode is null
            ? [.. command.Kept.Select(p => p.Name).Where(match.Values.ContainsKey)] : [];
        foreach (StatementNode target in targets)
        {
            foreach (StatementNode part in target.Children.Where(c => parts.Contains(c.Name)).ToArray())
            {
                part.Remove();
            }

            if (parts.Length == 0)
            {
                target.Remove();
            }
        }

        return null;
    }

    // The default context was made only to hold what has gone now: a script never makes it.
    private void LeaveDefault()
    {
        if (ContextNode(language.DefaultContext) is { Children.Count: 0 } empty)
        {
            empty.Remove();
        }
    }

    private string? Set(
        List<(string Name, IReadOnlyList<string> Keys)> path, string name, ScriptCommand command, ScriptMatch match, string[] keys,
        SourcePosition position)
    {
        StatementNode? before = Find([.. path, (name, command.Kind == StatementKind.List ? keys : [])]);
        if (before is null && command.Parameters.FirstOrDefault(p => p.IsForCreation && !match.Values.ContainsKey(p.Name)) is { } missing)
        {
            return $"{command.Words} {string.Join(' ', keys)} does not exist: to make it, '{(missing.Keyword.Length > 0 ? missing.Keyword : missing.Name)}' is needed";
        }

        if (before is not null && command.Parameters.FirstOrDefault(
            p => p.OnlyAtCreationReason.Length > 0 && match.Values.ContainsKey(p.Name) && before.Children.All(c => c.Name != p.Name)) is { } late)
        {
            return late.OnlyAtCreationReason;
        }

        // What stands on the line is all there is to say, except of what has a mode or of which parts may be set one by one.
        if (before is not null && command.Mode is null && command.Kind is not StatementKind.Container)
        {
            before.Remove();
        }

        StatementNode at = Make(path, position);

        if (command.OnlyOneWithout.Length > 0 && !match.Values.ContainsKey(command.OnlyOneWithout))
        {
            foreach (StatementNode other in at.Children.Where(
                c => c.Name == name && c.Children.All(p => p.Name != command.OnlyOneWithout)).ToArray())
            {
                other.Remove();
            }

            // Its containers may have gone with it.
            at = Make(path, position);
        }

        StatementSchema schema = at.Schema.Child(name)!;
        ScriptParameter[] kept = [.. command.Kept.Where(p => !p.IsKey)];
        IReadOnlyList<string> values = command.Kind switch
        {
            StatementKind.List => keys,
            StatementKind.Leaf when command.No == ScriptNo.Kept => [ScriptSchema.Off],
            StatementKind.Leaf or StatementKind.LeafList => match.Values[kept[0].Name],
            _ => [],
        };
        StatementNode node = at.Put(schema, name, values, position);
        if (command.Kind is StatementKind.List or StatementKind.Container)
        {
            foreach (ScriptParameter parameter in kept.Where(p => match.Values.ContainsKey(p.Name)))
            {
                StatementSchema below = schema.Child(parameter.Name)!;
                node.Find(below, parameter.Name, [])?.Remove();
                node = node.Parent is null ? at.Put(schema, name, values, position) : node;
                node.Put(below, parameter.Name, match.Values[parameter.Name], position);
            }
        }

        return null;
    }
}
