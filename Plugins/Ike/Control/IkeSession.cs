using RouterOS.Ike.Control.Access;
using RouterOS.Ike.Control.Exchanges;
using RouterOS.Ike.Control.Machines;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.State;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control;

/// <summary>One peer: its phase 1 SAs, the tunnels over them, and when to negotiate anew.</summary>
internal sealed class IkeSession
{
    /// <summary>Half-open exchanges of one peer; the oldest gives way, so that a flood of spoofed messages never locks the peer out.</summary>
    public const int MaximumHalfOpen = 32;

    /// <summary>Exchanges of one peer for which something is computed or was.</summary>
    public const int MaximumComputing = 8;

    private static readonly TimeSpan s_reconsider = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_oldSaStays = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_usersOldSaStays = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_exchangeStays = TimeSpan.FromSeconds(60);
    // Longer than an old SA stays: where one side takes the SAs for successors of each other, it has said so before.
    private static readonly TimeSpan s_redundantStays = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_connectHold = TimeSpan.FromSeconds(5);

    private readonly IkeRuntime _runtime;
    private readonly IkeSessions _sessions;
    private readonly List<TunnelSession> _tunnels = new(1);
    private readonly List<IkeSa> _sas = new(1);
    private readonly HashSet<TunnelSession> _waiting = [];
    private DeadPeerDetection? _liveness;
    private NatKeepalive? _keepalive;
    private readonly PeerPath _path;
    private Phase1Exchange? _initiating;
    private Phase1Exchange? _initialContact;
    private IDisposable? _retry;
    private DateTimeOffset _notBefore;
    private int _failedAddresses;
    private int _failures;
    private bool _blocked;
    private bool _stopped;

    /// <summary>A gateway's session, or that of one of its many peers where the gateway and a key for it are given.</summary>
    public IkeSession(IkeRuntime runtime, IkeSessions sessions, GatewayPolicy policy, IkeSession? gateway = null, string key = "")
    {
        _runtime = runtime;
        _sessions = sessions;
        Gateway = gateway;
        Key = key;
        Peers = gateway is null && policy.Dynamic is { IsForMany: true } ? new PeerInstances(runtime, sessions, this) : null;
        Policy = policy;
        _path = new PeerPath(runtime.Context, this);
    }

    public GatewayPolicy Policy { get; private set; }

    /// <summary>Takes down what decides how it goes on with the peer; null where nobody wants that.</summary>
    public Recording.Recorder? Recorder { get; set; }

    public IReadOnlyList<TunnelSession> Tunnels => _tunnels;

    /// <summary>The gateway whose many peers this is one of, or null.</summary>
    public IkeSession? Gateway { get; }

    /// <summary>Which of the many it is; empty where there is one.</summary>
    public string Key { get; }

    /// <summary>The many peers of this gateway, or null where it has one.</summary>
    public PeerInstances? Peers { get; }

    /// <summary>Established phase 1 SAs, oldest first.</summary>
    public IReadOnlyList<IkeSa> Sas => _sas;

    /// <summary>Our address, or 0 while the external interface has none.</summary>
    public PeerAddress Local => _path.Local;

    /// <inheritdoc cref="PeerPath.Locals"/>
    public IReadOnlyList<PeerAddress> Locals => _path.Locals;

    /// <summary>Routing instance of the external interface.</summary>
    public uint Instance => _path.Instance;

    /// <summary>The address of the peer that is in use or tried next.</summary>
    public PeerAddress Remote => _path.Remote;

    /// <summary>The SA for new exchanges: the newest one.</summary>
    public IkeSa? Current => _sas.FindLast(s => !s.IsExhausted && !s.IsRedundant && !s.State.AwaitsUser);

    /// <summary>Some tunnel has phase 2 SAs.</summary>
    public bool HasPairs => _tunnels.Any(t => t.Pairs.Count > 0);

    /// <summary>Phase 1 is under way, begun by us.</summary>
    public bool IsNegotiating => _initiating is not null;

