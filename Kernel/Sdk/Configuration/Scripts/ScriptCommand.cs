using RouterOS.Abstractions.Chassis;

namespace RouterOS.Sdk.Configuration.Scripts;

/// <summary>Declares one configuration command: reading, abbreviation, completion, help, <c>no</c> and <c>default</c>, the statement that keeps
/// it, the script that <c>show configuration</c> prints and the verdict of <c>check</c> come from it.</summary>
/// <param name="Words">Its keywords: <c>ipsec transport profile</c>.</param>
/// <param name="Help">Help of its last keyword.</param>
/// <param name="Parameters">What follows, in order; what may be left out may also change places.</param>
public sealed record ScriptCommand(string Words, string Help, params ScriptParameter[] Parameters)
{
    /// <summary>Older spellings of <see cref="Words"/>, taken but never written.</summary>
    public IReadOnlyList<string> Aliases { get; private init; } = [];

    /// <summary>Statements under which it is kept, <see cref="Words"/> if empty. Two spellings of one thing are kept in one place.</summary>
    public string Path { get; private init; } = string.Empty;

    /// <summary>The mode that it enters; null for none.</summary>
    public ScriptMode? Mode { get; private init; }

    /// <summary>The prompt of that mode where it depends on the keys; null: the mode's own.</summary>
    public Func<IReadOnlyList<string>, string>? Prompt { get; private init; }

    /// <summary>It enters a context and makes it if there is none.</summary>
    public bool EntersContext { get; private init; }

    /// <summary>It holds for the context in which it is typed; false: for the whole chassis. Matters in global mode only.</summary>
    public bool IsOfContext { get; private init; }

    /// <summary>What its <c>no</c> form does.</summary>
    public ScriptNo No { get; private init; }

    /// <summary>There is a <c>default</c> form.</summary>
    public bool HasDefault { get; private init; }

    /// <summary>It is written into scripts; false for a spelling that another command writes.</summary>
    public bool IsShown { get; private init; } = true;

    /// <summary>Of entries without this flag there is one at most: a new one replaces it. Empty: no such rule.</summary>
    public string OnlyOneWithout { get; private init; } = string.Empty;

    /// <summary>Most entries; 0 for no limit.</summary>
    public int Maximum { get; private init; }

    /// <summary>Entries stand in the order of their keys.</summary>
    public bool IsSorted { get; private init; }

    /// <summary>What the router does with it.</summary>
    public Verdict Verdict { get; private init; } = Verdict.Applied;

    /// <summary>The same where it depends on the value or the chassis; null otherwise.</summary>
    public Func<StatementView, ChassisProfile, Verdict>? Judge { get; private init; }

    /// <summary>Also known by other words.</summary>
    public ScriptCommand Or(params string[] aliases) => this with { Aliases = aliases };

    /// <summary>Kept under other statements than its words.</summary>
    public ScriptCommand KeptAs(string path) => this with { Path = path };

    /// <summary>Enters a mode.</summary>
    public ScriptCommand Enters(ScriptMode mode, Func<IReadOnlyList<string>, string>? prompt = null) =>
        this with { Mode = mode, Prompt = prompt };

    /// <summary>Enters a context.</summary>
    public ScriptCommand EntersTheContext() => this with { EntersContext = true };

    /// <summary>Holds for the context in which it is typed.</summary>
    public ScriptCommand OfContext() => this with { IsOfContext = true };

    /// <summary>On unless <c>no</c> is typed; <c>default</c> restores that.</summary>
    public ScriptCommand OnByDefault() => this with { No = ScriptNo.Kept, HasDefault = true };

    /// <summary>Has no <c>no</c> form.</summary>
    public ScriptCommand WithoutNo() => this with { No = ScriptNo.None };

    /// <summary>Has a <c>default</c> form, which removes it.</summary>
    public ScriptCommand WithDefault() => this with { HasDefault = true };

    /// <summary>Written by another command.</summary>
    public ScriptCommand NotShown() => this with { IsShown = false };

    /// <summary>A new entry without the flag replaces the one without it.</summary>
    public ScriptCommand OneWithout(string flag) => this with { OnlyOneWithout = flag };

    /// <summary>At most so many entries.</summary>
    public ScriptCommand AtMost(int maximum) => this with { Maximum = maximum };

    /// <summary>Entries in the order of their keys.</summary>
    public ScriptCommand Sorted() => this with { IsSorted = true };

    /// <summary>Done by other means.</summary>
    public ScriptCommand Equivalent(string how) => this with { Verdict = Verdict.Equivalent(how) };

    /// <summary>Without effect, and harmless.</summary>
    public ScriptCommand Ignored(string why) => this with { Verdict = Verdict.Ignored(why) };

    /// <summary>Known to the language and not possible here.</summary>
    public ScriptCommand Refused(string why) => this with { Verdict = Verdict.Refused(why) };

    /// <summary>The verdict depends on the value or the chassis.</summary>
    public ScriptCommand Judged(Func<StatementView, ChassisProfile, Verdict> judge) => this with { Judge = judge };

    /// <summary>Statements under which it is kept, outermost first.</summary>
    public IReadOnlyList<string> PathWords => (Path.Length > 0 ? Path : Words).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What the statement that keeps it holds: all parameters but those that name a context.</summary>
    public IEnumerable<ScriptParameter> Kept => Parameters.Where(p => !p.IsContext);

    /// <summary>What the statement that keeps it is made of.</summary>
    public StatementKind Kind
    {
        get
        {
            ScriptParameter[] kept = [.. Kept];
            return kept.Any(p => p.IsKey) ? StatementKind.List
                : Mode is not null ? StatementKind.Container
                : No == ScriptNo.Kept ? StatementKind.Leaf
                : kept.Length switch
                {
                    0 => StatementKind.Flag,
                    1 when kept[0].IsMany => StatementKind.LeafList,
                    1 when kept[0].Value is not null => StatementKind.Leaf,
                    _ => StatementKind.Container,
                };
        }
    }
}
