using RouterOS.Ike.Control.Exchanges;
using RouterOS.Ike.Control.Machines;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.State;
using RouterOS.Ike.Wire;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Storage;

namespace RouterOS.Ike.Control;

/// <summary>One tunnel: its protection, its pairs of phase 2 SAs, and which of them sends.</summary>
internal sealed class TunnelSession
{
    /// <summary>Packets of the anti-replay window.</summary>
    public const uint ReplayWindow = 64;

    /// <summary>Pairs that only receive, in a tunnel whose peer rekeys faster than SAs end.</summary>
    public const int MaximumReplaced = 8;

    // A peer that answers quick mode may install its SAs only when message 3 is there: until then it must hear the old one.
    private static readonly TimeSpan s_commit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_overlap = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_listen = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_repeat = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_acquireHold = TimeSpan.FromSeconds(5);

    private readonly IkeRuntime _runtime;
    private readonly IkeSessions _sessions;
    private readonly List<IpsecSaPair> _pairs = new(1);
    private readonly PairDrain _drain;
    private IdleTunnel? _idle;
    private VpnMonitor? _monitor;
    private QuickMode? _negotiation;
    private IDisposable? _retry;
    private DateTimeOffset _acquireAfter;
    private int _failures;
    private bool _stopped;
    private bool? _told;
    private ProxyIdentity? _narrowed;
    private VpnPolicy _configured;

    public TunnelSession(IkeRuntime runtime, IkeSessions sessions, IkeSession session, VpnPolicy policy, uint protectionId)
    {
        _runtime = runtime;
        _sessions = sessions;
        Session = session;
        Policy = _configured = policy;
        ProtectionId = protectionId;
        _drain = new PairDrain(runtime, this, sessions.Activity);
    }

    public IkeSession Session { get; }

    public VpnPolicy Policy { get; private set; }

    public uint ProtectionId { get; }

    /// <summary>Number that operators see.</summary>
    public uint TunnelId => TunnelNumber.Of(Policy, ProtectionId);

    /// <summary>Probes through the tunnel; null where there have been none.</summary>
    public VpnMonitor? Monitor => _monitor;

    /// <summary>It has an SA, and nothing says that packets get lost in it.</summary>
    public bool IsUp => Current is not null && _monitor is not { IsDown: true };

    /// <summary>Pairs, oldest first.</summary>
    public IReadOnlyList<IpsecSaPair> Pairs => _pairs;

    /// <summary>The pair that sends, or null.</summary>
    public IpsecSaPair? Current { get; private set; }

    /// <summary>What the SAs depend on.</summary>
    public string Fingerprint => SharedText.Of($"{Session.Policy.Fingerprint}/{Policy.Fingerprint}");

    /// <summary>A phase 1 SA is worth having: something runs over it or should.</summary>
    public bool IsWanted => !_stopped && (Policy.EstablishImmediately || _pairs.Count > 0);

    /// <summary>The bytes of the pair that sends run out: its successor is made without waiting long for what may be lost.</summary>
    public bool IsHurried => Current is { IsNearlyUsedUp: true };

    /// <summary>Quick mode is under way.</summary>
    public bool IsNegotiating => _negotiation is not null;

    /// <summary>A pair is wanted although there is a good one.</summary>
    public bool IsRenewing { get; set; }

    /// <summary>There is no pair, or its successor is wanted.</summary>
    public bool NeedsPair => IsRenewing || Current is null or { Life: SaPairState.Dying };

    public ulong NextOrder() => _sessions.NextOrder();

    /// <summary>Writes the protection and starts, where the configuration wants that at once.</summary>
    public void Start()
    {
        WriteProtection();
        EnsureUp();
    }

    /// <summary>Takes a policy that needs no new SAs.</summary>
    public void Update(VpnPolicy policy)
    {
        bool watch = policy.Monitor != Policy.Monitor || policy.Idle != Policy.Idle;
        _configured = policy;
        Policy = _narrowed is { } own ? policy with { Selector = own, IsOfOnePeer = true } : policy;
        if (watch)
        {
            Watch();
        }

        WriteProtection();
        EnsureUp();
    }

    /// <summary>One of many peers has asked for a part of the traffic that the VPN allows.</summary>
    public void Narrow(ProxyIdentity selector)
    {
        _narrowed = selector;
        Policy = Policy with { Selector = selector, IsOfOnePeer = true };
    }

