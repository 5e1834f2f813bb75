namespace RouterOS.Sdk.Logging;

/// <summary>So many lines of what strangers can cause in a period, so that nobody fills the log; the rest is counted.</summary>
/// <remarks>Not thread-safe: a strand's.</remarks>
public sealed class LogBudget(int most, TimeSpan period)
{
    private TimeSpan? _until;
    private int _lines;

    /// <summary>True for a line that may be written.</summary>
    /// <param name="now">A clock that never goes back.</param>
    /// <param name="leftOut">Lines that were left out in the period before, the first time after it; else 0.</param>
    public bool Take(TimeSpan now, out int leftOut)
    {
        leftOut = 0;
        if (_until is null || now >= _until)
        {
            leftOut = Math.Max(0, _lines - most);
            _until = now + period;
            _lines = 0;
        }

        return ++_lines <= most;
    }
}