    /// <summary>True when we have nothing with the peer: it may forget what it still has with us.</summary>
    public bool IsFirstContact => _sas.Count == 0 && !HasPairs;

    private uint AvoidedProtection => _tunnels.Count == 0 ? 0 : _tunnels[0].ProtectionId;

    /// <summary>Adds a tunnel; it starts when the session does.</summary>
    public TunnelSession Add(VpnPolicy policy, uint protectionId)
    {
        TunnelSession tunnel = new(_runtime, _sessions, this, policy, protectionId);
        _tunnels.Add(tunnel);
        _sessions.Register(tunnel);
        return tunnel;
    }

    /// <summary>Ends one tunnel.</summary>
    public void Remove(TunnelSession tunnel, string reason)
    {
        tunnel.Stop(reason);
        _sessions.Unregister(tunnel);
        _ = _tunnels.Remove(tunnel);
        _ = _waiting.Remove(tunnel);
    }

    /// <summary>Takes a policy that needs no new SAs.</summary>
    public void Update(GatewayPolicy policy)
    {
        Policy = policy;
        Watch();
    }

    /// <summary>The peers that share the address of this one: itself, and others behind the same NAT.</summary>
    public IEnumerable<IkeSession> Sharing() => _sessions.At(new PeerEndpoints(Local, 0, Remote, 0) { Instance = Instance }).Append(this);

    /// <summary>True when an SA with that address of ours can go on: the address is ours, or not known yet.</summary>
    public bool MayHave(PeerAddress local) => Local == 0 || Local == local || Locals.Contains(local);

    /// <summary>Takes a phase 1 SA from before a crash.</summary>
    public void Restore(IkeSaState state)
    {
        IkeSa sa = new(state, this, new TrafficCount());
        _path.Choose(state.Endpoints());
        sa.Access = NewDialog(sa);
        sa.Access?.Resume();
        Add(sa);
    }

    /// <summary>Every phase 1 SA from before a crash has been taken.</summary>
    public void Restored()
    {
        Watch();
    }

    /// <summary>A tunnel wants quick mode: now, or as soon as phase 1 is up.</summary>
    public void Request(TunnelSession tunnel)
    {
        if (Current is { } sa)
        {
            tunnel.Begin(sa);
        }
        else
        {
            _ = _waiting.Add(tunnel);
            Connect();
        }
    }

    /// <summary>Routes or interfaces have changed.</summary>
    public void NetworkChanged()
    {
        (PeerAddress, uint) before = (Local, Instance);
        _path.Refresh();
        if ((Local, Instance) != before && Local != 0)
        {
            // SAs belong to the address they were made with.
            Forget(s => s.State.Local != Local || s.State.Instance != Instance, p => p.State.Local != Local || p.State.Instance != Instance, "our address has changed");
        }

        foreach (TunnelSession tunnel in _tunnels)
        {
            tunnel.WriteProtection();
            tunnel.EnsureUp();
        }

        if (_blocked)
        {
            _notBefore = default;
            Connect();
        }
    }

