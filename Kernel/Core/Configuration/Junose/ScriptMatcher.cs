using RouterOS.Core.Cli;
using RouterOS.Core.Configuration.Junos;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Configuration.Scripts;

namespace RouterOS.Core.Configuration.Junose;

/// <summary>Finds the command of a mode that words mean: the one reader, for lines that are typed, scripts, completion and help.</summary>
/// <remarks>Keywords may be shortened as far as they are unique, and their case does not count.</remarks>
internal sealed class ScriptMatcher
{
    /// <summary>First word of the form that undoes.</summary>
    public const string No = "no";

    /// <summary>First word of the form that restores a default.</summary>
    public const string Default = "default";

    private readonly IReadOnlyList<JunosToken> _words;
    private readonly ScriptMatch _match = new();
    private readonly int _end;
    private readonly StatementView _root;
    private int _at;

    private ScriptMatcher(IReadOnlyList<JunosToken> words, int end, StatementView root) => (_words, _end, _root) = (words, end, root);

    /// <summary>Reads words.</summary>
    /// <param name="mode">The mode.</param>
    /// <param name="words">The words.</param>
    /// <param name="end">Column behind the last one.</param>
    /// <param name="root">The configuration, for completion.</param>
    public static ScriptMatch Run(ScriptMode mode, IReadOnlyList<JunosToken> words, int end, StatementView? root = null) =>
        new ScriptMatcher(words, end, root ?? StatementView.Of(Statement.EmptyRoot)).Run(mode);

    /// <summary>True when a word is the beginning of a keyword, in any case.</summary>
    public static bool Begins(string keyword, string word) => word.Length > 0 && keyword.StartsWith(word, StringComparison.OrdinalIgnoreCase);

    private static bool IsKeyword(JunosToken word, string keyword) =>
        word.Kind == JunosTokenKind.Word && string.Equals(word.Text, keyword, StringComparison.OrdinalIgnoreCase);

    private ScriptMatch Run(ScriptMode mode)
    {
        if (_words.Count > 0)
        {
            _match.IsNo = IsKeyword(_words[0], No);
            _match.IsDefault = IsKeyword(_words[0], Default);
            _at = _match.IsNo || _match.IsDefault ? 1 : 0;
        }

        List<(ScriptCommand Command, string[] Words)> open = [];
        foreach (ScriptCommand command in mode.Commands)
        {
            if ((!_match.IsNo || command.No != ScriptNo.None) && (!_match.IsDefault || command.HasDefault))
            {
                open.AddRange(command.Aliases.Prepend(command.Words).Select(words => (command, words.Split(' '))));
            }
        }

        Keywords(open, 0);
        _match.Understood = _at;
        return _match;
    }

    private void Keywords(List<(ScriptCommand Command, string[] Words)> open, int depth)
    {
        ScriptCommand? whole = open.Where(c => c.Words.Length == depth).Select(c => c.Command).FirstOrDefault();
        List<(ScriptCommand Command, string[] Words)> longer = open.FindAll(c => c.Words.Length > depth);
        if (_at == _words.Count)
        {
            foreach ((ScriptCommand command, string[] words) in longer.DistinctBy(c => c.Words[depth]))
            {
                // An older spelling is taken, not offered.
                if (depth > 0 || !command.Aliases.Contains(string.Join(' ', words)))
                {
                    _match.Next.Add(new CompletionItem(words[depth], words.Length == depth + 1 ? command.Help : HelpOf(longer, words, depth)));
                }
            }

            Finish(whole);
            return;
        }

        JunosToken word = _words[_at];
        List<(ScriptCommand Command, string[] Words)> found = word.Kind == JunosTokenKind.Word ? Narrow(longer, word.Text, depth) : [];
        string[] different = [.. found.Select(c => c.Words[depth]).Distinct(StringComparer.OrdinalIgnoreCase)];
        if (different.Length == 1)
        {
            _at++;
            Keywords(found, depth + 1);
        }
        else if (whole is not null && (different.Length == 0 || whole.Parameters.Length > 0))
        {
            Finish(whole);
        }
        else
        {
            _match.Expected = string.Join(", ", longer.Select(c => c.Words[depth]).Distinct());
            Fail(word.Position.Column, different.Length > 1 ? CliErrorKind.Ambiguous : CliErrorKind.Invalid);
        }
    }

