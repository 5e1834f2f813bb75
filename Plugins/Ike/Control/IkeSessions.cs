using Google.Protobuf;
using RouterOS.Ike.Control.Access;
using RouterOS.Ike.Control.Captures;
using RouterOS.Ike.Control.Exchanges;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.Recording;
using RouterOS.Ike.Control.State;
using RouterOS.Ike.Wire;
using RouterOS.Proto.Ike.V1;
using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Intents;

namespace RouterOS.Ike.Control;

/// <summary>Finds, owns and limits sessions: every datagram and every event of the modules enters here.</summary>
internal sealed class IkeSessions
{
    private const int MarkerBytes = 4;

    // Together with the headers of a fragment, UDP and IPv4, and the marker, 1,280 bytes pass wherever IPv6 does.
    private const int LongestMessage = 1240;
    private const int FragmentBytes = 1200;

    private const uint FirstAssignableSpi = 256;

    private readonly IkeRuntime _runtime;
    private readonly Dictionary<string, IkeSession> _sessions = new(StringComparer.Ordinal);
    private ILookup<PeerAddress, IkeSession> _byRemote = Array.Empty<IkeSession>().ToLookup(_ => default(PeerAddress));
    private readonly Dictionary<(ulong, ulong), IkeSa> _sas = [];
    private readonly Dictionary<uint, (IpsecSaPair Pair, TunnelSession Tunnel)> _pairs = [];
    private readonly Dictionary<(uint Protection, uint Spi), (IpsecSaPair Pair, TunnelSession Tunnel)> _outbound = [];
    private readonly Dictionary<uint, TunnelSession> _tunnels = [];
    private readonly HashSet<uint> _reserved;
    private readonly Dictionary<string, uint> _protections;
    private HashSet<(uint Instance, PeerAddress Local)>? _locals;
    private readonly Responder _responder;
    private readonly Restoration _restoration;
    private uint _nextProtection = 1;
    private uint _lastIndex;
    private ulong _lastOrder;
    private ushort _lastFragmented;
    private bool _synchronised;

    public IkeSessions(IkeRuntime runtime)
    {
        _runtime = runtime;
        Store = new IkeStore(runtime.Context.Store, name => IkeLog.UnreadableState(runtime.Context.Log, name), runtime.Trace.Stored);
        Tables = new ProtectionTables(runtime.Context.Tables);
        Manual = new ManualTunnels(runtime, Tables, Vpns);
        Activity = new ModuleActivity(runtime);
        Fragments = new FragmentBook(() => runtime.Now);
        Probes = new ProbePace(() => runtime.Now);
        Informational = new Informational(runtime, Store);
        Pools = new AddressPools(Store, lease => IkeLog.AddressReleased(runtime.Context.Log, Ipv4.Text(lease.Address), lease.Pool, lease.User));
        Logins = new LoginAttempts(() => runtime.Now);
        Captures = new TunnelCaptures(runtime, this);
        BadSpis = new BadSpiAnswers(runtime, this);
        _responder = new Responder(runtime, this);
        _protections = Store.ReadProtections();
        _restoration = new Restoration(runtime, Store);
        _reserved = [.. _protections.Values, .. _restoration.Protections];
        _lastIndex = _restoration.LastIndex;
        _lastOrder = _restoration.LastOrder;
    }

    public IkeStore Store { get; }

    public ProtectionTables Tables { get; }

    public ModuleActivity Activity { get; }

    public Informational Informational { get; }

    /// <summary>When probes of dead peer detection leave.</summary>
    public ProbePace Probes { get; }

    /// <summary>Addresses of users.</summary>
    public AddressPools Pools { get; }

    /// <summary>Logins that have failed.</summary>
    public LoginAttempts Logins { get; }

    /// <summary>Who wants to hear of protections that have lost their last pair of SAs: what was stacked on them has ended, too.</summary>
    public ChangeWatch<ProtectionGone> EmptyProtections { get; } = new();

    /// <summary>Who follows which VPNs have an association.</summary>
    public ChangeWatch<VpnChange> Vpns { get; } = new();

    /// <summary>Captures that run.</summary>
    public TunnelCaptures Captures { get; }

    /// <summary>Tunnels with keys by hand.</summary>
    public ManualTunnels Manual { get; }

    /// <summary>Every peer.</summary>
    public IEnumerable<IkeSession> Sessions => _sessions.Values.SelectMany(s => s.Peers is null ? [s] : s.Peers.All.Append(s));