    /// <summary>A phase 1 SA is up.</summary>
    public void Established(Phase1Exchange exchange, IkeSaState state)
    {
        IkeSa sa = new(state, this, exchange.Traffic) { Started = exchange.Started, IsInitialContact = _initialContact == exchange };
        _initialContact = sa.IsInitialContact ? null : _initialContact;
        if (exchange == _initiating)
        {
            _initiating = null;
        }
        else if (_initiating is { HasProved: false } ours && Policy.Xauth is null && ours.Ends.Remote == state.Remote)
        {
            // The peer was faster: nothing at its side depends on ours yet, and it cannot give its own up for ours any more.
            _initiating = null;
            ours.Abandon();
        }

        _path.Choose(state.Endpoints());
        Gateway?.Peers!.Locate(this, state.Endpoints());
        _sessions.Store.Write(state);
        Add(sa);
        _runtime.Counters.Phase1Up++;
        SettleCrossing(sa);
        IkeLog.Phase1Up(
            _runtime.Context.Log, sa.Index, Ipv4.Text(state.Remote), Policy.Name, state.IsInitiator ? "initiator" : "responder",
            AlgorithmNames.Of(sa.Algorithms), state.LifetimeSeconds);
        if (!state.IsInitiator && exchange.IsShortened)
        {
            // Not at once: it must not overtake the message that makes the SA at the other side.
            sa.Timers.Add(_runtime.After(s_reconsider, () => _sessions.Informational.TellLifetime(sa)));
        }

        _sessions.Phase1.Proved(exchange);
        IDisposable stays = _runtime.After(s_exchangeStays, () => ForgetExchange(sa));
        sa.Exchange = (exchange, stays);
        Watch();
        sa.Access = NewDialog(sa);
        if (state.AwaitsUser && sa.Access is not null)
        {
            sa.Access.Begin();
        }
        else
        {
            Ready(sa);
        }
    }

    /// <summary>Nothing of the exchange that made an SA will be repeated any more: the peer uses the SA, or time is over.</summary>
    public void ForgetExchange(IkeSa sa)
    {
        if (sa.Exchange is var (exchange, timer))
        {
            sa.Exchange = null;
            timer.Dispose();
            _sessions.Phase1.Remove(exchange);
        }
    }

    /// <summary>The user of an SA has logged in, at our side or the peer's.</summary>
    public void Opened(IkeSa sa)
    {
        if (sa.IsDead)
        {
            return;
        }

        sa.State.AwaitsUser = false;
        _sessions.Store.Write(sa.State);
        if (sa.State is { IsClient: true, Assigned: not 0 })
        {
            foreach (TunnelSession tunnel in _tunnels)
            {
                tunnel.TakeAddress(sa.State.Assigned);
            }
        }

        Ready(sa);
    }

    /// <summary>The user of an SA is not let in, which has been reported.</summary>
    public void Denied(IkeSa sa, string reason)
    {
        if (sa.IsDead)
        {
            return;
        }

        bool ours = sa.State.IsInitiator;
        End(sa, tellPeer: true, reason);
        if (ours && !_stopped && Gateway is null)
        {
            RetryLater();
        }
    }

    /// <summary>Something here needs an address of a pool: an SA of its user, or one of the traffic with it.</summary>
    public bool Uses(uint address) => _sas.Exists(s => s.State.Assigned == address)
        || _tunnels.Any(t => t.Pairs.Any(p => p.State.RemoteFirst == address && p.State.RemoteLast == address));

    /// <summary>An exchange of phase 1 has failed.</summary>
    public void Phase1Closed(Phase1Exchange exchange)
    {
        _sessions.Phase1.Remove(exchange);
        if (exchange != _initiating)
        {
            return;
        }

        _initiating = null;
        if (_stopped)
        {
            return;
        }

        if (Gateway is not null)
        {
            // One of many peers is not chased: it comes back by itself.
            Forget(_ => true, _ => true, "the peer does not answer");
            Reconsider();
            return;
        }

        _failedAddresses++;
        _path.Next();
        if (_failedAddresses < Policy.RemoteAddresses.Count)
        {
            Connect();
            return;
        }

        _failedAddresses = 0;
        RetryLater();
    }

    /// <summary>Bounds what is computed for a peer that only claims to be one.</summary>
    public bool MayCompute(MainMode exchange) => _sessions.Phase1.MayCompute(exchange);

    /// <summary>The exponentiations of an aggressive mode of the peer have ended.</summary>
    public void ComputedAnswer() => _sessions.Phase1.Computed();

    /// <summary>True when an identity is the one that the configuration expects of the peer.</summary>
    public bool Expects(ReadOnlySpan<byte> identity, PeerAddress address) => Policy.AnyIdentity
        || (Policy.Dynamic is { IsGroup: true } && Gateway is null
            ? PeerIdentity.IsOfGroup(Policy.RemoteIdentity, identity)
            : PeerIdentity.Matches(Policy.RemoteIdentity, identity, address));

