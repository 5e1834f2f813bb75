using Google.Protobuf;
using RouterOS.Ike.Control.Exchanges;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.State;
using RouterOS.Ike.Wire;
using RouterOS.Proto.Module.V1;

namespace RouterOS.Ike.Control;

/// <summary>Finds, owns and limits sessions: every datagram and every event of the modules enters here.</summary>
internal sealed class IkeSessions
{
    private const int MarkerBytes = 4;
    private const uint FirstAssignableSpi = 256;

    private readonly IkeRuntime _runtime;
    private readonly Dictionary<string, IkeSession> _sessions = new(StringComparer.Ordinal);
    private ILookup<uint, IkeSession> _byRemote = Array.Empty<IkeSession>().ToLookup(_ => 0u);
    private readonly Dictionary<(ulong, ulong), IkeSa> _sas = [];
    private readonly Dictionary<uint, (IpsecSaPair Pair, TunnelSession Tunnel)> _pairs = [];
    private readonly Dictionary<string, uint> _protections;
    private readonly Responder _responder;
    private readonly Restoration _restoration;
    private uint _lastIndex;
    private ulong _lastOrder;
    private bool _synchronised;

    public IkeSessions(IkeRuntime runtime)
    {
        _runtime = runtime;
        Store = new IkeStore(runtime.Context.Store, name => IkeLog.UnreadableState(runtime.Context.Log, name));
        Tables = new ProtectionTables(runtime.Context.Tables);
        Manual = new ManualTunnels(runtime, Tables);
        Activity = new ModuleActivity(runtime);
        Informational = new Informational(runtime, Store);
        _responder = new Responder(runtime, this);
        _protections = Store.ReadProtections();
        _restoration = new Restoration(runtime, Store);
        _lastIndex = _restoration.LastIndex;
        _lastOrder = _restoration.LastOrder;
    }

    public IkeStore Store { get; }

    public ProtectionTables Tables { get; }

    public ModuleActivity Activity { get; }

    public Informational Informational { get; }

    /// <summary>Tunnels with keys by hand.</summary>
    public ManualTunnels Manual { get; }

    /// <summary>Every peer.</summary>
    public IEnumerable<IkeSession> Sessions => _sessions.Values;

    /// <summary>Exchanges of phase 1.</summary>
    public Phase1Table Phase1 { get; } = new();

    /// <summary>Converges toward a configuration.</summary>
    public void Apply(IReadOnlyList<GatewayPolicy> gateways, IReadOnlyList<VpnPolicy> vpns, IReadOnlyList<ManualPolicy> manual)
    {
        Manual.Apply(manual, ProtectionOf);
        foreach (IkeSession session in _sessions.Values.ToArray())
        {
            GatewayPolicy? wanted = gateways.FirstOrDefault(g => g.Name == session.Policy.Name);
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
                session = _sessions[gateway.Name] = new IkeSession(_runtime, this, gateway);
            }

            Apply(session, [.. vpns.Where(v => v.Gateway == gateway.Name)], started);
        }

        _byRemote = _sessions.Values.SelectMany(s => s.Policy.RemoteAddresses.Select(r => (Remote: r, Session: s))).ToLookup(p => p.Remote, p => p.Session);
        ForgetProtections([.. vpns, .. manual.Select(m => m.Vpn)]);
        _restoration.Run(_sessions);
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

    /// <summary>Ends every session; peers are told.</summary>
    public void Stop()
    {
        foreach (IkeSession session in _sessions.Values)
        {
            session.Stop("the router stops");
        }

        Manual.Apply([], _ => 0);

        _sessions.Clear();
        _byRemote = Array.Empty<IkeSession>().ToLookup(_ => 0u);
    }

    /// <summary>Routes or interfaces have changed.</summary>
    public void NetworkChanged()
    {
        Manual.Write();
        foreach (IkeSession session in _sessions.Values.ToArray())
        {
            session.NetworkChanged();
        }
    }

    /// <summary>Takes a datagram.</summary>
    public void Receive(PuntPacket packet)
    {
        PeerEndpoints ends = new(packet.Destination, (ushort)packet.DestinationPort, packet.Source, (ushort)packet.SourcePort);
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
        IkeSession? session = At(ends.Local, ends.Remote).FirstOrDefault();
        if (!IsakmpHeader.TryParse(payload, out IsakmpHeader header, out IsakmpError error))
        {
            _responder.RefuseBytes(session, ends.Remote, payload, error);
            return;
        }

        if (_sas.TryGetValue((header.InitiatorCookie, header.ResponderCookie), out IkeSa? sa))
        {
            session = sa.Session;
        }

        if (session is null)
        {
            _responder.RefuseStranger(packet, header, _sessions.Values.Any(s => s.Local == packet.Destination));
            return;
        }

        if (packet.Protection != 0 && session.Tunnels.Any(t => t.ProtectionId == packet.Protection))
        {
            // The answer would have to go around the tunnel that the question came through.
            _runtime.Counters.Count(IkeDrop.FromOwnTunnel);
            return;
        }

        switch (header.Exchange)
        {
            case ExchangeType.IdentityProtection or ExchangeType.Aggressive:
                if (Phase1.Find(ends, header) is { } exchange && exchange.Type == header.Exchange)
                {
                    exchange.Receive(header, ends);
                }
                else
                {
                    _responder.Phase1(session, ends, header);
                }

                break;

            case ExchangeType.QuickMode or ExchangeType.Informational:
                Secured(sa, ends, header);
                break;

            default:
                _responder.RefuseExchange(session, packet.Source, header);
                break;
        }
    }