    /// <summary>Gateways whose peers come from anywhere.</summary>
    public DynamicGateways Dynamic { get; } = new();

    /// <summary>Answers to packets with SPIs that we do not have.</summary>
    public BadSpiAnswers BadSpis { get; }

    /// <summary>True for an SPI that we have given to a peer.</summary>
    public bool HasInbound(uint spi) => _pairs.ContainsKey(spi);

    /// <summary>Exchanges of phase 1.</summary>
    public Phase1Table Phase1 { get; } = new();

    /// <summary>Converges toward a configuration.</summary>
    public void Apply(IReadOnlyList<GatewayPolicy> gateways, IReadOnlyList<VpnPolicy> vpns, IReadOnlyList<ManualPolicy> manual)
    {
        Dictionary<string, GatewayPolicy> byName = gateways.DistinctBy(g => g.Name).ToDictionary(g => g.Name, StringComparer.Ordinal);
        ILookup<string, VpnPolicy> byGateway = vpns.ToLookup(v => v.Gateway, StringComparer.Ordinal);
        int protections = _protections.Count;
        Manual.Apply(manual, ProtectionOf);
        foreach (IkeSession session in _sessions.Values.ToArray())
        {
            GatewayPolicy? wanted = byName.GetValueOrDefault(session.Policy.Name);
            if (wanted is null || wanted.Fingerprint != session.Policy.Fingerprint)
            {
                session.Stop("the configuration has changed");
                _ = _sessions.Remove(session.Policy.Name);
            }
            else
            {
                session.Update(wanted);
            }
        }

        List<TunnelSession> started = [];
        foreach (GatewayPolicy gateway in gateways)
        {
            if (!_sessions.TryGetValue(gateway.Name, out IkeSession? session))
            {
                session = _sessions[gateway.Name] = new IkeSession(_runtime, this, gateway) { Recorder = Replay };
            }

            if (session.Peers is null)
            {
                Apply(session, [.. byGateway[gateway.Name]], started, ProtectionOf);
                continue;
            }

            session.Peers.Offer(byGateway[gateway.Name]);
            foreach (IkeSession peer in session.Peers.All)
            {
                Apply(peer, [.. session.Peers.Vpns], started, _ => NewProtection());
            }
        }

        if (_protections.Count != protections)
        {
            Store.WriteProtections(_protections);
        }

        Dynamic.Rebuild(_sessions.Values);

        FindByAddress();
        Tables.SetPeers(_sessions.Values.SelectMany(s => s.Policy.RemoteAddresses).ToHashSet());
        ForgetProtections([.. vpns, .. manual.Select(m => m.Vpn)]);
        _restoration.Run(_sessions);
        if (!_synchronised)
        {
            Pools.Restore(Sessions);
        }

        foreach (TunnelSession tunnel in started)
        {
            tunnel.Start();
        }

        if (!_synchronised)
        {
            _synchronised = true;
            Tables.EndOfSync();
        }
    }

    /// <summary>The configuration in force.</summary>
    public IntentSet Committed { get; set; } = IntentSet.Empty;

    /// <summary>Takes down what new sessions do: in a replay, where there is one peer.</summary>
    public Recorder? Replay { get; set; }

    /// <summary>A new session goes on with what one has, and the recorder sees all of it: as after a restart, the peer notices nothing.</summary>
    public void Reload(IkeSession session, Recorder recorder)
    {
        VpnPolicy[] vpns = [.. session.Tunnels.Select(t => t.Policy)];
        session.Detach();
        foreach (string vpn in vpns.Select(v => v.Name).Append(string.Empty))
        {
            _runtime.Failures.Remove(session.Policy.Name, vpn);
        }

        Restoration restoration = new(
            _runtime, Store, [.. session.Sas.Select(s => s.State)], [.. session.Tunnels.SelectMany(t => t.Pairs).Select(p => p.State)]);
        using (_runtime.Acting.Enter(recorder))
        {
            IkeSession fresh = _sessions[session.Policy.Name] = new IkeSession(_runtime, this, session.Policy) { Recorder = recorder };
            List<TunnelSession> started = [];
            Apply(fresh, vpns, started, ProtectionOf);
            restoration.Run(new Dictionary<string, IkeSession>(StringComparer.Ordinal) { [session.Policy.Name] = fresh });
            foreach (TunnelSession tunnel in started)
            {
                tunnel.Start();
            }
        }

        Dynamic.Rebuild(_sessions.Values);
        FindByAddress();
    }

