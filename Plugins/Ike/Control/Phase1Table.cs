using RouterOS.Ike.Control.Exchanges;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control;

/// <summary>Exchanges of phase 1 by their cookies, and the bounds on those that peers start.</summary>
internal sealed class Phase1Table
{
    /// <summary>Half-open exchanges as responder, in all.</summary>
    public const int MaximumHalfOpen = 1024;

    /// <summary>Main mode exchanges as responder for which something is computed or was, in all.</summary>
    public const int MaximumComputing = 256;

    /// <summary>Aggressive mode exchanges as responder that have not proved anything, in all and of one source.</summary>
    public const int MaximumAggressive = 1024;

    /// <summary>Of those, from one source address.</summary>
    public const int MaximumAggressiveOfSource = 32;

    /// <summary>Aggressive mode exchanges as responder that are computed at the same time, in all.</summary>
    public const int MaximumConcurrent = 64;

    /// <summary>Of those, from one source address.</summary>
    public const int MaximumConcurrentOfSource = 8;

    // Time for message 3: younger exchanges do not give way.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);

    private readonly Dictionary<ulong, Phase1Exchange> _initiated = [];
    private readonly Dictionary<(PeerAddress Remote, ushort Port, ulong Cookie), Phase1Exchange> _answered = [];
    private readonly Dictionary<(ulong, ulong), Phase1Exchange> _byCookies = [];
    private readonly UnprovedExchanges _halfOpen = new();
    private readonly UnprovedExchanges _costly = new();
    private readonly UnprovedExchanges _aggressive = new();
    private int _concurrent;

    /// <summary>Every exchange that is still under way.</summary>
    public IEnumerable<Phase1Exchange> Active => _initiated.Values.Concat(_answered.Values).Where(m => !m.IsEstablished);

    /// <summary>Takes an exchange of ours in.</summary>
    public void Add(Phase1Exchange exchange) => _initiated[exchange.InitiatorCookie] = exchange;

    /// <summary>Takes a peer's main mode in; it displaces the oldest one that has proved nothing, where the bounds are met.</summary>
    public void AddAnswered(MainMode exchange)
    {
        _halfOpen.Oldest(exchange.FirstEnds.Remote, IkeSession.MaximumHalfOpen)?.Abandon();
        _halfOpen.Oldest(MaximumHalfOpen)?.Abandon();
        Register(exchange);
        _halfOpen.Add(exchange);
    }

    /// <summary>True where a message 1 of aggressive mode may be answered now: two exponentiations follow, and nothing is proved.</summary>
    public bool MayAnswer(PeerAddress source, DateTimeOffset now)
    {
        if (_concurrent >= MaximumConcurrent
            || _aggressive.Count(source, m => m is AggressiveMode { IsComputing: true }) >= MaximumConcurrentOfSource)
        {
            return false;
        }

        foreach (Phase1Exchange? oldest in (Phase1Exchange?[])
            [_aggressive.Oldest(source, MaximumAggressiveOfSource), _aggressive.Oldest(MaximumAggressive)])
        {
            if (oldest is { IsCostly: true } && now - oldest.Started < s_grace)
            {
                return false;
            }

            oldest?.Abandon();
        }

        return true;
    }

    /// <summary>Takes a peer's aggressive mode in, which <see cref="MayAnswer"/> has allowed.</summary>
    public void AddAnswered(AggressiveMode exchange)
    {
        Register(exchange);
        _aggressive.Add(exchange);
        _concurrent++;
    }

    /// <summary>The exponentiations of an aggressive mode have ended, whatever became of it.</summary>
    public void Computed() => _concurrent--;

    /// <summary>The peer has proved who it is: the exchange counts as unproved no more.</summary>
    public void Proved(Phase1Exchange exchange)
    {
        _halfOpen.Remove(exchange);
        _costly.Remove(exchange);
        _aggressive.Remove(exchange);
    }

    public void Remove(Phase1Exchange exchange)
    {
        if (exchange.IsInitiator)
        {
            _ = _initiated.Remove(exchange.InitiatorCookie);
            return;
        }

        if (_answered.TryGetValue(KeyOf(exchange), out Phase1Exchange? found) && found == exchange)
        {
            _ = _answered.Remove(KeyOf(exchange));
        }

        _ = _byCookies.Remove((exchange.InitiatorCookie, exchange.ResponderCookie));
        Proved(exchange);
    }

    /// <summary>The SA of an exchange has ended: repeated messages are not answered, for they would make it at the peer alone.</summary>
    public void Ended((ulong Initiator, ulong Responder) cookies)
    {
        Phase1Exchange? exchange = _byCookies.GetValueOrDefault(cookies) ?? _initiated.GetValueOrDefault(cookies.Initiator);
        if (exchange is { IsEstablished: true } && exchange.ResponderCookie == cookies.Responder)
        {
            Remove(exchange);
        }
    }

    /// <summary>Moves a main mode from the half-open ones to those that cost something, if the bounds allow.</summary>
    public bool MayCompute(MainMode exchange)
    {
        if (_costly.Total >= MaximumComputing || _costly.Count(exchange.FirstEnds.Remote) >= IkeSession.MaximumComputing)
        {
            return false;
        }

        _halfOpen.Remove(exchange);
        _costly.Add(exchange);
        return true;
    }

    /// <summary>The exchange that a message of phase 1 belongs to, or null.</summary>
    public Phase1Exchange? Find(PeerEndpoints ends, IsakmpHeader header)
    {
        if (header.ResponderCookie == 0)
        {
            return _answered.TryGetValue((ends.Remote, ends.RemotePort, header.InitiatorCookie), out Phase1Exchange? begun)
                && begun.FirstEnds == ends ? begun : null;
        }

        if (_byCookies.TryGetValue((header.InitiatorCookie, header.ResponderCookie), out Phase1Exchange? answered))
        {
            return answered.MayComeFrom(ends) ? answered : null;
        }

        return _initiated.TryGetValue(header.InitiatorCookie, out Phase1Exchange? initiated) && initiated.MayComeFrom(ends)
            && (initiated.ResponderCookie == 0 || initiated.ResponderCookie == header.ResponderCookie)
            ? initiated : null;
    }

    /// <summary>An exchange of ours by its first cookie alone: a responder that refuses message 1 may leave its own cookie zero.</summary>
    public Phase1Exchange? FindInitiated(PeerAddress remote, IsakmpHeader header) =>
        _initiated.TryGetValue(header.InitiatorCookie, out Phase1Exchange? initiated) && initiated.Ends.Remote == remote ? initiated : null;

    private static (PeerAddress Remote, ushort Port, ulong Cookie) KeyOf(Phase1Exchange exchange) =>
        (exchange.FirstEnds.Remote, exchange.FirstEnds.RemotePort, exchange.InitiatorCookie);

    private void Register(Phase1Exchange exchange)
    {
        _answered[KeyOf(exchange)] = exchange;
        _byCookies[(exchange.InitiatorCookie, exchange.ResponderCookie)] = exchange;
    }
}