    /// <summary>The traffic that the configuration allows, before any peer has asked for a part of it.</summary>
    public ProxyIdentity Allowed => Session.Gateway?.Peers!.Allowed(Policy.Name) ?? _configured.Selector;

    /// <summary>The same for who came by a phase 1 SA: with an address of a pool, that address alone.</summary>
    public ProxyIdentity AllowedFor(IkeSaState sa) => IsAddressed && sa.Assigned != 0 ? Allowed with { Remote = new(sa.Assigned, sa.Assigned) } : Allowed;

    /// <summary>True when a peer may have what it asks for; one of many then has it.</summary>
    public bool Accepts(ProxyIdentity proxies, IkeSaState sa)
    {
        ProxyIdentity allowed = Allowed;
        if (Policy.IsTransport && allowed.Protocol != 0 && Session.Policy.Dynamic is not null)
        {
            return AcceptsTransport(proxies, sa, allowed);
        }

        if (Session.Gateway is null && !IsAddressed)
        {
            return Policy.Selector == proxies;
        }

        bool fits = proxies.Protocol == allowed.Protocol && proxies.LocalPort == allowed.LocalPort && proxies.RemotePort == allowed.RemotePort
            && allowed.Local.Contains(proxies.Local) && allowed.Remote.Contains(proxies.Remote) && !proxies.Remote.IsAll
            && (!IsAddressed || (sa.Assigned != 0 && proxies.Remote == new AddressRange(sa.Assigned, sa.Assigned)));
        if (fits && Session.Gateway is null)
        {
            Narrow(proxies);
        }

        bool accepted = fits && (Session.Gateway is null || Session.Gateway.Peers!.TryTake(this, proxies));
        if (accepted)
        {
            WriteProtection();
        }

        return accepted;
    }

    // Transport mode is between the two hosts: whatever address the peer behind a NAT has itself, packets come from where its NAT shows it.
    // Any number of such peers may ask for the same.
    private bool AcceptsTransport(ProxyIdentity proxies, IkeSaState sa, ProxyIdentity allowed)
    {
        bool fits = proxies.Protocol == allowed.Protocol && proxies.LocalPort == allowed.LocalPort
            && (allowed.RemotePort == 0 || proxies.RemotePort == allowed.RemotePort)
            && (sa.IsLocalBehindNat || allowed.Local.Contains(proxies.Local)) && proxies.Local.IsOne && proxies.Remote.IsOne
            && (sa.IsRemoteBehindNat || Policy.PassesNat || proxies.Remote.FirstAddress == sa.Remote);
        if (fits)
        {
            Narrow(proxies with { Local = AddressRange.Of(sa.Local), Remote = AddressRange.Of(sa.Remote) });
            WriteProtection();
        }

        return fits;
    }

    /// <summary>The peer has given us an address: it is our side of the traffic, where the configuration does not name one.</summary>
    public void TakeAddress(uint address)
    {
        if (_configured.Selector.Local == AddressRange.All)
        {
            Narrow(_configured.Selector with { Local = new(address, address) });
            WriteProtection();
        }
    }

    /// <summary>Takes a pair from before a crash.</summary>
    public void Restore(IpsecSaPairState state)
    {
        if (Session.Gateway is null && Session.Policy.Xauth is not null && state.Selector() != _configured.Selector)
        {
            Narrow(state.Selector());
        }

        IpsecSaPair pair = new(state) { Life = state.IsConfirmed ? SaPairState.Mature : SaPairState.Larval };
        _pairs.Add(pair);
        _sessions.Register(pair, this);
    }

    /// <summary>Chooses the pair that sends among the restored ones.</summary>
    public void Restored()
    {
        // Without a pair that sent before, one whose quick mode was cut off is the best guess: the peer has its answer or repeats the question.
        if (_pairs.Count > 0 && !_pairs.Any(p => p.State.IsConfirmed))
        {
            _pairs[^1].Life = SaPairState.Mature;
        }

        foreach (IpsecSaPair pair in _pairs)
        {
            Arm(pair);
        }

        Current = _pairs.Where(p => p.IsUsable).MaxBy(p => p.State.Order);
        WriteProtection();
        foreach (IpsecSaPair pair in _pairs)
        {
            _ = _sessions.Tables.Set(pair.State);
        }

        foreach (IpsecSaPair pair in _pairs.Where(p => p != Current && p.IsUsable))
        {
            Step(pair, SaPairEvent.Superseded, string.Empty);
        }

        _drain.Arm();
        Watch();
    }