    /// <summary>Ends every session; peers are told.</summary>
    public void Stop()
    {
        foreach (IkeSession session in _sessions.Values)
        {
            session.Stop("the router stops");
        }

        Manual.Apply([], _ => 0);
        BadSpis.Apply(0);
        Tables.SetPeers(new HashSet<PeerAddress>());

        _sessions.Clear();
        _byRemote = Array.Empty<IkeSession>().ToLookup(_ => default(PeerAddress));
    }

    /// <summary>Routes or interfaces have changed.</summary>
    public void NetworkChanged()
    {
        Manual.Write();
        _runtime.Trace.Network(_sessions.Count);
        foreach (IkeSession session in Sessions.ToArray())
        {
            session.Recorder?.Add(new RecordedEvent
            {
                Network = NetworkRecord.Read(_runtime.Context, session.Policy, session.Tunnels.Select(t => t.Policy)),
            });
            using (_runtime.Acting.Enter(session.Recorder))
            {
                session.NetworkChanged();
            }
        }

        Dynamic.Rebuild(_sessions.Values);
        _locals = null;
    }

    /// <summary>Messages that come in fragments.</summary>
    public FragmentBook Fragments { get; }

    /// <summary>Takes a datagram.</summary>
    public void Receive(PuntPacket packet)
    {
        PeerEndpoints ends = new(
            PeerAddress.Of(packet.Destination, packet.Destination6), (ushort)packet.DestinationPort,
            PeerAddress.Of(packet.Source, packet.Source6), (ushort)packet.SourcePort)
        {
            Instance = packet.Instance,
        };
        ReadOnlySpan<byte> payload = packet.Payload.Span;
        if (ends.IsFloated)
        {
            // RFC 3948 section 2.2: where ESP has its SPI, IKE has zeros.
            if (payload.Length < MarkerBytes || payload[..MarkerBytes].ContainsAnyExcept((byte)0))
            {
                _runtime.Counters.Count(IkeDrop.NoMarker);
                return;
            }

            payload = payload[MarkerBytes..];
        }

        _runtime.Trace.Message(received: true, ends, payload);
        IkeSession? session = At(ends).FirstOrDefault();
        bool isCaptured = false;
        if (!IsakmpHeader.TryParse(payload, out IsakmpHeader header, out IsakmpError error))
        {
            using (Recorded(session, packet))
            {
                _responder.RefuseBytes(session, ends.Remote, payload, error);
            }

            return;
        }

        if (header.NextPayload == PayloadType.Fragment && (session is not null || IsKnown(ends, header)))
        {
            isCaptured = true;
            IkeSession? owner = _sas.TryGetValue((header.InitiatorCookie, header.ResponderCookie), out IkeSa? of) ? of.Session : session;
            Captures.Received(owner, packet);
            owner?.Recorder?.Add(new RecordedEvent { Received = packet });
            byte[]? whole = Fragments.Take(ends, header, out bool accepted);
            if (!accepted)
            {
                _runtime.Counters.Count(IkeDrop.BadFragment);
            }

            if (whole is null)
            {
                return;
            }

            _runtime.Trace.Message(received: true, ends, whole);
            if (!IsakmpHeader.TryParse(whole, out header, out error) || header.NextPayload == PayloadType.Fragment)
            {
                _runtime.Counters.Count(IkeDrop.BadFragment);
                return;
            }
        }

        if (_sas.TryGetValue((header.InitiatorCookie, header.ResponderCookie), out IkeSa? sa))
        {
            session = sa.Session;
        }

        Phase1Exchange? exchange = header.Exchange is ExchangeType.QuickMode or ExchangeType.Transaction ? null : Phase1.Find(ends, header);
        session = sa?.Session ?? exchange?.Session ?? session ?? _responder.FindByIdentity(ends, header) ?? _responder.FindByAddress(ends, header);
        Captures.Received(isCaptured ? null : session, packet);
        if (session is null)
        {
            _responder.RefuseStranger(ends, packet, header, IsLocal(ends));
            return;
        }

        using (isCaptured ? _runtime.Acting.Enter(session.Recorder) : Recorded(session, packet))
        {
            Dispatch(packet, header, ends, session, sa, exchange);
        }
    }

