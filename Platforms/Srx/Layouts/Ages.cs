using System.Globalization;

namespace RouterOS.Srx.Layouts;

/// <summary>Times as Junos writes them.</summary>
internal static class Ages
{
    /// <summary>An age: <c>00:25:32</c>, <c>2d 00:25:32</c>, <c>1w2d 00:25:32</c>.</summary>
    public static string Short(TimeSpan age)
    {
        int days = Math.Max(0, age.Days);
        string time = (age < TimeSpan.Zero ? TimeSpan.Zero : age).ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture);
        string weeks = days >= 7 ? $"{days / 7}w" : string.Empty;
        return days == 0 ? time : $"{weeks}{days % 7}d {time}";
    }

    /// <summary>An age in words: <c>1 day, 2 hours, 3 minutes, 4 seconds</c>.</summary>
    public static string Long(TimeSpan age)
    {
        (int Count, string Unit)[] parts = [(age.Days, "day"), (age.Hours, "hour"), (age.Minutes, "minute"), (age.Seconds, "second")];
        (int Count, string Unit)[] shown = [.. parts.SkipWhile(p => p.Count <= 0)];
        return shown.Length == 0 ? "0 seconds" : string.Join(", ", shown.Select(p => $"{p.Count} {p.Unit}{(p.Count == 1 ? string.Empty : "s")}"));
    }

    /// <summary>A moment: <c>2026-03-01 12:00:00 UTC</c>.</summary>
    public static string Moment(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";
}
