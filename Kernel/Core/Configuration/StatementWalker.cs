using RouterOS.Core.Configuration.Junos;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration;

/// <summary>Follows words through a schema: the one reader of statements, for files, edits, completion and paths.</summary>
internal sealed class StatementWalker
{
    private readonly IReadOnlyList<JunosToken> _words;
    private readonly bool _abbreviations;
    private readonly Func<string, string?>? _openSecret;
    private readonly WalkResult _result;
    private int _at;

    private StatementWalker(
        StatementSchema context, IReadOnlyList<JunosToken> words, bool abbreviations, Func<string, string?>? openSecret)
    {
        _words = words;
        _abbreviations = abbreviations;
        _openSecret = openSecret;
        _result = new WalkResult { ContextSchema = context };
    }

    /// <summary>Follows words from a container, an entry or an opaque statement.</summary>
    /// <param name="context">Where the words begin.</param>
    /// <param name="words">The words; brackets are words here.</param>
    /// <param name="abbreviations">True when a keyword may be shortened as far as it is unique, as on the command line.</param>
    /// <param name="openSecret">Turns a sealed secret into its obfuscated form, or gives null for what is not sealed.</param>
    public static WalkResult Walk(
        StatementSchema context,
        IReadOnlyList<JunosToken> words,
        bool abbreviations = false,
        Func<string, string?>? openSecret = null) =>
        new StatementWalker(context, words, abbreviations, openSecret).Run();

    private WalkResult Run()
    {
        while (_at < _words.Count && _result.Error is null && _result.Pending is null)
        {
            if (_result.ContextSchema.Kind == StatementKind.Opaque)
            {
                Opaque();
            }
            else
            {
                Statement();
            }
        }

        return _result;
    }

    private void Statement()
    {
        JunosToken word = _words[_at];
        if (!word.IsWord)
        {
            Fail(_at, $"'{word.Text}' without a statement before it", Named());
            return;
        }

        // Order: the whole keyword, a value of the unnamed child, a shortened keyword, a shortened value.
        StatementSchema? unnamed = _result.ContextSchema.Child(string.Empty);
        ValueSyntax? syntax = unnamed is null ? null : unnamed.Kind == StatementKind.List ? unnamed.Keys[0].Value : unnamed.Value;
        bool bare = word.Kind == JunosTokenKind.Word && word.Text.Length > 0;
        StatementSchema? schema = bare ? _result.ContextSchema.Child(word.Text) : null;
        if (schema is null && syntax?.TryAccept(word.Text, out _) == true)
        {
            Read(unnamed!, word.Position);
            return;
        }

        if (schema is null && bare && _abbreviations)
        {
            List<string> found = [.. Keywords().Where(k => k.StartsWith(word.Text, StringComparison.Ordinal))];
            if (found.Count > 1)
            {
                Fail(_at, $"'{word.Text}' is ambiguous", found);
                return;
            }

            schema = found.Count == 1 ? _result.ContextSchema.Child(found[0]) : null;
            if (schema is null && syntax is not null && Abbreviated(syntax.Choices.Select(c => c.Text), word.Text) is not null)
            {
                Read(unnamed!, word.Position);
                return;
            }
        }

        if (schema is null)
        {
            string message = _result.ContextSchema.Children.Count == 0
                ? $"nothing may follow here, but '{word.Text}' does"
                : $"unknown statement '{word.Text}'";
            Fail(_at, message, syntax is null ? Named() : Named().Append(syntax.Expected));
            return;
        }

        _at++;
        Read(schema, word.Position);
    }

    private void Read(StatementSchema schema, SourcePosition position)
    {
        switch (schema.Kind)
        {
            case StatementKind.Container:
                Enter(schema, [], position);
                break;
            case StatementKind.Opaque:
                Enter(schema, [], position);
                break;
            case StatementKind.Flag:
                Finish(schema, [], position);
                break;
            case StatementKind.List:
                if (Keys(schema) is { } keys)
                {
                    Enter(schema, keys, position);
                }

                break;
            case StatementKind.Leaf:
                if (Value(schema, schema.Value!, position) is { } value)
                {
                    Finish(schema, [value], position);
                }

                break;
            default:
                LeafList(schema, position);
                break;
        }
    }

    private void Enter(StatementSchema schema, List<string> keys, SourcePosition position)
    {
        _result.Steps.Add(new WalkStep(schema, schema.Name, keys, _result.Context, position));
        _result.Context = _result.Steps.Count - 1;
        _result.ContextSchema = schema;
        _result.Terminals = 0;
    }

    private void Finish(StatementSchema schema, List<string> values, SourcePosition position)
    {
        _result.Steps.Add(new WalkStep(schema, schema.Name, values, _result.Context, position));
        _result.Terminals++;
    }

