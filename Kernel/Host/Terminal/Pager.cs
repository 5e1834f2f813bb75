namespace RouterOS.Host.Terminal;

/// <summary>Writes output a page at a time: <c>---(more)---</c> waits for a key.</summary>
internal sealed class Pager(ITerminal terminal, Func<ConsoleKeyInfo> readKey, bool paging)
{
    private const string More = "---(more)---";

    private int _left = Math.Max(1, terminal.Rows - 1);
    private bool _paging = paging;

    /// <summary>Writes whole lines; false when the operator wants no more.</summary>
    public bool Write(string text)
    {
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            if (_paging && _left <= 0 && !Ask())
            {
                return false;
            }

            terminal.Write(line + "\r\n");
            _left -= 1 + Math.Max(0, (line.Length - 1) / Math.Max(1, terminal.Columns));
        }

        return true;
    }

    private bool Ask()
    {
        terminal.Write(More);
        while (true)
        {
            ConsoleKeyInfo key = readKey();
            switch (key)
            {
                case { KeyChar: ' ' } or { Key: ConsoleKey.PageDown or ConsoleKey.Spacebar }:
                    _left = Math.Max(1, terminal.Rows - 1);
                    break;
                case { KeyChar: '\r' or '\n' } or { Key: ConsoleKey.Enter or ConsoleKey.DownArrow }:
                    _left = 1;
                    break;
                case { KeyChar: 'G' or 'g' } or { Key: ConsoleKey.End }:
                    _paging = false;
                    break;
                case { KeyChar: 'q' or 'Q' or '\u0003' } or { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control }:
                    terminal.Write("\r\u001b[K");
                    return false;
                default:
                    continue;
            }

            terminal.Write("\r\u001b[K");
            return true;
        }
    }
}
