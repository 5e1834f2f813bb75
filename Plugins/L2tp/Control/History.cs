namespace RouterOS.L2tp.Control;

/// <summary>Tunnels and sessions that have ended, for show, until the destruct timeout or until newer ones need the room.</summary>
internal sealed class History(IL2tpEnvironment environment)
{
    private const int MostTunnels = 1024;
    private const int MostSessions = 1024;

    private readonly Queue<(L2tpTunnel Tunnel, Action Forgotten)> _tunnels = new();
    private readonly Queue<L2tpSession> _sessions = new();
    private TimeSpan _timeout = TimeSpan.FromSeconds(600);
    private IDisposable? _timer;

    public IEnumerable<L2tpTunnel> Tunnels => _tunnels.Select(t => t.Tunnel);

    public IEnumerable<L2tpSession> Sessions => _sessions;

    /// <summary>What is told of a tunnel whose destruct time is over.</summary>
    public Action<L2tpTunnel> Destructed { get; set; } = _ => { };

    public void Apply(TimeSpan timeout) => _timeout = timeout;

    public void Add(L2tpTunnel tunnel, Action forgotten)
    {
        _tunnels.Enqueue((tunnel, forgotten));
        while (_tunnels.Count > MostTunnels)
        {
            ForgetTunnel();
        }

        Await();
    }

    public void Add(L2tpSession session)
    {
        _sessions.Enqueue(session);
        while (_sessions.Count > MostSessions)
        {
            _ = _sessions.Dequeue();
        }

        Await();
    }

    private void ForgetTunnel()
    {
        (L2tpTunnel tunnel, Action forgotten) = _tunnels.Dequeue();
        Destructed(tunnel);
        forgotten();
    }

    private void Await() => _timer ??= environment.After(_timeout, Sweep);

    private void Sweep()
    {
        _timer = null;
        DateTimeOffset old = environment.Now - _timeout;
        while (_tunnels.TryPeek(out (L2tpTunnel Tunnel, Action Forgotten) next) && next.Tunnel.Since <= old)
        {
            ForgetTunnel();
        }

        while (_sessions.TryPeek(out L2tpSession? session) && session.Since <= old)
        {
            _ = _sessions.Dequeue();
        }

        if (_tunnels.Count + _sessions.Count > 0)
        {
            DateTimeOffset first = _tunnels.Select(t => t.Tunnel.Since).Concat(_sessions.Select(s => s.Since)).Min();
            TimeSpan wait = first + _timeout - environment.Now;
            _timer = environment.After(wait > TimeSpan.FromSeconds(1) ? wait : TimeSpan.FromSeconds(1), Sweep);
        }
    }
}
