namespace RouterOS.Ike.Control;

/// <summary>Keeps the mapping of the NAT before this router: one byte to the peer now and then (RFC 3948 section 4).</summary>
internal sealed class NatKeepalive(IkeRuntime runtime, IkeSession session)
{
    private static readonly byte[] s_keepalive = [0xff];

    private IDisposable? _timer;

    /// <summary>Starts counting anew: SAs are up, or the policy has changed.</summary>
    public void Restart()
    {
        Stop();
        if (session.Policy.NatKeepalive != Timeout.InfiniteTimeSpan && Mappings().Any())
        {
            _timer = runtime.After(session.Policy.NatKeepalive, Send);
        }
    }

    public void Stop()
    {
        _timer?.Dispose();
        _timer = null;
    }

    // What has a mapping to lose: phase 1 SAs, and pairs that live on without one.
    private IEnumerable<PeerEndpoints> Mappings() =>
        session.Sas.Where(s => s.State.IsLocalBehindNat).Select(s => s.State.Endpoints())
            .Concat(session.Tunnels.Where(t => t.Current is { State: { IsInsideUdp: true, IsLocalBehindNat: true } })
                .Select(t => t.Current!.State.Endpoints()))
            .Where(e => e.IsFloated)
            .Distinct();

    private void Send()
    {
        foreach (PeerEndpoints ends in Mappings().ToArray())
        {
            session.SendRaw(ends, s_keepalive);
        }

        Restart();
    }
}