    /// <summary>The session of a peer that has proved the key: this one, or one of the many; null when they are too many.</summary>
    public IkeSession? Admit(string name, byte[] identity, PeerEndpoints ends) => Peers is null ? this : Peers.Admit(name, identity, ends);

    /// <summary>The peer is there, wherever the configuration thinks it is.</summary>
    public void Locate(PeerEndpoints ends) => _path.Choose(ends);

    /// <summary>Keeps what the peer says until the SA exists.</summary>
    public void NoteInitialContact(Phase1Exchange exchange, bool present) => _initialContact = present ? exchange : _initialContact;

    /// <summary>The peer has nothing with us but <paramref name="sa"/>: what is older goes (RFC 2407 section 4.6.3.3).</summary>
    /// <remarks>
    /// Identity and outer address and port must be the same: another client behind the same NAT keeps its SAs. What was made while
    /// the peer's own exchange was running is not older: both sides may have started at once.
    /// </remarks>
    public void ForgetOthers(IkeSa sa, DateTimeOffset started) => Forget(
        s => s != sa && s.State.PeerIdentity == sa.State.PeerIdentity && s.State.Created < started
            && IsSamePlace(s.State.Remote, s.State.RemotePort, sa),
        p => p.State.Created < started && IsSamePlace(p.State.Remote, p.State.RemotePort, sa),
        "the peer has started anew");

    /// <summary>The peer's NAT shows it by another address or port: all that went there follows it.</summary>
    public void Move(PeerEndpoints from, PeerEndpoints to)
    {
        foreach (IkeSa sa in _sas.Where(s => s.State.IsRemoteBehindNat && s.State.Endpoints() == from))
        {
            (sa.State.Remote, sa.State.RemotePort) = (to.Remote, to.RemotePort);
            _sessions.Store.Write(sa.State);
        }

        foreach (TunnelSession tunnel in _tunnels)
        {
            tunnel.Move(from, to);
        }

        _path.Choose(to);
        Gateway?.Peers!.Locate(this, to);
        IkeLog.PeerMoved(_runtime.Context.Log, Policy.Name, Ipv4.Text(from.Remote), from.RemotePort, Ipv4.Text(to.Remote), to.RemotePort);
    }

    /// <summary>An authentic message came.</summary>
    public void Heard(IkeSa sa)
    {
        if (!sa.IsDead)
        {
            _liveness?.Heard();
        }
    }

    /// <summary>Dead peer detection has given the peer up.</summary>
    public void PeerIsDead()
    {
        PeerAddress remote = Remote;
        Report(
            new(FailureKind.PeerDead, 1,
                $"peer {Ipv4.Text(remote)} is dead: no answer to {Policy.Liveness?.Threshold} probes", Policy.RemoteSource),
            remote);
        Forget(s => s.State.Remote == remote, p => p.State.Remote == remote, "the peer is dead");
        _path.Next();
    }

    /// <summary>The peer deleted a phase 1 SA; what phase 2 made lives on.</summary>
    public void PeerDeletedPhase1(ulong initiatorCookie, ulong responderCookie)
    {
        if (_sas.Find(s => s.Cookies == (initiatorCookie, responderCookie)) is { } sa)
        {
            sa.Access?.PeerLeft();
            End(sa, tellPeer: false, "the peer deleted it");
        }
    }

    /// <summary>The peer no longer receives on an SPI. An SPI that is not known has ended already.</summary>
    public void PeerDeletedPhase2(uint spi)
    {
        if (_tunnels.Find(t => t.PeerDeleted(spi)) is not null && Current is { } sa)
        {
            sa.PairsDeleted++;
        }
    }

