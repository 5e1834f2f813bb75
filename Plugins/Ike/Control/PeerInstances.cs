using RouterOS.Ike.Control.Exchanges;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.State;

namespace RouterOS.Ike.Control;

/// <summary>The peers of a gateway that many share: each has a session of its own, with tunnels of its own, made when it has proved the key.</summary>
internal sealed class PeerInstances(IkeRuntime runtime, IkeSessions sessions, IkeSession gateway)
{
    private readonly Dictionary<string, IkeSession> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<(PeerAddress, ushort), IkeSession> _byEnds = [];
    private readonly Dictionary<(string Vpn, AddressRange Remote), TunnelSession> _taken = [];

    private readonly Dictionary<(string Peer, string Vpn), uint> _kept = [];

    /// <summary>Every peer that is there.</summary>
    public IReadOnlyCollection<IkeSession> All => _byKey.Values;

    /// <summary>The VPNs that each peer gets.</summary>
    public IReadOnlyList<VpnPolicy> Vpns { get; private set; } = [];

    private DynamicPolicy Policy => gateway.Policy.Dynamic!;

    /// <summary>Takes the VPNs as they are configured; nobody here can start them.</summary>
    public void Offer(IEnumerable<VpnPolicy> vpns) => Vpns = [.. vpns.Select(v => v with { EstablishImmediately = false })];

    /// <summary>The traffic that a VPN allows its peers together.</summary>
    public ProxyIdentity? Allowed(string vpn) => Vpns.FirstOrDefault(v => v.Name == vpn)?.Selector;

    /// <summary>True when another peer has some traffic of a VPN.</summary>
    public bool IsTaken(TunnelSession tunnel, AddressRange remote) =>
        _taken.TryGetValue((tunnel.Policy.Name, remote), out TunnelSession? owner) && owner != tunnel;

    /// <summary>The session of a peer that has proved the key; null when the gateway has as many as it may have.</summary>
    public IkeSession? Admit(string name, byte[] identity, PeerEndpoints ends)
    {
        // Peers with one identity for all of them differ in where they come from alone.
        IkeSession? known = Policy.IsShared ? _byEnds.GetValueOrDefault((ends.Remote, ends.RemotePort)) : _byKey.GetValueOrDefault(name);
        if (known is null && _byKey.Count >= Policy.ConnectionsLimit)
        {
            return null;
        }

        known ??= Add(Policy.IsShared ? $"{name}@{Ipv4.Text(ends.Remote)}:{ends.RemotePort}" : name, identity);
        Locate(known, ends);
        return known;
    }

    /// <summary>A pair from before a crash keeps the protection that it had.</summary>
    public void Keep(IpsecSaPairState state) => _kept[(state.Peer, state.Vpn)] = state.Protection;

    /// <summary>The session of a peer from before a crash.</summary>
    public IkeSession Restore(string key, byte[] identity) => _byKey.GetValueOrDefault(key) ?? Add(key, identity);

    /// <summary>The tunnel of a peer from before a crash, or null when its VPN is gone.</summary>
    public TunnelSession? Restore(IpsecSaPairState state)
    {
        TunnelSession? tunnel = Restore(state.Peer, []).Tunnels.FirstOrDefault(t => t.Policy.Name == state.Vpn);
        return tunnel is not null && TryTake(tunnel, state.Selector()) ? tunnel : null;
    }

    /// <summary>Notes where a peer is.</summary>
    public void Locate(IkeSession peer, PeerEndpoints ends)
    {
        peer.Locate(ends);
        if (Policy.IsShared)
        {
            _byEnds[(ends.Remote, ends.RemotePort)] = peer;
        }
    }

    /// <summary>Gives a tunnel the traffic that its peer asks for, within what the VPN allows; false when that is another peer's.</summary>
    public bool TryTake(TunnelSession tunnel, ProxyIdentity wanted)
    {
        if (tunnel.Policy.IsTransport)
        {
            // Peers behind one NAT have the same outer address: which of them a packet is for, its protection says.
            tunnel.Narrow(wanted);
            return true;
        }

        (string, AddressRange) key = (tunnel.Policy.Name, wanted.Remote);
        if (_taken.TryGetValue(key, out TunnelSession? owner) && owner != tunnel)
        {
            return false;
        }

        if (tunnel.Policy.Selector != wanted)
        {
            Give(tunnel);
        }

        _taken[key] = tunnel;
        tunnel.Narrow(wanted);
        return true;
    }

    /// <summary>A peer has nothing left here: its session ends.</summary>
    public void Release(IkeSession peer)
    {
        if (_byKey.GetValueOrDefault(peer.Key) != peer)
        {
            return;
        }

        _ = _byKey.Remove(peer.Key);
        foreach ((PeerAddress, ushort) ends in _byEnds.Where(e => e.Value == peer).Select(e => e.Key).ToArray())
        {
            _ = _byEnds.Remove(ends);
        }

        foreach (TunnelSession tunnel in peer.Tunnels)
        {
            Give(tunnel);
        }

        peer.Stop("the peer is gone");
    }

    /// <summary>Ends every peer.</summary>
    public void Stop(string reason)
    {
        foreach (IkeSession peer in _byKey.Values.ToArray())
        {
            peer.Stop(reason);
        }

        _byKey.Clear();
        _byEnds.Clear();
        _taken.Clear();
    }

    private void Give(TunnelSession tunnel)
    {
        (string, AddressRange) key = (tunnel.Policy.Name, tunnel.Policy.Selector.Remote);
        if (_taken.GetValueOrDefault(key) == tunnel)
        {
            _ = _taken.Remove(key);
        }
    }

    private IkeSession Add(string key, byte[] identity)
    {
        IdentityPolicy remote = PeerIdentity.AsPolicy(identity, gateway.Policy.RemoteIdentity);
        IkeSession peer = new(runtime, sessions, gateway.Policy with { RemoteIdentity = remote }, gateway, key);
        _byKey[key] = peer;
        foreach (VpnPolicy vpn in Vpns)
        {
            peer.Add(vpn, _kept.Remove((key, vpn.Name), out uint protection) ? protection : sessions.NewProtection());
        }

        return peer;
    }
}