    /// <summary>Packets want to leave and no SA is up.</summary>
    public void Acquire()
    {
        if (Current is null && _runtime.Now >= _acquireAfter)
        {
            Negotiate();
        }
    }

    /// <summary>Brings the tunnel up where the configuration wants that without traffic.</summary>
    public void EnsureUp()
    {
        if (Policy.EstablishImmediately && Current is null)
        {
            Negotiate();
        }
    }

    /// <summary>Starts quick mode under a phase 1 SA.</summary>
    public void Begin(IkeSa sa)
    {
        if (_stopped || _negotiation is not null)
        {
            return;
        }

        uint messageId = _runtime.NewNumber(1, sa.IsUsed);
        _ = sa.TryUse(messageId);
        _negotiation = new QuickMode(_runtime, this, sa, messageId, initiator: true, _sessions.NewSpi())
        {
            AroundSpi = Policy.Proposals.Any(p => p.IsBundle) ? _sessions.NewSpi() : 0,
        };
        sa.Keep(_negotiation);
        _negotiation.Begin();
    }

    /// <summary>The modules say that the peer's packets come from another address or port: asks where from.</summary>
    public async Task FollowPeerAsync()
    {
        PeerEndpoints? to = await _sessions.Activity.PeerAsync(ProtectionId);
        if (to is { } seen && Current is { State: { IsInsideUdp: true, IsRemoteBehindNat: true } state })
        {
            PeerEndpoints known = state.Endpoints();
            PeerEndpoints moved = known with { Remote = seen.Remote, RemotePort = seen.RemotePort };
            if (moved != known)
            {
                Session.Move(known, moved);
            }
        }
    }

    /// <summary>The peer's NAT shows it by another address or port.</summary>
    public void Move(PeerEndpoints from, PeerEndpoints to)
    {
        foreach (IpsecSaPair pair in _pairs.Where(
            p => p.State is { IsInsideUdp: true, IsRemoteBehindNat: true } && p.State.Endpoints() == from))
        {
            (pair.State.Remote, pair.State.RemotePort) = (to.Remote, to.RemotePort);
            _sessions.Store.Write(pair.State);
        }

        WriteProtection();
    }

    /// <summary>Phase 1 gave up: what waited for it is over for now.</summary>
    public void Phase1Failed() => _acquireAfter = _runtime.Now + s_acquireHold;

    /// <summary>Writes both SAs; completes when every module has them.</summary>
    public Task<string?> Install(IpsecSaPair pair)
    {
        _pairs.Add(pair);
        _sessions.Register(pair, this);
        _sessions.Store.Write(pair.State);
        Task<string?> installed = _sessions.Tables.Install(pair.State);
        if (SendsEarly)
        {
            WriteProtection();
        }

        return installed;
    }

    /// <summary>Quick mode is complete.</summary>
    public void Confirmed(QuickMode exchange, IpsecSaPair pair)
    {
        if (exchange == _negotiation)
        {
            _negotiation = null;
        }

        _failures = 0;
        IsRenewing = false;
        _retry?.Dispose();
        _retry = null;
        pair.State.IsConfirmed = true;
        Step(pair, SaPairEvent.Confirmed, string.Empty);
        SettleCrossing(pair, exchange.Sa.State.PeerSettlesCrossings);
        Arm(pair);
        exchange.Sa.PairsCreated++;
        // Who has completed a quick mode has the last message of phase 1.
        exchange.Sa.Session.ForgetExchange(exchange.Sa);
        _runtime.Failures.Clear(Session.Policy.Name, Policy.Name);
        _runtime.Counters.Phase2Up++;
        IkeLog.Phase2Up(
            _runtime.Context.Log, Policy.Name, Ipv4.Text(pair.State.Remote), pair.State.InboundSpi, pair.State.OutboundSpi,
            AlgorithmNames.Of(PolicyOf(pair.State), pair.State.PfsGroup, pair.State.IsInsideUdp), pair.State.LifetimeSeconds);
        _sessions.Store.Write(pair.State);
        _sessions.Store.Write(exchange.Sa.State);

        // At most half of the time that the old pair still has, or where bytes say so three quarters: traffic must not meet its end.
        TimeSpan left = Current is { IsLate: false } old ? old.End - _runtime.Now : TimeSpan.Zero;
        TimeSpan wait = exchange.AwaitsConnected ? s_commit
            : left <= TimeSpan.Zero ? TimeSpan.Zero
            : Policy.InstallInterval > TimeSpan.Zero ? Policy.InstallInterval
            : pair.State.IsInitiator ? s_overlap : TimeSpan.Zero;
        if (wait > TimeSpan.Zero)
        {
            TimeSpan most = left * (IsHurried ? 0.75 : 0.5);
            pair.Timers.Add(_runtime.After(left > TimeSpan.Zero && most < wait ? most : wait, () => Promote(pair)));
        }
        else
        {
            Promote(pair);
        }

        if (pair.State is { HardBytes: > 0, IsInitiator: true })
        {
            Listen(exchange, pair, s_listen);
        }
    }