    private void Dispatch(PuntPacket packet, IsakmpHeader header, PeerEndpoints ends, IkeSession session, IkeSa? sa, Phase1Exchange? exchange)
    {
        if (packet.Protection != 0 && session.Tunnels.Any(t => t.ProtectionId == packet.Protection))
        {
            // The answer would have to go around the tunnel that the question came through.
            _runtime.Counters.Count(IkeDrop.FromOwnTunnel);
            return;
        }

        switch (header.Exchange)
        {
            case ExchangeType.IdentityProtection or ExchangeType.Aggressive:
                if (exchange?.Type == header.Exchange)
                {
                    exchange.Receive(header, ends);
                }
                else
                {
                    _responder.Phase1(session, ends, header);
                }

                break;

            case ExchangeType.Transaction when sa is { Access: null }:
                _responder.RefuseExchange(session, ends.Remote, header);
                break;

            case ExchangeType.QuickMode or ExchangeType.Informational or ExchangeType.Transaction:
                Secured(sa, ends, header);
                break;

            default:
                _responder.RefuseExchange(session, ends.Remote, header);
                break;
        }
    }

    /// <summary>Takes a packet with an SPI that the module does not have.</summary>
    public void ReceiveUnknownSpi(PuntPacket packet)
    {
        if (BadSpis.Find(packet) is { } sa)
        {
            using (Recorded(sa.Session, packet))
            {
                BadSpis.Answer(sa, packet);
            }
        }
    }

    /// <summary>Takes an ICMP message to the router: it may answer the probe of a monitor.</summary>
    public void ReceiveIcmp(PuntPacket packet)
    {
        if (packet.Protection != 0)
        {
            TunnelSession? tunnel = _sessions.Values.SelectMany(s => s.Tunnels).FirstOrDefault(t => t.ProtectionId == packet.Protection);
            using (Recorded(tunnel?.Session, packet))
            {
                tunnel?.Monitor?.Receive(packet.Payload.Span);
            }
        }
    }

    /// <summary>Packets want to leave by a protection without an SA, or come from another address or port.</summary>
    public void ProtectionEvent(ModuleEvent happened)
    {
        TunnelSession? tunnel = uint.TryParse(happened.Key, out uint id) ? _tunnels.GetValueOrDefault(id) : null;
        using ActingRecorder.Scope recorded = Recorded(tunnel?.Session, happened);
        switch (happened.Name)
        {
            case "acquire":
                tunnel?.Acquire();
                break;

            case "peer-moved" when tunnel is not null:
                _runtime.Surface(tunnel.FollowPeerAsync());
                break;
        }
    }

    /// <summary>An SA is used up by bytes or numbers. The key is the SPI, for outbound SAs behind the protection.</summary>
    public void SaEvent(ModuleEvent happened)
    {
        if (happened.Table == ProtectionTables.Inbound)
        {
            if (uint.TryParse(happened.Key, out uint spi) && _pairs.TryGetValue(spi, out (IpsecSaPair Pair, TunnelSession Tunnel) inbound))
            {
                using (Recorded(inbound.Tunnel.Session, happened))
                {
                    inbound.Tunnel.SaEvent(inbound.Pair, happened.Name, isOutbound: false);
                }
            }

            return;
        }

        string[] key = happened.Key.Split('/');
        if (key.Length == 2 && uint.TryParse(key[0], out uint protection) && uint.TryParse(key[1], out uint outbound)
            && _outbound.TryGetValue((protection, outbound), out (IpsecSaPair Pair, TunnelSession Tunnel) found))
        {
            using (Recorded(found.Tunnel.Session, happened))
            {
                found.Tunnel.SaEvent(found.Pair, happened.Name, isOutbound: true);
            }
        }
    }

    /// <summary>Sends a message, behind the marker where the port has one, in fragments where it is long and the peer takes them.</summary>
    public void Send(PeerEndpoints ends, byte[] message, uint avoidedProtection, bool dontFragment = false, bool mayFragment = false)
    {
        _runtime.Trace.Message(received: false, ends, message);
        if (mayFragment && message.Length > LongestMessage)
        {
            foreach (byte[] datagram in FragmentPayload.Split(message, FragmentBytes, ++_lastFragmented))
            {
                SendRaw(ends, ends.IsFloated ? [.. new byte[MarkerBytes], .. datagram] : datagram, avoidedProtection, dontFragment);
            }

            return;
        }

        SendRaw(ends, ends.IsFloated ? [.. new byte[MarkerBytes], .. message] : message, avoidedProtection, dontFragment);
    }