    /// <summary>The peer ends a phase 1 SA earlier than we asked: we make the next one in time.</summary>
    public void Shorten(IkeSa sa, uint seconds)
    {
        TimeSpan lifetime = TimeSpan.FromSeconds(seconds);
        IkeSaState state = sa.State;
        state.LifetimeSeconds = seconds;
        state.Hard = state.Created + lifetime;
        state.Soft = state.Created + Schedules.SoftLimit(lifetime, state.IsInitiator, _runtime.NewFraction());
        _sessions.Store.Write(state);
        Arm(sa);
    }

    /// <summary>The peer refused a quick mode of ours: the one with that SPI, or the only one there is.</summary>
    public static void PeerRefused(IkeSa sa, NotifyType type, uint spi)
    {
        QuickMode[] candidates = [.. sa.QuickModes.Values.Where(q => q.IsInitiator && q.State == QuickModeState.Message1Sent)];
        QuickMode? meant = candidates.Length == 1 ? candidates[0] : Array.Find(candidates, q => spi != 0 && q.Spi == spi);
        meant?.Refused(type);
    }

    /// <summary>Negotiates both phases anew; what is up stays up meanwhile.</summary>
    public void Renegotiate(IEnumerable<TunnelSession> tunnels)
    {
        foreach (TunnelSession tunnel in tunnels)
        {
            tunnel.IsRenewing = true;
            _ = _waiting.Add(tunnel);
        }

        Connect();
    }

    /// <summary>The keys of an exchange of phase 1 are there.</summary>
    public void ShowKey(Phase1Exchange exchange, ReadOnlySpan<byte> cipherKey) => _sessions.Captures.AddKey(this, exchange.InitiatorCookie, cipherKey);

    /// <summary>Tells the peer that a pair is gone, or is to go, where a phase 1 SA is there to do it.</summary>
    public void TellDeleted(IpsecSaPairState pair, bool isGone = true)
    {
        if (Current is { } sa && sa.State.Remote == pair.Remote)
        {
            sa.PairsDeleted += isGone ? 1u : 0;
            _sessions.Informational.DeletePhase2(sa, pair.InboundSpi, pair.IsAh);
            if (pair.IsBundle())
            {
                _sessions.Informational.DeletePhase2(sa, pair.AroundInboundSpi, isAh: true);
            }
        }
    }

    /// <summary>Ends a phase 1 SA; phase 2 lives on.</summary>
    public void End(IkeSa sa, bool tellPeer, string reason)
    {
        if (sa.IsDead)
        {
            return;
        }

        if (tellPeer)
        {
            _sessions.Informational.DeletePhase1(sa);
        }

        sa.IsDead = true;
        sa.Access?.Stop();
        _ = _sas.Remove(sa);
        _sessions.Unregister(sa);
        _sessions.Phase1.Ended(sa.Cookies);
        _sessions.Store.Delete(sa.State);
        foreach (IDisposable timer in sa.Timers)
        {
            timer.Dispose();
        }

        foreach (QuickMode exchange in sa.QuickModes.Values.ToArray())
        {
            exchange.Abandon();
        }

        sa.Secrets.Zero();
        IkeLog.Phase1Down(_runtime.Context.Log, sa.Index, Ipv4.Text(sa.State.Remote), Policy.Name, reason);
        _sessions.Pools.Review(this);
        if (_sas.Count == 0 && !_stopped)
        {
            // With tunnels alive a phase 1 SA is needed for dead peer detection and for deletes.
            _ = _runtime.After(s_reconsider, Reconsider);
            if (WaitsForUser)
            {
                // We cannot begin one: a user who does not log in again has left.
                _ = _runtime.After(s_usersOldSaStays, () => Forget(_ => false, _ => _sas.Count == 0, "its user has left"));
            }
        }
    }

    /// <summary>Makes phase 1 again where living tunnels want dead peer detection over it; one of many peers that has nothing left is forgotten.</summary>
    public void Reconsider()
    {
        if (Gateway is not null && IsFirstContact && !_stopped && _initiating is null)
        {
            Gateway.Peers!.Release(this);
            return;
        }

        if (_sas.Count == 0 && Policy.Liveness is not null && HasPairs && !WaitsForUser)
        {
            Connect();
        }
    }