    /// <summary>The peer says that it has both SAs of a pair.</summary>
    public void Connected(IpsecSaPair pair) => Promote(pair);

    /// <summary>Quick mode has failed; its reason has been reported, unless the peer was silent.</summary>
    public void Failed(QuickMode exchange, IpsecSaPair? pair, bool silent)
    {
        if (pair is not null && _pairs.Contains(pair))
        {
            Step(pair, SaPairEvent.Cleared, "its negotiation failed");
        }

        bool ours = exchange == _negotiation;
        if (ours)
        {
            _negotiation = null;
        }

        if (ours && silent && _pairs.Exists(p => p.Life == SaPairState.Mature && p.State.Started >= exchange.Started))
        {
            // The peer's own exchange was complete meanwhile: it is there, and nothing is missing.
            return;
        }

        if (silent && ours)
        {
            Report(new(
                FailureKind.NoResponse, 2, $"no response from {Ipv4.Text(exchange.Sa.State.Remote)} to quick mode after {Schedules.Attempts} attempts",
                Session.Policy.RemoteSource));
            // The peer may have lost the phase 1 SA: only a new one tells.
            Session.End(exchange.Sa, tellPeer: true, "the peer does not answer quick mode");
        }

        if (ours)
        {
            _acquireAfter = _runtime.Now + s_acquireHold;
            bool cutOff = exchange.Sa.IsDead && !silent;
            // An exchange whose phase 1 SA was replaced under it goes on at once; one that failed by itself waits.
            RetryAfter(cutOff ? TimeSpan.FromSeconds(1) : Schedules.RetryAfter(++_failures), cutOff);
        }
    }

    /// <summary>Tries again later, if something then still wants a pair.</summary>
    public void RetryAfter(TimeSpan delay, bool anyway = false)
    {
        _retry?.Dispose();
        _retry = _stopped ? null : _runtime.After(delay, () =>
        {
            _retry = null;
            if ((anyway && NeedsPair) || Current is { Life: SaPairState.Dying } || (Policy.EstablishImmediately && Current is null))
            {
                Negotiate();
            }
        });
    }

    /// <summary>An event of the modules about one SA.</summary>
    public void SaEvent(IpsecSaPair pair, string name, bool isOutbound)
    {
        switch (name)
        {
            case "soft-expired":
                pair.ExpectEnd(_runtime.Now);
                Step(pair, SaPairEvent.SoftExpired, string.Empty);
                break;

            // The successor sends from now on; what the peer sends has a limit of its own.
            case "nearly-expired" or "hard-expired" when isOutbound && SuccessorOf(pair) is { } successor:
                if (pair == Current)
                {
                    Promote(successor);
                }

                break;

            case "nearly-expired":
                pair.IsLate |= isOutbound;
                break;

            case "hard-expired":
                Step(pair, SaPairEvent.HardExpired, "its bytes are used up");
                break;
        }
    }

    /// <summary>The peer no longer receives on an SPI; true when it was ours to know.</summary>
    public bool PeerDeleted(uint outboundSpi)
    {
        IpsecSaPair? pair = _pairs.Find(p => p.State.OutboundSpi == outboundSpi || (outboundSpi != 0 && p.State.AroundOutboundSpi == outboundSpi));
        if (pair is null)
        {
            return false;
        }

        Step(pair, SaPairEvent.PeerDeleted, "the peer deleted it");
        if (_pairs.Count == 0)
        {
            Report(new(FailureKind.PeerDeleted, 2, "the peer deleted the SAs", ConfigSource.None));
            // A peer that deletes is stopping or being changed: chasing it at once would undo what its operator just did.
            _acquireAfter = _runtime.Now + s_acquireHold;
            RetryAfter(Schedules.RetryAfter(1));
        }

        return true;
    }