    /// <summary>Sends a datagram as it is.</summary>
    public void SendRaw(PeerEndpoints ends, byte[] bytes, uint avoidedProtection, bool dontFragment = false)
    {
        InjectPacket packet = new()
        {
            Instance = ends.Instance,
            Source = ends.Local.Number,
            Destination = ends.Remote.Number,
            Source6 = ends.Local.Bytes6,
            Destination6 = ends.Remote.Bytes6,
            Protocol = 17,
            SourcePort = ends.LocalPort,
            DestinationPort = ends.RemotePort,
            Payload = UnsafeByteOperations.UnsafeWrap(bytes),
            AvoidProtection = avoidedProtection,
            DontFragment = dontFragment,
        };
        _runtime.Context.Packets.Inject(packet);
        Captures.Sent(_tunnels.GetValueOrDefault(avoidedProtection)?.Session, packet);
        _runtime.Acting.Current?.Add(new RecordedEvent { Sent = packet });
    }

    /// <summary>Answers with a notification in the clear.</summary>
    public void RefuseInClear(IsakmpHeader header, PeerEndpoints ends, NotifyType type, uint avoidedProtection)
    {
        IsakmpWriter writer = new(
            header.InitiatorCookie, header.ResponderCookie, ExchangeType.Informational, _runtime.NewNumber(1, _ => false));
        writer.Add(PayloadType.Notification, NotificationPayload.Create(SecurityProtocol.Isakmp, type, [], []));
        Send(ends, writer.Finish(), avoidedProtection);
    }

    public uint NewIndex() => ++_lastIndex;

    public ulong NextOrder() => ++_lastOrder;

    /// <summary>An SPI that no inbound SA has.</summary>
    public uint NewSpi() => _runtime.NewNumber(FirstAssignableSpi, spi => _pairs.ContainsKey(spi) || Manual.Has(spi));

    public void Register(IpsecSaPair pair, TunnelSession tunnel)
    {
        _pairs[pair.State.InboundSpi] = (pair, tunnel);
        _outbound[(pair.State.Protection, pair.State.OutboundSpi)] = (pair, tunnel);
        if (pair.State.IsBundle())
        {
            _pairs[pair.State.AroundInboundSpi] = (pair, tunnel);
            _outbound[(pair.State.Protection, pair.State.AroundOutboundSpi)] = (pair, tunnel);
        }

        Captures.AddKeys(pair.State);
    }

    public void Unregister(IpsecSaPair pair)
    {
        _ = _pairs.Remove(pair.State.InboundSpi);
        _ = _pairs.Remove(pair.State.AroundInboundSpi);
        Unregister(pair, pair.State.OutboundSpi);
        Unregister(pair, pair.State.AroundOutboundSpi);
    }

    private void Unregister(IpsecSaPair pair, uint outboundSpi)
    {
        (uint, uint) key = (pair.State.Protection, outboundSpi);
        if (_outbound.TryGetValue(key, out (IpsecSaPair Pair, TunnelSession Tunnel) found) && found.Pair == pair)
        {
            _ = _outbound.Remove(key);
        }
    }

    public void Register(TunnelSession tunnel)
    {
        _tunnels[tunnel.ProtectionId] = tunnel;
        _ = _reserved.Add(tunnel.ProtectionId);
    }

    /// <summary>A tunnel has ended; an id that was only its own is free again.</summary>
    public void Unregister(TunnelSession tunnel)
    {
        _ = _tunnels.Remove(tunnel.ProtectionId);
        if (tunnel.Session.Gateway is not null)
        {
            Free(tunnel.ProtectionId);
        }
    }

    /// <summary>An id of a protection that nothing has.</summary>
    public uint NewProtection()
    {
        while (!_reserved.Add(_nextProtection))
        {
            _nextProtection++;
        }

        return _nextProtection;
    }

    public void Register(IkeSa sa)
    {
        _sas[sa.Cookies] = sa;
        Captures.AddKey(sa.Session, sa.State.InitiatorCookie, sa.State.CipherKey);
    }

    public void Unregister(IkeSa sa) => _sas.Remove(sa.Cookies);

