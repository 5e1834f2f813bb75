using RouterOS.Ike.Control.Exchanges;
using RouterOS.Ike.Control.Machines;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control;

/// <summary>Exchanges of phase 1 by their cookies, and the bounds on those that peers start.</summary>
internal sealed class MainModeTable
{
    /// <summary>Half-open exchanges as responder, in all.</summary>
    public const int MaximumHalfOpen = 1024;

    /// <summary>Exchanges as responder for which something is computed or was, in all.</summary>
    public const int MaximumComputing = 256;

    private readonly Dictionary<ulong, MainMode> _initiated = [];
    private readonly Dictionary<(uint Remote, ushort Port, ulong Cookie), MainMode> _answered = [];
    private readonly Dictionary<(ulong, ulong), MainMode> _byCookies = [];
    private readonly LinkedList<MainMode> _halfOpen = new();

    /// <summary>Every exchange that is still under way.</summary>
    public IEnumerable<MainMode> Active => _initiated.Values.Concat(_answered.Values).Where(m => !m.IsEstablished);

    /// <summary>Takes an exchange in; as responder it displaces the oldest one that has proved nothing, where the bounds are met.</summary>
    public void Add(MainMode exchange)
    {
        if (exchange.IsInitiator)
        {
            _initiated[exchange.InitiatorCookie] = exchange;
            return;
        }

        Displace(_halfOpen.Where(m => m.Session == exchange.Session), IkeSession.MaximumHalfOpen);
        Displace(_halfOpen, MaximumHalfOpen);
        _answered[KeyOf(exchange)] = exchange;
        _byCookies[(exchange.InitiatorCookie, exchange.ResponderCookie)] = exchange;
        _ = _halfOpen.AddLast(exchange);
    }

    public void Remove(MainMode exchange)
    {
        if (exchange.IsInitiator)
        {
            _ = _initiated.Remove(exchange.InitiatorCookie);
            return;
        }

        if (_answered.TryGetValue(KeyOf(exchange), out MainMode? found) && found == exchange)
        {
            _ = _answered.Remove(KeyOf(exchange));
        }

        _ = _byCookies.Remove((exchange.InitiatorCookie, exchange.ResponderCookie));
        _ = _halfOpen.Remove(exchange);
    }

    /// <summary>Moves an exchange from the half-open ones to those that cost something, if the bounds allow.</summary>
    public bool MayCompute(MainMode exchange)
    {
        MainMode[] costly = [.. _answered.Values.Where(m => m.State is MainModeState.ComputingAnswer or MainModeState.Message4Sent)];
        if (costly.Length >= MaximumComputing || costly.Count(m => m.Session == exchange.Session) >= IkeSession.MaximumComputing)
        {
            return false;
        }

        _ = _halfOpen.Remove(exchange);
        return true;
    }

    /// <summary>The exchange that a message of phase 1 belongs to, or null.</summary>
    public MainMode? Find(PeerEndpoints ends, IsakmpHeader header)
    {
        if (header.ResponderCookie == 0)
        {
            return _answered.GetValueOrDefault((ends.Remote, ends.RemotePort, header.InitiatorCookie));
        }

        if (_byCookies.TryGetValue((header.InitiatorCookie, header.ResponderCookie), out MainMode? answered))
        {
            return answered.MayComeFrom(ends) ? answered : null;
        }

        return _initiated.TryGetValue(header.InitiatorCookie, out MainMode? initiated) && initiated.MayComeFrom(ends)
            && (initiated.ResponderCookie == 0 || initiated.ResponderCookie == header.ResponderCookie)
            ? initiated : null;
    }

    /// <summary>An exchange of ours by its first cookie alone: a responder that refuses message 1 may leave its own cookie zero.</summary>
    public MainMode? FindInitiated(uint remote, IsakmpHeader header) =>
        _initiated.TryGetValue(header.InitiatorCookie, out MainMode? initiated) && initiated.Ends.Remote == remote ? initiated : null;

    private static (uint Remote, ushort Port, ulong Cookie) KeyOf(MainMode exchange) =>
        (exchange.FirstEnds.Remote, exchange.FirstEnds.RemotePort, exchange.InitiatorCookie);

    private static void Displace(IEnumerable<MainMode> exchanges, int limit)
    {
        MainMode[] present = [.. exchanges];
        if (present.Length >= limit)
        {
            present[0].Abandon();
        }
    }
}