    /// <summary>Drops every pair that the peer has forgotten, made before a moment.</summary>
    public void Forget(Func<IpsecSaPair, bool> which, string reason)
    {
        foreach (IpsecSaPair pair in _pairs.Where(which).ToArray())
        {
            Step(pair, SaPairEvent.PeerDeleted, reason);
        }
    }

    /// <summary>The peer sends on the twin of the pair that we prefer, and will not change its mind: we prefer what it does.</summary>
    public void Follow(IpsecSaPair twin)
    {
        if (Current is { } other && other != twin && twin.Life == SaPairState.Replaced)
        {
            (twin.State.Order, other.State.Order) = (other.State.Order, twin.State.Order);
            _sessions.Store.Write(twin.State);
            _sessions.Store.Write(other.State);
            Step(twin, SaPairEvent.Reinstated, string.Empty);
            Promote(twin);
            if (twin.State.Soft <= _runtime.Now || twin.IsNearlyUsedUp)
            {
                Step(twin, SaPairEvent.SoftExpired, string.Empty);
            }
        }
    }

    /// <summary>Asks a peer that prefers the same twin as we do not to send on the other one; what it still sends is received.</summary>
    public void TellRedundant(IpsecSaPair pair) => Session.TellDeleted(pair.State, isGone: false);

    /// <summary>Nothing has come on a replaced pair for long.</summary>
    public void Drained(IpsecSaPair pair) => Step(pair, SaPairEvent.Drained, "a newer pair has replaced it");

    /// <summary>Ends every pair and tells the peer; returns how many there were.</summary>
    public uint Clear(string reason)
    {
        IpsecSaPair[] pairs = [.. _pairs];
        foreach (IpsecSaPair pair in pairs)
        {
            Step(pair, SaPairEvent.Cleared, reason);
        }

        return (uint)pairs.Length;
    }

    /// <summary>Ends the tunnel: nothing of it stays.</summary>
    public void Stop(string reason)
    {
        _stopped = true;
        _retry?.Dispose();
        _negotiation?.Abandon();
        _ = Clear(reason);
        _drain.Stop();
        _monitor?.Stop();
        _idle?.Stop();
        _sessions.Tables.Remove(ProtectionId);
        _sessions.Vpns.Tell(new VpnChange { Name = Policy.Vpn, Protection = ProtectionId, Gone = true });
        if (Session.Gateway is null)
        {
            _runtime.Failures.Remove(Session.Policy.Name, Policy.Name);
        }
    }

    /// <summary>Lets go of the pairs as they are: another tunnel goes on with them.</summary>
    public void Detach()
    {
        _stopped = true;
        _retry?.Dispose();
        _negotiation?.Abandon();
        _drain.Stop();
        _monitor?.Stop();
        _idle?.Stop();
        foreach (IpsecSaPair pair in _pairs)
        {
            _sessions.Unregister(pair);
            foreach (IDisposable timer in pair.Timers)
            {
                timer.Dispose();
            }
        }
    }

    /// <summary>The probes of the monitor stay without an answer: new SAs may help.</summary>
    public void MonitorFailed(string reason)
    {
        Report(new(FailureKind.PeerDead, 2, reason, Policy.Monitor?.Source ?? Policy.Source));
        _ = Clear(reason);
        RetryAfter(TimeSpan.FromSeconds(1), anyway: true);
    }

    public void Report(IkeFailure failure) =>
        _runtime.Failures.Report(Session.Policy.Name, Policy.Name, Ipv4.Text(Session.Remote), failure);

    /// <summary>Writes the row of the protection as things are now.</summary>
    public void WriteProtection()
    {
        IpsecSaPair? sender = Current ?? (SendsEarly ? _pairs[^1] : null);
        PeerEndpoints ends = sender is null
            ? new(Session.Local, PeerEndpoints.Port, Session.Remote, PeerEndpoints.Port) { Instance = Session.Instance } : sender.State.Endpoints();
        // Without an outer address there is no row to write yet: the external interface will bring it. The same holds for one of many
        // peers until it has said what traffic is its own.
        if (!_stopped && ends.Local != 0 && (Session.Gateway is null || _narrowed is not null))
        {
            uint index = Policy.BindInterface.Length == 0 ? 0 : _runtime.Context.Interfaces.Find(Policy.BindInterface)?.Index ?? 0;
            _sessions.Tables.Set(ProtectionId, Policy, index, ends, sender?.State.OutboundSpi ?? 0);
            TellUp();
        }
    }

