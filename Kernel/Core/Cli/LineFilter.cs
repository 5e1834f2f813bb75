using System.Text.RegularExpressions;

namespace RouterOS.Core.Cli;

/// <summary>One pipe of a command: takes lines, gives lines on.</summary>
internal abstract class LineFilter
{
    /// <summary>Takes what passes.</summary>
    public Action<string> Next { get; set; } = _ => { };

    /// <summary>Takes a line.</summary>
    public abstract void Line(string line);

    /// <summary>The command has ended.</summary>
    public virtual void End()
    {
    }
}

/// <summary><c>match</c> and <c>except</c>.</summary>
internal sealed class MatchFilter(Regex pattern, bool keep) : LineFilter
{
    public override void Line(string line)
    {
        if (pattern.IsMatch(line) == keep)
        {
            Next(line);
        }
    }
}

/// <summary><c>find</c>: everything from the first line that matches.</summary>
internal sealed class FindFilter(Regex pattern) : LineFilter
{
    private bool _found;

    public override void Line(string line)
    {
        _found |= pattern.IsMatch(line);
        if (_found)
        {
            Next(line);
        }
    }

    public override void End()
    {
        if (!_found)
        {
            Next("Pattern not found");
        }
    }
}

/// <summary><c>count</c>.</summary>
internal sealed class CountFilter : LineFilter
{
    private long _lines;

    public override void Line(string line) => _lines++;

    public override void End() => Next($"Count: {_lines} lines");
}

/// <summary><c>last</c>: the last lines only.</summary>
internal sealed class LastFilter(int lines) : LineFilter
{
    private readonly Queue<string> _last = new();

    public override void Line(string line)
    {
        _last.Enqueue(line);
        if (_last.Count > lines)
        {
            _last.Dequeue();
        }
    }

    public override void End()
    {
        foreach (string line in _last)
        {
            Next(line);
        }
    }
}
