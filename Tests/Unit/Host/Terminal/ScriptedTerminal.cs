using System.Text;
using RouterOS.Host.Terminal;

namespace RouterOS.Unit.Host.Terminal;

/// <summary>A terminal whose keys come from a script and whose screen is text.</summary>
internal sealed class ScriptedTerminal : ITerminal
{
    private readonly Queue<ConsoleKeyInfo> _keys = new();
    private readonly StringBuilder _screen = new();

    public int Columns { get; set; } = 80;

    public int Rows { get; set; } = 24;

    public bool KeyAvailable => false;

    public string Screen => _screen.ToString();

    /// <summary>Types text; <c>\t</c>, <c>\n</c> and control characters are keys.</summary>
    public ScriptedTerminal Type(string text)
    {
        foreach (char c in text)
        {
            ConsoleKey key = c switch
            {
                '\n' => ConsoleKey.Enter,
                '\t' => ConsoleKey.Tab,
                '\b' => ConsoleKey.Backspace,
                _ => ConsoleKey.None,
            };
            _keys.Enqueue(new ConsoleKeyInfo(c == '\n' ? '\r' : c, key, false, false, false));
        }

        return this;
    }

    public ScriptedTerminal Press(ConsoleKey key, bool control = false, bool alt = false)
    {
        _keys.Enqueue(new ConsoleKeyInfo('\0', key, false, alt, control));
        return this;
    }

    public ConsoleKeyInfo ReadKey() => _keys.TryDequeue(out ConsoleKeyInfo key) ? key : throw new InvalidOperationException("the script has ended");

    public void Write(string text) => _screen.Append(text);
}