    /// <summary>Whoever follows VPNs hears whether it is up, where that has changed.</summary>
    public void TellUp()
    {
        if (_told != IsUp)
        {
            _told = IsUp;
            _sessions.Vpns.Tell(new VpnChange { Name = Policy.Vpn, Protection = ProtectionId, Up = IsUp });
        }
    }

    // What the peer of a transport mode sends right behind message 3 may be here, and be answered by who else listens, before message 3 is: the
    // answer has a way at once. Packets to a peer that has not got so far are lost by it.
    private bool SendsEarly => Current is null && Policy.IsTransport && _pairs.Count > 0 && !_pairs[^1].State.IsInitiator;

    // Its peers' users have addresses of a pool.
    private bool IsAddressed => Session.Policy.Xauth is { Asks: true, Pool: not null };

    private static Phase2Policy PolicyOf(IpsecSaPairState state) =>
        new(state.Cipher, state.CipherKeyBytes, state.Mac, state.LifetimeSeconds, state.LifetimeKilobytes)
        {
            Protocol = state.IsAh ? SecurityProtocol.Ah : SecurityProtocol.Esp,
            AroundMac = state.AroundMac,
            IsTagShort = state.IsTagShort,
            IsExtended = state.IsExtended,
        };

    // What looks after the tunnel while it is up.
    private void Watch()
    {
        if (_monitor is not null || Policy.Monitor is not null)
        {
            (_monitor ??= new VpnMonitor(_runtime, this, _sessions.Activity)).Restart();
        }

        if (_idle is not null || Policy.Idle > TimeSpan.Zero)
        {
            (_idle ??= new IdleTunnel(_runtime, this, _sessions.Activity)).Restart();
        }
    }

    private IpsecSaPair? SuccessorOf(IpsecSaPair pair) => _pairs.Where(p => p.IsUsable && p.State.Order > pair.State.Order).MaxBy(p => p.State.Order);

    private void Negotiate()
    {
        if (!_stopped && _negotiation is null)
        {
            Session.Request(this);
        }
    }

    private void Arm(IpsecSaPair pair)
    {
        DateTimeOffset now = _runtime.Now;
        pair.Timers.Add(_runtime.After(pair.State.Soft - now, () =>
        {
            pair.Timers.Add(_runtime.After(pair.State.Hard - _runtime.Now, () => Step(pair, SaPairEvent.HardExpired, "its lifetime is over")));
            Step(pair, SaPairEvent.SoftExpired, string.Empty);
        }));
    }

    // Both sides began at once. Where the peer does the same, the pair with the greater SPIs goes first at both sides, whichever was complete first;
    // with any other peer the later one does, until the peer shows by its packets which one it prefers.
    private void SettleCrossing(IpsecSaPair pair, bool peerSettles)
    {
        IpsecSaPair[] twins = [.. _pairs.Where(p => p == pair || (p.IsUsable && p.HasCrossed(pair))).OrderBy(p => SpisOf(p.State))];
        if (twins.Length == 1 || !peerSettles)
        {
            return;
        }

        ulong[] orders = [.. twins.Select(p => p.State.Order).Order()];
        for (int i = 0; i < twins.Length; i++)
        {
            twins[i].RedundantSince = i == twins.Length - 1 ? null : _runtime.Now;
            twins[i].State.Order = orders[i];
            _sessions.Store.Write(twins[i].State);
        }
    }

    // The same number at both sides.
    private static ulong SpisOf(IpsecSaPairState pair) =>
        ((ulong)Math.Max(pair.InboundSpi, pair.OutboundSpi) << 32) | Math.Min(pair.InboundSpi, pair.OutboundSpi);

    // Where bytes count, half of them may be gone before the overlap is: a peer that sends on a pair has it, and may be sent to. A peer that
    // does not may have lost message 3 in the same traffic, and need not ask for it again.
    private void Listen(QuickMode exchange, IpsecSaPair pair, TimeSpan wait) =>
        pair.Timers.Add(_runtime.After(wait, () => _runtime.Surface(ListenAsync(exchange, pair, wait))));

