namespace RouterOS.Sdk.Configuration.Scripts;

/// <summary>Makes the statements that keep a script language's commands: a command's words are containers, its last one the statement.</summary>
public static class ScriptSchema
{
    /// <summary>Value of a statement that keeps a <c>no</c>.</summary>
    public const string Off = "off";

    /// <summary>The root of a language.</summary>
    /// <param name="global">Global configuration mode.</param>
    /// <param name="contextList">List that holds what belongs to a context.</param>
    public static StatementSchema Of(ScriptMode global, string contextList)
    {
        ArgumentNullException.ThrowIfNull(global);
        ScriptCommand context = global.Commands.Single(c => c.EntersContext);
        StatementSchema contexts = Judge(
            Schema.List(contextList, context.Help, context.Parameters[0].Value!, Below(global.Commands.Where(c => c.IsOfContext))), context);
        return Schema.Root([.. Below(global.Commands.Where(c => !c.IsOfContext && !c.EntersContext)), contexts]);
    }

    private static StatementSchema[] Below(IEnumerable<ScriptCommand> commands)
    {
        Dictionary<string, ScriptCommand> first = new(StringComparer.Ordinal);
        foreach (ScriptCommand command in commands)
        {
            _ = first.TryAdd(string.Join(' ', command.PathWords), command);
        }

        return Level([.. first.Values], 0);
    }

    private static StatementSchema[] Level(IReadOnlyList<ScriptCommand> commands, int depth)
    {
        List<StatementSchema> level = [];
        foreach (IGrouping<string, ScriptCommand> word in commands.GroupBy(c => c.PathWords[depth], StringComparer.Ordinal))
        {
            ScriptCommand[] deeper = [.. word.Where(c => c.PathWords.Count > depth + 1)];
            ScriptCommand? here = word.FirstOrDefault(c => c.PathWords.Count == depth + 1);
            if (here is not null && deeper.Length > 0)
            {
                throw new ArgumentException($"'{deeper[0].Words}' would be kept below the statement of '{here.Words}': keep one of them elsewhere.");
            }

            level.Add(here is null ? Schema.Container(word.Key, "Commands", Level(deeper, depth + 1)) : Statement(here, word.Key));
        }

        return [.. level];
    }

    private static StatementSchema Statement(ScriptCommand command, string name)
    {
        ScriptParameter[] kept = [.. command.Kept];
        StatementSchema[] below =
        [
            .. kept.Where(p => !p.IsKey).Select(Parameter), .. command.Mode is { } mode ? Below(mode.Commands) : [],
        ];
        StatementSchema schema = command.Kind switch
        {
            StatementKind.List => Schema.List(
                name, command.Help, [.. kept.Where(p => p.IsKey).Select(p => Schema.Key(string.Empty, p.Value!))], below),
            StatementKind.Container => Schema.Container(name, command.Help, below),
            StatementKind.Leaf when command.No == ScriptNo.Kept =>
                Schema.Leaf(name, command.Help, Values.OneOf(Values.Choice(Off, "Not in effect"))),
            StatementKind.Leaf => Schema.Leaf(name, command.Help, kept[0].Value!),
            StatementKind.LeafList => Schema.LeafList(name, command.Help, kept[0].Value!),
            _ => Schema.Flag(name, command.Help),
        };
        schema = command.Kind == StatementKind.Container && command.Mode is not null ? schema.WithPresence() : schema;
        schema = command.Maximum > 0 ? schema.AtMost(command.Maximum) : schema;
        return Judge(command.IsSorted ? schema.Sorted() : schema, command);
    }

    private static StatementSchema Parameter(ScriptParameter parameter) =>
        parameter.Value is not { } value ? Schema.Flag(parameter.Name, parameter.Help)
        : parameter.IsMany ? Schema.LeafList(parameter.Name, parameter.Help, value)
        : Schema.Leaf(parameter.Name, parameter.Help, value);

    private static StatementSchema Judge(StatementSchema schema, ScriptCommand command) => command switch
    {
        { Judge: { } judge } => schema.Judged(judge),
        { Verdict.Kind: VerdictKind.Equivalent } => schema.Equivalent(command.Verdict.Reason),
        { Verdict.Kind: VerdictKind.Ignored } => schema.Ignored(command.Verdict.Reason),
        { Verdict.Kind: VerdictKind.Refused } => schema.Refused(command.Verdict.Reason),
        _ => schema,
    };
}