    private static List<(ScriptCommand Command, string[] Words)> Narrow(
        List<(ScriptCommand Command, string[] Words)> commands, string word, int depth)
    {
        List<(ScriptCommand Command, string[] Words)> exact = commands.FindAll(
            c => string.Equals(c.Words[depth], word, StringComparison.OrdinalIgnoreCase));
        return exact.Count > 0 ? exact : commands.FindAll(c => Begins(c.Words[depth], word));
    }

    // The word of several commands: what they have in common is not written down, so the words that may follow are named.
    private static string HelpOf(List<(ScriptCommand Command, string[] Words)> commands, string[] words, int depth)
    {
        string[] next = [.. commands.Where(c => c.Words[depth] == words[depth] && c.Words.Length > depth + 1).Select(c => c.Words[depth + 1]).Distinct()];
        return next.Length == 1 && commands.Count(c => c.Words[depth] == words[depth]) == 1 ? commands.First(c => c.Words[depth] == words[depth]).Command.Help
            : string.Join(", ", next.Take(6)) + (next.Length > 6 ? ", …" : string.Empty);
    }

    private void Finish(ScriptCommand? command)
    {
        if (command is null)
        {
            Fail(_end, CliErrorKind.Incomplete);
            return;
        }

        _match.Command = command;
        List<ScriptParameter> left = [.. command.Parameters];
        while (_at < _words.Count && _match.Error is null)
        {
            ScriptParameter? next = null;
            foreach (ScriptParameter parameter in left)
            {
                if (Takes(command, parameter))
                {
                    next = parameter;
                    break;
                }

                if (!MayBeLeftOut(command, parameter))
                {
                    break;
                }
            }

            if (next is null)
            {
                _match.Expected = string.Join(", ", left.Select(Words));
                Fail(_words[_at].Position.Column, CliErrorKind.Invalid);
                return;
            }

            // What was passed by may still come, unless it has no keyword to be known by.
            left.Remove(next);
            if (!Take(next))
            {
                return;
            }
        }

        if (left.Find(p => !MayBeLeftOut(command, p)) is { } missing)
        {
            _match.Expected = Words(missing);
            Offer(missing);
            Fail(_end, CliErrorKind.Incomplete);
            return;
        }

        foreach (ScriptParameter parameter in left)
        {
            Offer(parameter);
        }

        _match.Next.Add(new CompletionItem("<cr>", string.Empty, Literal: false));
    }

    private bool MayBeLeftOut(ScriptCommand command, ScriptParameter parameter) =>
        parameter.IsOptional || parameter.IsForCreation || parameter.IsContext
        || ((_match.IsNo || _match.IsDefault) && !(parameter.IsKey && command.Mode is not null));

    private bool Takes(ScriptCommand command, ScriptParameter parameter)
    {
        JunosToken word = _words[_at];
        return parameter.Keyword.Length > 0 ? word.Kind == JunosTokenKind.Word && Begins(parameter.Keyword.Split(' ')[0], word.Text)
            : !MayBeLeftOut(command, parameter) || parameter.Span != 1 || Accept(parameter.Value!, word.Text) is not null;
    }

