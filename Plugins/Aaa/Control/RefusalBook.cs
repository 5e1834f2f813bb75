using RouterOS.Sdk.Storage;

namespace RouterOS.Aaa.Control;

/// <summary>Users who are not let in, so that guessing is told as what it is, and does not fill the log.</summary>
/// <param name="time">The clock.</param>
/// <param name="one">Told of a refusal: user, reason.</param>
/// <param name="many">Told that a user is refused again and again: user, how often, in how many seconds, the last reason.</param>
/// <param name="atLast">Told of a user who is let in after many refusals: user, how many.</param>
internal sealed class RefusalBook(
    TimeProvider time, Action<string, string> one, Action<string, int, int, string> many, Action<string, int> atLast)
{
    /// <summary>Refusals of a user in a row that are told one by one.</summary>
    public const int Single = 3;

    // Names are whatever strangers say: the book forgets the oldest.
    private const int MaximumUsers = 1024;

    private static readonly TimeSpan s_tellAgain = TimeSpan.FromMinutes(5);

    private readonly RecentBook<string, Page> _pages = new(MaximumUsers);

    /// <summary>A user was not let in.</summary>
    public void Refused(string user, string reason)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (!_pages.TryGet(user, out Page? page) || now - page.Last > s_tellAgain)
        {
            page = new Page(now);
        }

        _pages.Set(user, page);
        page.Count++;
        page.Last = now;
        if (page.Count <= Single)
        {
            one(user, reason);
        }
        else if (page.Told is not { } told || now - told >= s_tellAgain)
        {
            page.Told = now;
            many(user, page.Count, (int)(now - page.First).TotalSeconds, reason);
        }
    }

    /// <summary>A user was let in.</summary>
    public void Admitted(string user)
    {
        if (_pages.Remove(user, out Page? page) && page.Count > Single && time.GetUtcNow() - page.Last <= s_tellAgain)
        {
            atLast(user, page.Count);
        }
    }

    private sealed class Page(DateTimeOffset first)
    {
        public DateTimeOffset First { get; } = first;

        public DateTimeOffset Last { get; set; } = first;

        public DateTimeOffset? Told { get; set; }

        public int Count { get; set; }
    }
}
