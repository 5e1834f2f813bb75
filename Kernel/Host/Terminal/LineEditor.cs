using RouterOS.Proto.Cli.V1;

namespace RouterOS.Host.Terminal;

/// <summary>Reads lines with editing, history, Tab completion and <c>?</c> help.</summary>
internal sealed class LineEditor(ITerminal terminal, LineHistory history)
{
    private const int HelpColumn = 24;

    // Goes to the router behind the line: JUNOSe leaves configuration mode by it, Junos knows nothing of it.
    private const char ControlZ = '\u001a';

    private readonly Queue<ConsoleKeyInfo> _ahead = new();
    private LineBuffer _buffer = new();
    private string _prompt = string.Empty;
    private int _cursorRow;

    /// <summary>Keys that were typed while a command ran.</summary>
    public void TypeAhead(ConsoleKeyInfo key) => _ahead.Enqueue(key);

    /// <summary>The next key, typed ahead or typed now.</summary>
    public ConsoleKeyInfo ReadKey() => _ahead.TryDequeue(out ConsoleKeyInfo key) ? key : terminal.ReadKey();

    /// <summary>Reads a line.</summary>
    /// <param name="prompt">What stands before it, without line feeds.</param>
    /// <param name="complete">Completes the line up to the cursor, with or without help; null for text that is no command.</param>
    public async Task<LineResult> ReadAsync(string prompt, Func<string, bool, Task<CompleteReply>>? complete)
    {
        (_buffer, _prompt, _cursorRow) = (new LineBuffer(), prompt, 0);
        Draw();
        while (true)
        {
            ConsoleKeyInfo key = ReadKey();
            bool control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
            if (key.Key == ConsoleKey.Enter || key.KeyChar is '\r' or '\n')
            {
                return Finish(LineEnding.Entered, string.Empty);
            }

            if (key.KeyChar == '\u0003' || (control && key.Key == ConsoleKey.C))
            {
                return Finish(LineEnding.Interrupted, "^C");
            }

            if (_buffer.Text.Length == 0 && (key.KeyChar == '\u0004' || (control && key.Key == ConsoleKey.D)))
            {
                return Finish(LineEnding.EndOfInput, string.Empty);
            }

            if (complete is not null && (key.KeyChar == ControlZ || (control && key.Key == ConsoleKey.Z)))
            {
                LineResult line = Finish(LineEnding.Entered, "^Z");
                return line with { Text = line.Text + ControlZ };
            }

            if (complete is not null && (key.Key == ConsoleKey.Tab || key.KeyChar == '\t'))
            {
                await Complete(complete);
            }
            else if (complete is not null && key.KeyChar == '?' && !InQuotes(_buffer.Head))
            {
                await Help(complete);
            }
            else if (complete is not null && (key.Key == ConsoleKey.UpArrow || (control && key.Key == ConsoleKey.P)))
            {
                Recall(history.Back(_buffer.Text));
            }
            else if (complete is not null && (key.Key == ConsoleKey.DownArrow || (control && key.Key == ConsoleKey.N)))
            {
                Recall(history.Forward());
            }
            else if (control && key.Key == ConsoleKey.L)
            {
                terminal.Write("\u001b[2J\u001b[H");
                _cursorRow = 0;
                Draw();
            }
            else
            {
                Edit(key);
            }
        }
    }

    private void Edit(ConsoleKeyInfo key)
    {
        string before = _buffer.Text;
        if (!_buffer.Apply(key))
        {
            return;
        }

        // A character at the end of a line that does not wrap needs no more than itself.
        int end = _prompt.Length + _buffer.Text.Length;
        bool appended = _buffer.Cursor == _buffer.Text.Length && _buffer.Text.Length == before.Length + 1
            && _buffer.Text.StartsWith(before, StringComparison.Ordinal);
        if (appended && end % Math.Max(2, terminal.Columns) != 0)
        {
            terminal.Write(_buffer.Text[^1..]);
        }
        else
        {
            Draw();
        }
    }

    private static bool InQuotes(string text) => text.Count(c => c == '"') % 2 == 1;

    private LineResult Finish(LineEnding ending, string mark)
    {
        string text = _buffer.Text;
        _buffer.Set(text);
        Draw();
        terminal.Write(mark + "\r\n");
        if (ending == LineEnding.Entered)
        {
            history.Add(text);
        }

        return new LineResult(text, ending);
    }

    private void Recall(string? line)
    {
        if (line is not null)
        {
            _buffer.Set(line);
            Draw();
        }
    }

    private async Task Complete(Func<string, bool, Task<CompleteReply>> complete)
    {
        CompleteReply reply = await complete(_buffer.Head, true);
        List<string> words = [.. reply.Candidates.Where(c => c.Literal).Select(c => c.Text)];
        string partial = Partial(reply);
        string common = Common(words);
        if (words.Count == 1 && reply.Candidates.Count == 1)
        {
            _buffer.Insert(words[0][partial.Length..] + " ");
            Draw();
        }
        else if (common.Length > partial.Length)
        {
            _buffer.Insert(common[partial.Length..]);
            Draw();
        }
        else
        {
            List(reply);
        }
    }

    private async Task Help(Func<string, bool, Task<CompleteReply>> complete)
    {
        CompleteReply reply = await complete(_buffer.Head, true);
        terminal.Write("?");
        List(reply);
    }

    private void List(CompleteReply reply)
    {
        terminal.Write("\r\n" + (reply.Candidates.Count == 0 ? "No valid completions\r\n" : "Possible completions:\r\n"));
        foreach (Candidate candidate in reply.Candidates)
        {
            string mark = candidate.Mark.Length > 0 ? candidate.Mark : " ";
            terminal.Write($"{mark} {candidate.Text.PadRight(HelpColumn - 3)} {candidate.Help}".TrimEnd() + "\r\n");
        }

        _cursorRow = 0;
        Draw();
    }

    // The end of the line that candidates replace: the reply counts bytes.
    private string Partial(CompleteReply reply)
    {
        string head = _buffer.Head;
        int at = head.Length;
        for (int bytes = (int)reply.Replace; bytes > 0 && at > 0; at--)
        {
            bytes -= System.Text.Encoding.UTF8.GetByteCount(head.AsSpan(at - 1, 1));
        }

        return head[at..];
    }

    private static string Common(List<string> words)
    {
        if (words.Count == 0)
        {
            return string.Empty;
        }

        string common = words[0];
        foreach (string word in words)
        {
            int length = 0;
            while (length < common.Length && length < word.Length && common[length] == word[length])
            {
                length++;
            }

            common = common[..length];
        }

        return common;
    }

    // Draws prompt and line anew from the row of the prompt, and puts the cursor in its place; lines wrap.
    private void Draw()
    {
        int columns = Math.Max(2, terminal.Columns);
        string up = _cursorRow > 0 ? $"\u001b[{_cursorRow}A" : string.Empty;
        int end = _prompt.Length + _buffer.Text.Length;
        int cursor = _prompt.Length + _buffer.Cursor;

        // A line that ends in the last column leaves the cursor there: step to the next row.
        string wrap = end % columns == 0 && end > 0 ? "\r\n" : string.Empty;
        int back = (end / columns) - (cursor / columns);
        string place = (back > 0 ? $"\u001b[{back}A" : string.Empty) + "\r"
            + (cursor % columns > 0 ? $"\u001b[{cursor % columns}C" : string.Empty);
        terminal.Write($"{up}\r\u001b[J{_prompt}{_buffer.Text}{wrap}{place}");
        _cursorRow = cursor / columns;
    }
}