    /// <summary>Lets go of everything as it is: another session goes on with the SAs, and the peer sees nothing.</summary>
    public void Detach()
    {
        _stopped = true;
        _retry?.Dispose();
        _liveness?.Stop();
        _keepalive?.Stop();
        foreach (Phase1Exchange exchange in _sessions.Phase1.Active.Where(m => m.Session == this).ToArray())
        {
            exchange.Abandon();
        }

        foreach (TunnelSession tunnel in _tunnels)
        {
            tunnel.Detach();
            _sessions.Unregister(tunnel);
        }

        foreach (IkeSa sa in _sas)
        {
            sa.IsDead = true;
            _sessions.Unregister(sa);
            foreach (IDisposable timer in sa.Timers)
            {
                timer.Dispose();
            }
        }
    }

    /// <summary>Ends the session: nothing of it stays.</summary>
    public void Stop(string reason)
    {
        Peers?.Stop(reason);
        foreach (TunnelSession tunnel in _tunnels)
        {
            tunnel.Stop(reason);
            _sessions.Unregister(tunnel);
        }

        _stopped = true;
        _retry?.Dispose();
        _liveness?.Stop();
        _keepalive?.Stop();
        foreach (Phase1Exchange exchange in _sessions.Phase1.Active.Where(m => m.Session == this).ToArray())
        {
            exchange.Abandon();
        }

        foreach (IkeSa sa in _sas.ToArray())
        {
            End(sa, tellPeer: true, reason);
        }

        if (Gateway is null)
        {
            _runtime.Failures.Remove(Policy.Name, string.Empty);
        }
    }

    /// <summary>A tunnel has no pairs left.</summary>
    public void Emptied()
    {
        _sessions.Pools.Review(this);
        if (Gateway is not null && !_stopped)
        {
            _ = _runtime.After(s_reconsider, Reconsider);
        }
    }

    public void Report(IkeFailure failure, PeerAddress remote) => _runtime.Failures.Report(Policy.Name, string.Empty, Ipv4.Text(remote), failure);

    public uint NewIndex() => _sessions.NewIndex();

    /// <summary>Sends a message under a phase 1 SA.</summary>
    public void Send(IkeSa sa, byte[] message) => Send(sa.State.Endpoints(), message, sa.Traffic, sa.State.PeerTakesFragments);

    /// <summary>Sends a message, never through a tunnel to the very peer.</summary>
    public void Send(PeerEndpoints ends, byte[] message, TrafficCount traffic, bool mayFragment = false)
    {
        traffic.Out(message.Length);
        _sessions.Send(ends, message, AvoidedProtection, mayFragment: mayFragment);
    }

    /// <summary>Sends a message that must not be cut on the way.</summary>
    public void SendWhole(IkeSa sa, byte[] message)
    {
        sa.Traffic.Out(message.Length);
        _sessions.Send(sa.State.Endpoints(), message, AvoidedProtection, dontFragment: true);
    }

    /// <summary>Sends bytes that are no message of IKE.</summary>
    public void SendRaw(PeerEndpoints ends, byte[] bytes) => _sessions.SendRaw(ends, bytes, AvoidedProtection);

    /// <summary>Answers a message with a notification in the clear, which is a hint to the peer's operator and no more.</summary>
    public void RefuseInClear(IsakmpHeader header, PeerEndpoints ends, NotifyType type) =>
        _sessions.RefuseInClear(header, ends, type, AvoidedProtection);

    // A peer without an address of its own is the same peer wherever it comes from, but for those that share one identity.
    private bool IsSamePlace(PeerAddress remote, ushort port, IkeSa sa) =>
        Policy.Dynamic is { IsShared: false } || (remote == sa.State.Remote && port == sa.State.RemotePort);

