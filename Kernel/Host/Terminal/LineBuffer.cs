namespace RouterOS.Host.Terminal;

/// <summary>A line while it is edited: text and cursor. Pure.</summary>
internal sealed class LineBuffer
{
    private string _killed = string.Empty;

    /// <summary>The line.</summary>
    public string Text { get; private set; } = string.Empty;

    /// <summary>Characters before the cursor.</summary>
    public int Cursor { get; private set; }

    /// <summary>The line up to the cursor.</summary>
    public string Head => Text[..Cursor];

    /// <summary>Replaces the line; the cursor goes to its end.</summary>
    public void Set(string text) => (Text, Cursor) = (text, text.Length);

    /// <summary>Inserts before the cursor.</summary>
    public void Insert(string text)
    {
        Text = Text.Insert(Cursor, text);
        Cursor += text.Length;
    }

    /// <summary>Edits as the keys of a shell do; false when the key edits nothing.</summary>
    public bool Apply(ConsoleKeyInfo key)
    {
        bool control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        bool alt = key.Modifiers.HasFlag(ConsoleModifiers.Alt);
        switch (key.Key)
        {
            case ConsoleKey.LeftArrow when control || alt:
            case ConsoleKey.B when alt:
                Cursor = WordStart();
                return true;
            case ConsoleKey.RightArrow when control || alt:
            case ConsoleKey.F when alt:
                Cursor = WordEnd();
                return true;
            case ConsoleKey.LeftArrow:
            case ConsoleKey.B when control:
                Cursor = Math.Max(0, Cursor - 1);
                return true;
            case ConsoleKey.RightArrow:
            case ConsoleKey.F when control:
                Cursor = Math.Min(Text.Length, Cursor + 1);
                return true;
            case ConsoleKey.Home:
            case ConsoleKey.A when control:
                Cursor = 0;
                return true;
            case ConsoleKey.End:
            case ConsoleKey.E when control:
                Cursor = Text.Length;
                return true;
            case ConsoleKey.Backspace when alt:
            case ConsoleKey.W when control:
                Kill(WordStart(), Cursor);
                return true;
            case ConsoleKey.Backspace:
            case ConsoleKey.H when control:
                Remove(Cursor - 1);
                return true;
            case ConsoleKey.Delete:
            case ConsoleKey.D when control:
                Remove(Cursor);
                return true;
            case ConsoleKey.D when alt:
                Kill(Cursor, WordEnd());
                return true;
            case ConsoleKey.K when control:
                Kill(Cursor, Text.Length);
                return true;
            case ConsoleKey.U when control:
                Kill(0, Cursor);
                return true;
            case ConsoleKey.Y when control:
                Insert(_killed);
                return true;
            default:
                if (control || alt || char.IsControl(key.KeyChar))
                {
                    return false;
                }

                Insert(key.KeyChar.ToString());
                return true;
        }
    }

    private void Remove(int at)
    {
        if (at >= 0 && at < Text.Length)
        {
            Text = Text.Remove(at, 1);
            Cursor = at;
        }
    }

    private void Kill(int start, int end)
    {
        if (end > start)
        {
            _killed = Text[start..end];
            Text = Text.Remove(start, end - start);
            Cursor = start;
        }
    }

    private int WordStart()
    {
        int at = Cursor;
        while (at > 0 && Text[at - 1] == ' ')
        {
            at--;
        }

        while (at > 0 && Text[at - 1] != ' ')
        {
            at--;
        }

        return at;
    }

    private int WordEnd()
    {
        int at = Cursor;
        while (at < Text.Length && Text[at] == ' ')
        {
            at++;
        }

        while (at < Text.Length && Text[at] != ' ')
        {
            at++;
        }

        return at;
    }
}
