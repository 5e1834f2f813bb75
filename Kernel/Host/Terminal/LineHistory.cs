namespace RouterOS.Host.Terminal;

/// <summary>Lines that were entered, bounded; the line in work is kept while the operator looks back.</summary>
internal sealed class LineHistory
{
    private const int Kept = 500;

    private readonly List<string> _lines = [];
    private int _at;
    private string _draft = string.Empty;

    /// <summary>Adds a line; an empty one or a repetition is not kept.</summary>
    public void Add(string line)
    {
        if (line.Trim().Length > 0 && (_lines.Count == 0 || _lines[^1] != line))
        {
            _lines.Add(line);
            if (_lines.Count > Kept)
            {
                _lines.RemoveAt(0);
            }
        }

        _at = _lines.Count;
    }

    /// <summary>The line before; null at the oldest.</summary>
    public string? Back(string current)
    {
        if (_at == 0)
        {
            return null;
        }

        if (_at == _lines.Count)
        {
            _draft = current;
        }

        return _lines[--_at];
    }

    /// <summary>The line after; null at the newest.</summary>
    public string? Forward() => _at >= _lines.Count ? null : ++_at == _lines.Count ? _draft : _lines[_at];
}