    // The peer's user logs in when it comes: nobody is there to be asked when we begin.
    private bool WaitsForUser => Policy.Xauth is { Asks: true };

    private AccessDialog? NewDialog(IkeSa sa) => Policy.Xauth switch
    {
        null => null,
        { Asks: true } => new AccessServer(_runtime, _sessions, sa),
        _ => new AccessClient(_runtime, _sessions, sa),
    };

    // Tunnels may be negotiated under an SA.
    private void Ready(IkeSa sa)
    {
        _failures = _failedAddresses = 0;
        _retry?.Dispose();
        _retry = null;
        _runtime.Failures.Clear(Policy.Name, string.Empty);
        if (sa.IsInitialContact)
        {
            ForgetOthers(sa, sa.Started);
        }

        if (sa.State.IsInitiator)
        {
            // Make before break: exchanges under the older SAs may end, then they go; phase 2 lives on.
            // An SA of the same moment is no predecessor: both sides may have started at once.
            foreach (IkeSa old in _sas.Where(s => s != sa && s.State.Created < sa.Started).ToArray())
            {
                old.IsDying = true;
                old.Timers.Add(_runtime.After(s_oldSaStays, () => End(old, tellPeer: true, "a newer one has replaced it")));
            }
        }
        else if (WaitsForUser)
        {
            // A client that started anew without a word leaves its old SA behind; one that renews it has its own end for that.
            foreach (IkeSa old in _sas.Where(s => s != sa && IsSameLogin(s.State, sa.State) && s.State.Created < sa.Started).ToArray())
            {
                old.Timers.Add(_runtime.After(s_usersOldSaStays, () => End(old, tellPeer: true, "its user has logged in anew")));
            }
        }

        if (sa.State.IsInitiator)
        {
            BeginWaiting(sa);
        }
        else if (_waiting.Count > 0)
        {
            // Who began phase 1 is about to begin quick mode: what it brings need not be asked for.
            _ = _runtime.After(s_reconsider, () =>
            {
                if (Current is { } now)
                {
                    BeginWaiting(now);
                }
                else if (_waiting.Count > 0)
                {
                    Connect();
                }
            });
        }
    }

    private void BeginWaiting(IkeSa sa)
    {
        foreach (TunnelSession tunnel in _waiting.Where(t => t.NeedsPair).ToArray())
        {
            tunnel.Begin(sa);
        }

        _waiting.Clear();
    }

    // Both sides began at once. Where the peer does the same, the SA with the greater cookie of its initiator stays; any other peer has rules of
    // its own for what it has twice, and may have moved its pairs to the SA that we would end.
    private void SettleCrossing(IkeSa sa)
    {
        foreach (IkeSa twin in _sas.Where(s => sa.State.PeerSettlesCrossings && Policy.Xauth is null && HasCrossed(s, sa)).ToArray())
        {
            IkeSa redundant = sa.Cookies.CompareTo(twin.Cookies) > 0 ? twin : sa;
            redundant.IsRedundant = true;
            _ = _runtime.After(s_redundantStays, () => EndRedundant(redundant));
        }
    }

    private static bool HasCrossed(IkeSa one, IkeSa other) => one.State.IsInitiator != other.State.IsInitiator
        && one.State.Created >= other.Started && other.State.Created >= one.Started && one.State.Endpoints() == other.State.Endpoints();

    private void EndRedundant(IkeSa sa)
    {
        if (sa.IsDead)
        {
            return;
        }

        if (!_sas.Exists(s => !s.IsRedundant && !s.IsDying))
        {
            // The other one has ended meanwhile.
            sa.IsRedundant = false;
        }
        else if (sa.QuickModes.Values.Any(q => q.HasAnswer))
        {
            // Somebody may still ask for its message 3.
            _ = _runtime.After(s_oldSaStays, () => EndRedundant(sa));
        }
        else
        {
            End(sa, tellPeer: true, "both sides began at once, and the other one stays");
        }
    }