    /// <summary>Takes an ICMP message to the router: it may answer the probe of a monitor.</summary>
    public void ReceiveIcmp(PuntPacket packet)
    {
        if (packet.Protection != 0)
        {
            _sessions.Values.SelectMany(s => s.Tunnels).FirstOrDefault(t => t.ProtectionId == packet.Protection)?.Monitor.Receive(packet.Payload.Span);
        }
    }

    /// <summary>Packets want to leave by a protection without an SA, or come from another address or port.</summary>
    public void ProtectionEvent(ModuleEvent happened)
    {
        TunnelSession? tunnel = uint.TryParse(happened.Key, out uint id)
            ? _sessions.Values.SelectMany(s => s.Tunnels).FirstOrDefault(t => t.ProtectionId == id) : null;
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
                inbound.Tunnel.SaEvent(inbound.Pair, happened.Name);
            }

            return;
        }

        (IpsecSaPair? pair, TunnelSession? tunnel) = _pairs.Values.FirstOrDefault(
            p => $"{p.Pair.State.Protection}/{p.Pair.State.OutboundSpi}" == happened.Key);
        tunnel?.SaEvent(pair!, happened.Name);
    }

    /// <summary>Sends a message, behind the marker where the port has one.</summary>
    public void Send(PeerEndpoints ends, byte[] message, uint avoidedProtection, bool dontFragment = false)
    {
        _runtime.Trace.Message(received: false, ends, message);
        SendRaw(ends, ends.IsFloated ? [.. new byte[MarkerBytes], .. message] : message, avoidedProtection, dontFragment);
    }

    /// <summary>Sends a datagram as it is.</summary>
    public void SendRaw(PeerEndpoints ends, byte[] bytes, uint avoidedProtection, bool dontFragment = false) =>
        _runtime.Context.Packets.Inject(new InjectPacket
        {
            Source = ends.Local,
            Destination = ends.Remote,
            Protocol = 17,
            SourcePort = ends.LocalPort,
            DestinationPort = ends.RemotePort,
            Payload = UnsafeByteOperations.UnsafeWrap(bytes),
            AvoidProtection = avoidedProtection,
            DontFragment = dontFragment,
        });

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

    public void Register(IpsecSaPair pair, TunnelSession tunnel) => _pairs[pair.State.InboundSpi] = (pair, tunnel);

    public void Unregister(IpsecSaPair pair) => _pairs.Remove(pair.State.InboundSpi);

    public void Register(IkeSa sa) => _sas[sa.Cookies] = sa;

    public void Unregister(IkeSa sa) => _sas.Remove(sa.Cookies);

    /// <summary>The peers with an address, seen from an address of ours: more than one where they are behind the same NAT.</summary>
    public IEnumerable<IkeSession> At(uint local, uint remote) => _byRemote[remote].Where(s => s.Local == local);

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
        else if (sa.QuickModes.TryGetValue(header.MessageId, out QuickMode? exchange))
        {
            exchange.Receive(header);
        }
        else
        {
            _responder.QuickMode(sa, header);
        }
    }

    private void Apply(IkeSession session, VpnPolicy[] vpns, List<TunnelSession> started)
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
            started.Add(session.Add(vpn, ProtectionOf(vpn.Name)));
        }
    }

    private uint ProtectionOf(string vpn)
    {
        if (!_protections.TryGetValue(vpn, out uint id))
        {
            id = 1;
            while (_protections.ContainsValue(id))
            {
                id++;
            }

            _protections[vpn] = id;
            Store.WriteProtections(_protections);
        }

        return id;
    }

    private void ForgetProtections(IReadOnlyList<VpnPolicy> vpns)
    {
        string[] gone = [.. _protections.Keys.Where(name => vpns.All(v => v.Name != name))];
        foreach (string name in gone)
        {
            _ = _protections.Remove(name);
        }

        if (gone.Length > 0)
        {
            Store.WriteProtections(_protections);
        }
    }
}
