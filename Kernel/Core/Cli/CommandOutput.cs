using System.Text;

namespace RouterOS.Core.Cli;

/// <summary>What a command writes to: cuts text into lines and sends them through the command's pipes.</summary>
internal sealed class CommandOutput : TextWriter
{
    // A line that never ends must not grow without bound.
    private const int LongestLine = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly StringBuilder _line = new();
    private readonly IReadOnlyList<LineFilter> _filters;
    private readonly Action<string> _first;

    /// <summary>Connects pipes to where lines go.</summary>
    public CommandOutput(IReadOnlyList<LineFilter> filters, Action<string> sink)
    {
        NewLine = "\n";
        _filters = filters;
        Action<string> next = sink;
        for (int i = filters.Count - 1; i >= 0; i--)
        {
            filters[i].Next = next;
            next = filters[i].Line;
        }

        _first = next;
    }

    /// <inheritdoc/>
    public override Encoding Encoding => Encoding.UTF8;

    /// <inheritdoc/>
    public override void Write(char value)
    {
        lock (_lock)
        {
            Append(value);
        }
    }

    /// <inheritdoc/>
    public override void Write(string? value)
    {
        lock (_lock)
        {
            foreach (char c in value ?? string.Empty)
            {
                Append(c);
            }
        }
    }

    /// <inheritdoc/>
    public override void WriteLine(string? value)
    {
        lock (_lock)
        {
            Write(value);
            Append('\n');
        }
    }

    /// <summary>The command has ended: flushes a line without end, then the pipes in order.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (_line.Length > 0)
            {
                Append('\n');
            }

            foreach (LineFilter filter in _filters)
            {
                filter.End();
            }
        }
    }

    private void Append(char c)
    {
        if (c == '\n' || _line.Length >= LongestLine)
        {
            string line = _line.ToString();
            _line.Clear();
            _first(line);
        }

        if (c is not ('\n' or '\r'))
        {
            _line.Append(c);
        }
    }
}
