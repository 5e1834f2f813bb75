namespace RouterOS.Ike.Control.State;

/// <summary>What is left from before a crash: once, at the first configuration after the start, what still fits it goes on as if nothing had happened.</summary>
internal sealed class Restoration(IkeRuntime runtime, IkeStore store, IReadOnlyList<IkeSaState> phase1, IReadOnlyList<IpsecSaPairState> phase2)
{
    private IReadOnlyList<IkeSaState> _phase1 = phase1;
    private IReadOnlyList<IpsecSaPairState> _phase2 = phase2;

    /// <summary>Of all that is kept.</summary>
    public Restoration(IkeRuntime runtime, IkeStore store)
        : this(runtime, store, store.ReadPhase1(), store.ReadPhase2())
    {
    }

    /// <summary>The highest index of a phase 1 SA.</summary>
    public uint LastIndex => _phase1.Select(s => s.Index).DefaultIfEmpty().Max();

    /// <summary>The newest pair's place in the order.</summary>
    public ulong LastOrder => _phase2.Select(s => s.Order).DefaultIfEmpty().Max();

    /// <summary>Ids of protections whose rows may be alive.</summary>
    public IEnumerable<uint> Protections => _phase2.Select(s => s.Protection);

    /// <summary>Gives the SAs to their sessions and tunnels; those that have none are forgotten.</summary>
    public void Run(IReadOnlyDictionary<string, IkeSession> sessions)
    {
        if (_phase1.Count + _phase2.Count == 0)
        {
            return;
        }

        foreach (IpsecSaPairState state in _phase2.Where(s => s.Peer.Length > 0))
        {
            sessions.GetValueOrDefault(state.Gateway)?.Peers?.Keep(state);
        }

        (int phase1, int phase2) = (0, 0);
        DateTimeOffset now = runtime.Now;
        foreach (IkeSaState state in _phase1.OrderBy(s => s.Created))
        {
            if (state.Hard > now && !state.AwaitsUser && sessions.TryGetValue(state.Gateway, out IkeSession? session)
                && session.Policy.Fingerprint == state.Fingerprint && session.MayHave(state.Local))
            {
                session = session.Peers?.Restore(state.Peer, state.PeerIdentityBody) ?? session;
                session.Restore(state);
                phase1++;
            }
            else
            {
                store.Delete(state);
            }
        }

        Dictionary<string, TunnelSession> byVpn =
            sessions.Values.SelectMany(s => s.Tunnels).DistinctBy(t => t.Policy.Name).ToDictionary(t => t.Policy.Name, StringComparer.Ordinal);
        HashSet<TunnelSession> touched = [];
        foreach (IpsecSaPairState state in _phase2.OrderBy(s => s.Order))
        {
            TunnelSession? tunnel = state.Peer.Length == 0 ? byVpn.GetValueOrDefault(state.Vpn)
                : state.Hard > now ? sessions.GetValueOrDefault(state.Gateway)?.Peers?.Restore(state) : null;
            if (state.Hard > now && tunnel is not null && tunnel.Fingerprint == state.Fingerprint
                && tunnel.ProtectionId == state.Protection && tunnel.Session.MayHave(state.Local))
            {
                tunnel.Restore(state);
                _ = touched.Add(tunnel);
                phase2++;
            }
            else
            {
                store.Delete(state);
            }
        }

        foreach (TunnelSession tunnel in touched)
        {
            tunnel.Restored();
        }

        foreach (IkeSession session in sessions.Values.SelectMany(s => s.Peers is null ? [s] : s.Peers.All.Append(s)))
        {
            session.Restored();
        }

        _phase1 = [];
        _phase2 = [];
        IkeLog.Restored(runtime.Context.Log, phase1, phase2);
    }
}