    /// <summary>The peers with an address, seen from an address of ours: more than one where they are behind the same NAT.</summary>
    public IEnumerable<IkeSession> At(PeerEndpoints ends) =>
        _byRemote[ends.Remote].Where(s => s.Local == ends.Local && s.Instance == ends.Instance);

    // What follows from a packet or an event is its session's, and taken down where somebody wants that.
    private ActingRecorder.Scope Recorded(IkeSession? session, PuntPacket packet)
    {
        session?.Recorder?.Add(new RecordedEvent { Received = packet });
        return _runtime.Acting.Enter(session?.Recorder);
    }

    private ActingRecorder.Scope Recorded(IkeSession? session, ModuleEvent happened)
    {
        session?.Recorder?.Add(new RecordedEvent { Happened = happened });
        return _runtime.Acting.Enter(session?.Recorder);
    }

    // Strangers may come in floods: nothing that grows with the number of gateways is done for each.
    private bool IsLocal(PeerEndpoints ends) =>
        (_locals ??= [.. _sessions.Values.SelectMany(s => s.Locals.Select(l => (s.Instance, l)))]).Contains((ends.Instance, ends.Local));

    // An SA's, or an exchange's that we have answered: a peer that may come from anywhere has no gateway before that.
    private bool IsKnown(PeerEndpoints ends, IsakmpHeader header) => _sas.ContainsKey((header.InitiatorCookie, header.ResponderCookie))
        || (header.ResponderCookie != 0 && Phase1.Find(ends, header) is not null);

    private void Secured(IkeSa? sa, PeerEndpoints ends, IsakmpHeader header)
    {
        if (!header.IsEncrypted)
        {
            _responder.Hint(Phase1.Find(ends, header) ?? Phase1.FindInitiated(ends.Remote, header), header);
            return;
        }

        if (sa is null || !sa.MayComeFrom(ends))
        {
            _runtime.Counters.Count(IkeDrop.UnknownSa);
            return;
        }

        sa.Arrival = ends;
        sa.Traffic.In(header.Datagram.Length);
        if (header.Exchange == ExchangeType.Informational)
        {
            Informational.Receive(sa, header);
        }
        else if (header.Exchange == ExchangeType.Transaction)
        {
            sa.Access!.Receive(header);
        }
        else if (sa.QuickModes.TryGetValue(header.MessageId, out QuickMode? exchange))
        {
            exchange.Receive(header);
        }
        else
        {
            _responder.QuickMode(sa, header);
        }
    }

    private static void Apply(IkeSession session, VpnPolicy[] vpns, List<TunnelSession> started, Func<string, uint> protectionOf)
    {
        foreach (TunnelSession tunnel in session.Tunnels.ToArray())
        {
            VpnPolicy? wanted = vpns.FirstOrDefault(v => v.Name == tunnel.Policy.Name);
            if (wanted is null || wanted.Fingerprint != tunnel.Policy.Fingerprint)
            {
                session.Remove(tunnel, "the configuration has changed");
            }
            else
            {
                tunnel.Update(wanted);
            }
        }

        foreach (VpnPolicy vpn in vpns.Where(v => session.Tunnels.All(t => t.Policy.Name != v.Name)))
        {
            started.Add(session.Add(vpn, protectionOf(vpn.Name)));
        }
    }

    private void FindByAddress()
    {
        _byRemote = _sessions.Values.SelectMany(s => s.Policy.RemoteAddresses.Select(r => (Remote: r, Session: s))).ToLookup(p => p.Remote, p => p.Session);
        _locals = null;
    }

    private uint ProtectionOf(string vpn)
    {
        if (!_protections.TryGetValue(vpn, out uint id))
        {
            _protections[vpn] = id = NewProtection();
        }

        return id;
    }

    private void Free(uint protection)
    {
        _ = _reserved.Remove(protection);
        _nextProtection = Math.Min(_nextProtection, protection);
    }

    private void ForgetProtections(IReadOnlyList<VpnPolicy> vpns)
    {
        HashSet<string> names = [.. vpns.Select(v => v.Name)];
        string[] gone = [.. _protections.Keys.Where(name => !names.Contains(name))];
        foreach (string name in gone)
        {
            Free(_protections[name]);
            _ = _protections.Remove(name);
        }

        if (gone.Length > 0)
        {
            Store.WriteProtections(_protections);
        }
    }
}