    private bool Take(ScriptParameter parameter)
    {
        foreach (string keyword in parameter.Keyword.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (_at == _words.Count)
            {
                _match.Next.Add(new CompletionItem(keyword, parameter.Help));
                Fail(_end, CliErrorKind.Incomplete);
                return false;
            }

            if (_words[_at].Kind != JunosTokenKind.Word || !Begins(keyword, _words[_at].Text))
            {
                _match.Expected = keyword;
                Fail(_words[_at].Position.Column, CliErrorKind.Invalid);
                return false;
            }

            _at++;
        }

        List<string> values = [];
        _match.Values[parameter.Name] = values;
        // What is undone may be named without its value: 'no lifetime seconds'.
        bool undone = (_match.IsNo || _match.IsDefault) && parameter.Keyword.Length > 0 && _at == _words.Count;
        if (parameter.Value is null || undone)
        {
            return true;
        }

        do
        {
            if (Value(parameter) is not { } value)
            {
                return false;
            }

            values.Add(value);
        }
        while (parameter.IsMany && _at < _words.Count);
        if (parameter.IsMany)
        {
            Offer(parameter);
        }

        return true;
    }

    private string? Value(ScriptParameter parameter)
    {
        int first = _at;
        List<string> words = [];
        int span = parameter.Span > 0 ? parameter.Span : Math.Max(1, _words.Count - _at);
        while (words.Count < span)
        {
            if (_at == _words.Count)
            {
                Offer(parameter, words.Count);
                Fail(_end, CliErrorKind.Incomplete);
                return null;
            }

            string text = _words[_at].Text;
            if (words.Count == 0 && parameter.Kinds.Count > 0)
            {
                string[] kinds = [.. parameter.Kinds.Select(k => k.Text)];
                string[] found = [.. kinds.Where(k => string.Equals(k, text, StringComparison.OrdinalIgnoreCase))];
                found = found.Length > 0 ? found : [.. kinds.Where(k => Begins(k, text))];
                if (found.Length == 0 && parameter.Value!.TryAccept(text, out string? alone))
                {
                    _at++;
                    return alone;
                }

                if (found.Length != 1)
                {
                    _match.Expected = string.Join(", ", kinds);
                    Fail(_words[_at].Position.Column, found.Length > 1 ? CliErrorKind.Ambiguous : CliErrorKind.Invalid);
                    return null;
                }

                text = found[0];
            }

            words.Add(parameter.Span == 0 ? JunoseLexer.Quote(text) : text);
            _at++;
        }

        if (parameter.Value!.Secret)
        {
            _match.Secrets.UnionWith(Enumerable.Range(first, span));
        }

        string? value = Accept(parameter.Value, string.Join(' ', words));
        if (value is null)
        {
            _match.Expected = parameter.Value.Expected;
            Fail(_words[_at - 1].Position.Column, CliErrorKind.Invalid);
            _at--;
        }

        return value;
    }

    private static string? Accept(ValueSyntax syntax, string text)
    {
        if (syntax.TryAccept(text, out string? canonical))
        {
            return canonical;
        }

        string[] found = [.. syntax.Choices.Select(c => c.Text).Where(c => Begins(c, text))];
        return found.Length == 1 ? found[0] : null;
    }

    private void Offer(ScriptParameter parameter, int word = 0)
    {
        if (word == 0 && parameter.Keyword.Length > 0 && !_match.Values.ContainsKey(parameter.Name))
        {
            _match.Next.Add(new CompletionItem(parameter.Keyword.Split(' ')[0], parameter.Help));
        }
        else if (word == 0 && parameter.Kinds.Count > 0)
        {
            _match.Next.AddRange(parameter.Kinds.Select(k => new CompletionItem(k.Text, k.Help)));
        }
        else if (parameter.Value is { } value)
        {
            _match.Next.AddRange(CompletionItem.OfValue(
                value, parameter.Help, parameter.Span != 1 ? [] : [.. value.Suggest?.Invoke(_root) ?? []], string.Empty));
        }
    }

    private static string Words(ScriptParameter parameter) =>
        parameter.Keyword.Length > 0 ? parameter.Keyword
        : parameter.Kinds.Count > 0 ? string.Join(", ", parameter.Kinds.Select(k => k.Text)) : parameter.Value?.Expected ?? parameter.Name;

    private void Fail(int column, CliErrorKind kind) => _match.Error ??= CliError.Junose(column, kind);
}
