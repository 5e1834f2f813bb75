using RouterOS.Ike.Control.Policy;

namespace RouterOS.Ike.Control;

/// <summary>A failure as kept with its peer.</summary>
internal sealed record FailureEntry(string Gateway, string Vpn, string Remote, IkeFailure Failure, DateTimeOffset Time, uint Count);

/// <summary>The last failure of each peer and tunnel, until a success clears it; logged once per change, and never in a flood.</summary>
internal sealed class FailureBook(Func<DateTimeOffset> now, Action<FailureEntry> log)
{
    /// <summary>Strangers that are remembered.</summary>
    public const int MaximumStrangers = 32;

    /// <summary>Changes of one peer that are logged in a row; after that one each half minute.</summary>
    public const int Burst = 5;

    private static readonly TimeSpan s_refill = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_logAgain = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_recent = TimeSpan.FromMinutes(5);

    private readonly Dictionary<(string Gateway, string Vpn), Page> _known = [];
    private readonly Dictionary<string, Page> _strangers = [];
    private readonly SortedDictionary<FailureKind, ulong> _counts = [];

    /// <summary>Everything that is wrong now.</summary>
    public IEnumerable<FailureEntry> Entries => _known.Values.Concat(_strangers.Values).Select(p => p.Entry).OfType<FailureEntry>();

    /// <summary>Failures since the start, by kind.</summary>
    public IReadOnlyDictionary<FailureKind, ulong> Counts => _counts;

    /// <summary>What is wrong with a gateway (no tunnel named) or tunnel, or null.</summary>
    public FailureEntry? Find(string gateway, string vpn) => _known.GetValueOrDefault((gateway, vpn))?.Entry;

    /// <summary>Keeps a failure of a gateway, or of one of its tunnels.</summary>
    public void Report(string gateway, string vpn, string remote, IkeFailure failure)
    {
        Count(failure);
        if (!_known.TryGetValue((gateway, vpn), out Page? page))
        {
            _known[(gateway, vpn)] = page = new Page(now());
        }

        if (page.Entry is { } known && now() - known.Time < s_recent && Hides(failure, known.Failure))
        {
            return;
        }

        Write(page, new FailureEntry(gateway, vpn, remote, failure, now(), 1));
    }

    // Anybody can send garbage in the peer's name: it must not hide why a negotiation failed. Nor may a refusal without a reason, or a
    // silence, hide both sides' words where the peer's own attempt has shown them.
    private static bool Hides(IkeFailure later, IkeFailure known) =>
        later is { Kind: FailureKind.Malformed, Phase: 1 } ? known.Kind != FailureKind.Malformed
        : later.Aspect == FailureAspect.RefusedByPeer || later.Kind == FailureKind.NoResponse ? known.Theirs.Length > 0
        : false;

    /// <summary>Keeps a failure with somebody who is not configured; memory stays bounded whoever sends.</summary>
    public void ReportStranger(string remote, IkeFailure failure)
    {
        Count(failure);
        if (!_strangers.TryGetValue(remote, out Page? page))
        {
            if (_strangers.Count >= MaximumStrangers)
            {
                // A flood of addresses fills the book once; later strangers wait until an entry is old.
                (string address, Page oldest) = _strangers.MinBy(s => s.Value.Entry!.Time);
                if (now() - oldest.Entry!.Time < s_logAgain)
                {
                    return;
                }

                _ = _strangers.Remove(address);
            }

            _strangers[remote] = page = new Page(now());
        }

        Write(page, new FailureEntry(string.Empty, string.Empty, remote, failure, now(), 1));
    }

    /// <summary>Forgets the failure of a gateway (no tunnel named) or tunnel: it works.</summary>
    public void Clear(string gateway, string vpn)
    {
        if (_known.TryGetValue((gateway, vpn), out Page? page))
        {
            page.Entry = null;
        }
    }

    /// <summary>Forgets a gateway (no tunnel named) or tunnel that is no longer configured.</summary>
    public void Remove(string gateway, string vpn) => _known.Remove((gateway, vpn));

    private void Count(IkeFailure failure) => _counts[failure.Kind] = _counts.GetValueOrDefault(failure.Kind) + 1;

    private void Write(Page page, FailureEntry entry)
    {
        FailureEntry? old = page.Entry;
        bool same = old is not null && old.Failure.Kind == entry.Failure.Kind && old.Failure.Message == entry.Failure.Message;
        page.Entry = same ? entry with { Count = old!.Count + 1 } : entry;
        if (same && entry.Time - page.Logged < s_logAgain)
        {
            return;
        }

        int refilled = (int)Math.Min(Burst, (entry.Time - page.Refilled) / s_refill);
        page.Tokens = Math.Min(Burst, page.Tokens + refilled);
        page.Refilled = refilled > 0 ? entry.Time : page.Refilled;
        if (page.Tokens > 0)
        {
            page.Tokens--;
            page.Logged = entry.Time;
            log(page.Entry);
        }
    }

    private sealed class Page(DateTimeOffset now)
    {
        public FailureEntry? Entry { get; set; }

        public DateTimeOffset Logged { get; set; }

        public DateTimeOffset Refilled { get; set; } = now;

        public int Tokens { get; set; } = Burst;
    }
}