    private static bool IsSameLogin(IkeSaState one, IkeSaState other) => one.User == other.User && one.PeerIdentity == other.PeerIdentity
        && one.Remote == other.Remote && one.RemotePort == other.RemotePort;

    private void RetryLater()
    {
        _failures++;
        _notBefore = _runtime.Now + s_connectHold;
        foreach (TunnelSession tunnel in _waiting)
        {
            tunnel.Phase1Failed();
        }

        _ = _waiting.RemoveWhere(t => !t.IsWanted);
        RetryAfter(Schedules.RetryAfter(_failures));
    }

    private void Add(IkeSa sa)
    {
        _sas.Add(sa);
        _sessions.Register(sa);
        Arm(sa);
    }

    private void Watch()
    {
        if (_liveness is not null || Policy.Liveness is not null)
        {
            (_liveness ??= new DeadPeerDetection(_runtime, this, _sessions)).Restart();
        }

        if (_keepalive is not null || Policy.NatKeepalive != Timeout.InfiniteTimeSpan)
        {
            (_keepalive ??= new NatKeepalive(_runtime, this)).Restart();
        }
    }

    private void Arm(IkeSa sa)
    {
        foreach (IDisposable timer in sa.Timers)
        {
            timer.Dispose();
        }

        sa.Timers.Clear();
        DateTimeOffset now = _runtime.Now;
        sa.Timers.Add(_runtime.After(sa.State.Soft - now, () =>
        {
            sa.Timers.Add(_runtime.After(sa.State.Hard - _runtime.Now, () => End(sa, tellPeer: true, "its lifetime is over")));
            Reauthenticate(sa);
        }));
    }

    private void Reauthenticate(IkeSa sa)
    {
        if (sa == _sas.FindLast(s => !s.IsRedundant) && !WaitsForUser && _tunnels.Any(t => t.IsWanted))
        {
            sa.IsDying = true;
            Connect();
        }
    }

    private void Forget(Func<IkeSa, bool> sas, Func<IpsecSaPair, bool> pairs, string reason)
    {
        foreach (IkeSa sa in _sas.Where(sas).ToArray())
        {
            // One that we have just made may be on its way to a peer that says it has nothing.
            End(sa, tellPeer: sa.State.IsInitiator && _runtime.Now - sa.State.Created < s_oldSaStays, reason);
        }

        foreach (TunnelSession tunnel in _tunnels)
        {
            tunnel.Forget(pairs, reason);
        }
    }

    private void RetryAfter(TimeSpan delay)
    {
        _retry?.Dispose();
        _retry = _runtime.After(delay, () =>
        {
            _retry = null;
            if (_waiting.Count > 0 || (_sas.Count == 0 && _tunnels.Any(t => t.IsWanted)) || _sas.Exists(s => s.IsDying))
            {
                Connect();
            }
        });
    }

    private void Connect()
    {
        // A user that is logging in needs no second phase 1.
        if (_stopped || _initiating is not null || _runtime.Now < _notBefore || _sas.Exists(s => s.State is { AwaitsUser: true, IsInitiator: true }))
        {
            return;
        }

        _blocked = false;
        if (WaitsForUser)
        {
            if (Current is null)
            {
                Report(new(FailureKind.User, 1, "only the peer can start: its user has to log in (XAUTH)", Policy.Xauth!.Source)
                {
                    Aspect = FailureAspect.NoAnswer,
                }, Remote);
            }

            return;
        }

        if (_path.FindObstacle(_tunnels) is { } obstacle)
        {
            _blocked = true;
            Report(obstacle, Remote);
            return;
        }

        _initiating = Policy.IsAggressive
            ? new AggressiveMode(_runtime, this, _path.Endpoints, _runtime.NewCookie())
            : new MainMode(_runtime, this, _path.Endpoints, _runtime.NewCookie());
        _sessions.Phase1.Add(_initiating);
        _initiating.Begin();
    }
}
