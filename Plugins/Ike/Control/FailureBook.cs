using RouterOS.Ike.Control.Policy;

namespace RouterOS.Ike.Control;

/// <summary>A failure as kept with its peer.</summary>
internal sealed record FailureEntry(string Gateway, string Vpn, string Remote, IkeFailure Failure, DateTimeOffset Time, uint Count);

/// <summary>The last failure of each peer and tunnel, until a success clears it; each is logged once per change.</summary>
internal sealed class FailureBook(Func<DateTimeOffset> now, Action<FailureEntry> log)
{
    /// <summary>Strangers that are remembered.</summary>
    public const int MaximumStrangers = 32;

    private static readonly TimeSpan s_logAgain = TimeSpan.FromMinutes(10);

    private readonly Dictionary<(string Gateway, string Vpn), (FailureEntry Entry, DateTimeOffset Logged)> _known = [];
    private readonly Dictionary<string, (FailureEntry Entry, DateTimeOffset Logged)> _strangers = [];

    /// <summary>Everything that is wrong now.</summary>
    public IEnumerable<FailureEntry> Entries => _known.Values.Concat(_strangers.Values).Select(v => v.Entry);

    /// <summary>Keeps a failure of a gateway, or of one of its tunnels.</summary>
    public void Report(string gateway, string vpn, string remote, IkeFailure failure)
    {
        _ = _known.TryGetValue((gateway, vpn), out (FailureEntry Entry, DateTimeOffset Logged) old);
        _known[(gateway, vpn)] = Next(old, new FailureEntry(gateway, vpn, remote, failure, now(), 1));
    }

    /// <summary>Keeps a failure with somebody who is not configured; memory stays bounded whoever sends.</summary>
    public void ReportStranger(string remote, IkeFailure failure)
    {
        if (!_strangers.TryGetValue(remote, out (FailureEntry Entry, DateTimeOffset Logged) old) && _strangers.Count >= MaximumStrangers)
        {
            // A flood of addresses fills the book once; later strangers wait until an entry is old.
            KeyValuePair<string, (FailureEntry Entry, DateTimeOffset Logged)> oldest = _strangers.MinBy(s => s.Value.Entry.Time);
            if (now() - oldest.Value.Entry.Time < s_logAgain)
            {
                return;
            }

            _ = _strangers.Remove(oldest.Key);
        }

        _strangers[remote] = Next(old, new FailureEntry(string.Empty, string.Empty, remote, failure, now(), 1));
    }

    /// <summary>The failure of a gateway (no tunnel named) or tunnel, or null.</summary>
    public IkeFailure? Find(string gateway, string vpn) =>
        _known.TryGetValue((gateway, vpn), out (FailureEntry Entry, DateTimeOffset Logged) found) ? found.Entry.Failure : null;

    /// <summary>Forgets the failure of a gateway (no tunnel named) or tunnel: it works, or is gone.</summary>
    public void Clear(string gateway, string vpn) => _known.Remove((gateway, vpn));

    private (FailureEntry Entry, DateTimeOffset Logged) Next((FailureEntry? Entry, DateTimeOffset Logged) old, FailureEntry entry)
    {
        bool same = old.Entry is not null && old.Entry.Failure.Kind == entry.Failure.Kind && old.Entry.Failure.Message == entry.Failure.Message;
        if (same)
        {
            entry = entry with { Count = old.Entry!.Count + 1 };
        }

        if (same && entry.Time - old.Logged < s_logAgain)
        {
            return (entry, old.Logged);
        }

        log(entry);
        return (entry, entry.Time);
    }
}