    private List<string>? Keys(StatementSchema schema)
    {
        List<string> keys = [];
        foreach (KeySyntax key in schema.Keys)
        {
            _result.Pending = schema;
            if (key.Keyword.Length > 0)
            {
                _result.PendingKeyword = true;
                if (_at >= _words.Count)
                {
                    return null;
                }

                string word = _words[_at].Text;
                if (word != key.Keyword && !(_abbreviations && key.Keyword.StartsWith(word, StringComparison.Ordinal)))
                {
                    Fail(_at, $"'{word}' where '{key.Keyword}' must stand", [key.Keyword]);
                    return null;
                }

                _at++;
                _result.PendingKeyword = false;
            }

            if (Value(schema, key.Value, default) is not { } value)
            {
                return null;
            }

            keys.Add(value);
            _result.PendingValues.Add(value);
        }

        _result.Pending = null;
        _result.PendingValues.Clear();
        return keys;
    }

    private string? Value(StatementSchema schema, ValueSyntax syntax, SourcePosition position)
    {
        _result.Pending = schema;
        if (_at >= _words.Count)
        {
            return null;
        }

        JunosToken word = _words[_at];
        if (!word.IsWord)
        {
            Fail(_at, $"'{word.Text}' where one value must stand", Allowed(syntax));
            return null;
        }

        string text = syntax.Secret && _openSecret?.Invoke(word.Text) is { } open ? open : word.Text;
        string? canonical = syntax.TryAccept(text, out string? accepted) ? accepted
            : _abbreviations ? Abbreviated(syntax.Choices.Select(c => c.Text), text)
            : null;
        if (canonical is null)
        {
            // A refused secret must not reach a log through its error.
            Fail(_at, syntax.Secret ? "the key is not valid" : $"'{word.Text}' is not allowed", Allowed(syntax));
            return null;
        }

        _at++;
        _result.Pending = null;
        return canonical;
    }

    private void LeafList(StatementSchema schema, SourcePosition position)
    {
        if (_at < _words.Count && _words[_at].Kind == JunosTokenKind.ListOpen)
        {
            _at++;
            List<string> values = [];
            while (_at < _words.Count && _words[_at].Kind != JunosTokenKind.ListClose)
            {
                if (Value(schema, schema.Value!, position) is not { } value)
                {
                    return;
                }

                values.Add(value);
            }

            if (_at >= _words.Count)
            {
                _result.Pending = schema;
                _result.InBrackets = true;
                return;
            }

            _at++;
            if (values.Count == 0)
            {
                Fail(_at - 1, "the list is empty", Allowed(schema.Value!));
                return;
            }

            Finish(schema, values, position);
        }
        else if (Value(schema, schema.Value!, position) is { } value)
        {
            Finish(schema, [value], position);
        }
    }

    private void Opaque()
    {
        // Everything on the line is one statement, kept as written.
        JunosToken first = _words[_at];
        List<string> rest = [];
        for (int i = _at + 1; i < _words.Count; i++)
        {
            rest.Add(_openSecret?.Invoke(_words[i].Text) ?? _words[i].Text);
        }

        _result.Steps.Add(new WalkStep(StatementNode.OpaqueChild, first.Text, rest, _result.Context, first.Position));
        _result.Context = _result.Steps.Count - 1;
        _result.ContextSchema = StatementNode.OpaqueChild;
        _at = _words.Count;
    }

    private static string? Abbreviated(IEnumerable<string> choices, string text)
    {
        List<string> found = [.. choices.Where(c => text.Length > 0 && c.StartsWith(text, StringComparison.Ordinal))];
        return found.Count == 1 ? found[0] : null;
    }

    private IEnumerable<string> Named() => _result.ContextSchema.Children.Where(c => c.Name.Length > 0 && !c.IsInheritance).Select(c => c.Name);

    private IEnumerable<string> Keywords() => _result.ContextSchema.Children.Where(c => c.Name.Length > 0).Select(c => c.Name);

    private static IEnumerable<string> Allowed(ValueSyntax syntax) =>
        syntax.Read is null ? syntax.Choices.Select(c => c.Text) : [syntax.Expected];

    private void Fail(int word, string message, IEnumerable<string> allowed)
    {
        _result.ErrorWord = word;
        _result.Error = new ConfigurationDiagnostic(
            _words[word].Position, Said(), message, [.. allowed]);
    }

    // What was understood so far, secrets left out.
    private string Said()
    {
        List<string> words = [];
        foreach (WalkStep step in _result.Steps)
        {
            if (step.Name.Length > 0)
            {
                words.Add(step.Name);
            }

            bool secret = step.Schema.Value?.Secret == true;
            words.AddRange(secret ? ["<secret>"] : step.Values);
        }

        if (_result.Pending is { Name.Length: > 0 } pending)
        {
            words.Add(pending.Name);
        }

        return string.Join(' ', words);
    }
}