    private async Task ListenAsync(QuickMode exchange, IpsecSaPair pair, TimeSpan waited)
    {
        bool heard = await _sessions.Activity.InboundPacketsAsync(pair.State.InboundSpi) > 0;
        if (_stopped || !_pairs.Contains(pair) || (Current is { } current && current.State.Order > pair.State.Order))
        {
            return;
        }

        if (heard)
        {
            Promote(pair);
            return;
        }

        if (waited >= s_repeat || IsHurried)
        {
            exchange.Repeat();
        }

        if (waited < s_overlap)
        {
            Listen(exchange, pair, IsHurried && pair != Current ? waited : waited * 2);
        }
    }

    private void Promote(IpsecSaPair pair)
    {
        if (!pair.IsUsable || pair == Current)
        {
            return;
        }

        if (Current is { } newer && newer.State.Order > pair.State.Order)
        {
            Step(pair, SaPairEvent.Superseded, string.Empty);
            _drain.Arm();
            return;
        }

        IpsecSaPair? old = Current;
        Current = pair;
        pair.Since = _runtime.Now;
        WriteProtection();
        if (old is null)
        {
            Watch();
        }

        if (old is not null)
        {
            Step(old, SaPairEvent.Superseded, string.Empty);
        }

        foreach (IpsecSaPair other in _pairs.Where(p => p.State.Order < pair.State.Order && p.Life is SaPairState.Mature or SaPairState.Dying).ToArray())
        {
            Step(other, SaPairEvent.Superseded, string.Empty);
        }

        foreach (IpsecSaPair surplus in _pairs.Where(p => p.Life == SaPairState.Replaced).SkipLast(MaximumReplaced).ToArray())
        {
            Step(surplus, SaPairEvent.Cleared, "too many newer ones");
        }

        _drain.Arm();
    }

    private void Step(IpsecSaPair pair, SaPairEvent input, string reason)
    {
        SaPairStep step = SaPairMachine.Next(pair.Life, input);
        pair.Life = step.State;
        if ((step.Actions & SaPairActions.Remove) != 0)
        {
            Remove(pair, reason, (step.Actions & SaPairActions.TellPeer) != 0);
        }

        if ((step.Actions & SaPairActions.Rekey) != 0)
        {
            // Within the overlap of a rekey the successor is already there.
            if (SuccessorOf(pair) is null)
            {
                // Bytes of a pair that does not send yet: the peer's, which has it.
                Promote(pair);
                Negotiate();
            }
        }
    }

    private void Remove(IpsecSaPair pair, string reason, bool tellPeer)
    {
        foreach (IDisposable timer in pair.Timers)
        {
            timer.Dispose();
        }

        IpsecSaPair? current = Current;
        _ = _pairs.Remove(pair);
        _sessions.Unregister(pair);
        if (pair == Current)
        {
            Current = _pairs.Where(p => p.IsUsable).MaxBy(p => p.State.Order);
            if (Current is not null)
            {
                Current.RedundantSince = null;
                Step(Current, SaPairEvent.Reinstated, string.Empty);
                if (Current.State.Soft <= _runtime.Now || Current.IsNearlyUsedUp)
                {
                    Step(Current, SaPairEvent.SoftExpired, string.Empty);
                }
            }
        }

        if (pair == current || (current is null && Policy.IsTransport))
        {
            // The protection lets go of the SA before its row goes.
            WriteProtection();
        }

        _sessions.Tables.Remove(pair.State);
        _sessions.Store.Delete(pair.State);
        if (tellPeer)
        {
            Session.TellDeleted(pair.State);
        }

        pair.Zero();
        IkeLog.Phase2Down(_runtime.Context.Log, Policy.Name, pair.State.InboundSpi, pair.State.OutboundSpi, reason);
        if (_pairs.Count == 0)
        {
            _sessions.EmptyProtections.Tell(new ProtectionGone { Protection = ProtectionId });
            Session.Emptied();
        }

        if (Current is null && _retry is null && _negotiation is null)
        {
            RetryAfter(TimeSpan.FromSeconds(1));
        }
        else if (Current is { Life: SaPairState.Dying } dying && SuccessorOf(dying) is null)
        {
            // The successor was used up before it could send.
            Negotiate();
        }
    }
}
