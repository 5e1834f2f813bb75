using Grpc.Core;
using RouterOS.Ike.Control.Diagnosis;
using RouterOS.Ike.Control.Exchanges;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.State;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;
using RouterOS.Proto.Ike.V1;
using Esp = RouterOS.Proto.Esp.V1;
using Service = RouterOS.Proto.Ike.V1.Ike;

namespace RouterOS.Ike.Control;

/// <summary>State of IKE for <c>show</c>, <c>clear</c> and automation.</summary>
/// <remarks>Its methods run on the plugin's strand.</remarks>
internal sealed class IkeShow(IkeRuntime runtime, IkeSessions sessions, Action restart) : Service.IkeBase
{
    /// <inheritdoc/>
    public override Task<ListPhase1Reply> ListPhase1(ListPhase1Request request, ServerCallContext context)
    {
        ListPhase1Reply reply = new();
        reply.Sas.AddRange(sessions.Sessions.SelectMany(s => s.Sas).Where(s => IsMeant(request.Peer, s.State.Remote)).Select(ToMessage));
        reply.Sas.AddRange(sessions.Phase1.Active.Where(m => IsMeant(request.Peer, m.Ends.Remote)).Select(ToMessage));
        reply.Failures.AddRange(Failures(1).Where(f => request.Peer.Length == 0 || f.RemoteAddress == request.Peer));
        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override Task<ListPhase2Reply> ListPhase2(ListPhase2Request request, ServerCallContext context)
    {
        ListPhase2Reply reply = new();
        foreach (TunnelSession tunnel in Tunnels().Where(t => request.Vpn.Length == 0 || t.Policy.Vpn == request.Vpn))
        {
            reply.Sas.AddRange(tunnel.Pairs.Where(p => p.IsUsable).Select(p => ToMessage(tunnel, p)));
        }

        reply.Sas.AddRange(sessions.Manual.All
            .Where(t => t.Pair is not null && (request.Vpn.Length == 0 || t.Policy.Vpn.Vpn == request.Vpn))
            .Select(t => ToMessage(t.Policy, t.Protection, t.Pair!)));
        reply.Failures.AddRange(Failures(2).Where(f => request.Vpn.Length == 0 || f.Vpn == request.Vpn));
        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override Task<ClearReply> ClearPhase1(ClearRequest request, ServerCallContext context)
    {
        IkeSa[] meant =
        [
            .. sessions.Sessions.SelectMany(s => s.Sas)
                .Where(s => IsMeant(request.Peer, s.State.Remote) && (request.Index == 0 || request.Index == s.Index)),
        ];
        foreach (IkeSa sa in meant)
        {
            sa.Session.End(sa, tellPeer: true, "an operator cleared it");
        }

        runtime.Counters.Phase1Cleared += (ulong)meant.Length;
        return Task.FromResult(new ClearReply { Cleared = (uint)meant.Length });
    }

    /// <inheritdoc/>
    public override Task<ClearReply> ClearPhase2(ClearRequest request, ServerCallContext context)
    {
        uint cleared = 0;
        foreach (TunnelSession tunnel in Tunnels().Where(t => (request.Index == 0 || t.TunnelId == request.Index)
            && (request.Protection == 0 || t.ProtectionId == request.Protection)
            && (request.Vpn.Length == 0 || t.Policy.Vpn == request.Vpn)
            && (request.TrafficSelector.Length == 0 || t.Policy.TrafficSelector == request.TrafficSelector)))
        {
            if (IsMeant(request.Peer, tunnel.Current?.State.Remote ?? tunnel.Session.Remote))
            {
                cleared += tunnel.Clear("an operator cleared it");
            }
        }

        runtime.Counters.Phase2Cleared += cleared;
        return Task.FromResult(new ClearReply { Cleared = cleared });
    }

    /// <inheritdoc/>
    public override Task<ListTunnelEventsReply> ListTunnelEvents(ListTunnelEventsRequest request, ServerCallContext context)
    {
        IkeCounters counters = runtime.Counters;
        ListTunnelEventsReply reply = new()
        {
            Phase1Up = counters.Phase1Up, Phase2Up = counters.Phase2Up, Phase1Cleared = counters.Phase1Cleared, Phase2Cleared = counters.Phase2Cleared,
        };
        reply.Failures.AddRange(runtime.Failures.Counts.Select(c => new FailureCount { Kind = (Failure.Types.Kind)c.Key, Count = c.Value }));
        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override Task<DebugState> SetDebug(DebugState request, ServerCallContext context)
    {
        runtime.Trace.Debug = request.Remote.Length == 0 ? null : request;
        return GetDebug(new GetDebugRequest(), context);
    }

    /// <inheritdoc/>
    public override Task<DebugState> GetDebug(GetDebugRequest request, ServerCallContext context) => Task.FromResult(runtime.Trace.Debug ?? new DebugState());

    /// <inheritdoc/>
    public override Task<RestartReply> Restart(RestartRequest request, ServerCallContext context)
    {
        restart();
        return Task.FromResult(new RestartReply());
    }

    /// <inheritdoc/>
    public override Task WatchProtections(
        WatchProtectionsRequest request, IServerStreamWriter<ProtectionGone> responseStream, ServerCallContext context) =>
        sessions.EmptyProtections.Follow([], responseStream, context.CancellationToken);

    /// <inheritdoc/>
    public override Task WatchVpns(WatchVpnsRequest request, IServerStreamWriter<VpnChange> responseStream, ServerCallContext context) =>
        sessions.Vpns.Follow(
            [
                .. Tunnels().Select(t => new VpnChange { Name = t.Policy.Vpn, Protection = t.ProtectionId, Up = t.IsUp }),
                .. sessions.Manual.All.Select(t => new VpnChange { Name = t.Policy.Vpn.Vpn, Protection = t.Protection, Up = t.Pair is not null }),
                new VpnChange { EndOfStart = true },
            ],
            responseStream,
            context.CancellationToken);

    /// <inheritdoc/>
    public override Task<ListVpnsReply> ListVpns(ListVpnsRequest request, ServerCallContext context)
    {
        ListVpnsReply reply = new();
        reply.Vpns.AddRange(Tunnels().Select(t => new VpnState
        {
            Name = t.Policy.Vpn,
            Tunnel = t.Policy.Name,
            Policies = { t.Policy.Policies },
            TrafficSelector = t.Policy.TrafficSelector,
            NextHops = { t.Policy.NextHops.Select(Ipv4.Text) },
            TunnelId = t.TunnelId,
            Protection = t.ProtectionId,
            BindInterface = t.Policy.BindInterface,
            Up = t.IsUp,
        }));
        reply.Vpns.AddRange(sessions.Manual.All.Select(t => new VpnState
        {
            Name = t.Policy.Vpn.Vpn,
            Tunnel = t.Policy.Vpn.Name,
            Policies = { t.Policy.Vpn.Policies },
            NextHops = { t.Policy.Vpn.NextHops.Select(Ipv4.Text) },
            TunnelId = TunnelNumber.Of(t.Policy.Vpn, t.Protection),
            Protection = t.Protection,
            BindInterface = t.Policy.Vpn.BindInterface,
            Up = t.Pair is not null,
        }));
        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override Task<GetDropsReply> GetDrops(GetDropsRequest request, ServerCallContext context)
    {
        GetDropsReply reply = new();
        reply.Drops.AddRange(Enum.GetValues<IkeDrop>().Select(d => new Drop { Reason = d.ToString(), Packets = runtime.Counters[d] }));
        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override Task<ListAddressPoolsReply> ListAddressPools(ListAddressPoolsRequest request, ServerCallContext context)
    {
        ListAddressPoolsReply reply = new();
        IEnumerable<PoolPolicy> pools = sessions.Sessions.Select(s => s.Policy.Xauth?.Pool).OfType<PoolPolicy>().DistinctBy(p => p.Name)
            .Where(p => request.Name.Length == 0 || p.Name == request.Name);
        reply.Pools.AddRange(pools.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => new AddressPoolState
        {
            Name = p.Name,
            Network = p.Network.ToString(),
            Size = (uint)Math.Min(uint.MaxValue, p.Ranges.Sum(r => (long)r.Last - r.First + 1)),
            Leases =
            {
                sessions.Pools.Of(p.Name).Select(l => new AddressLease
                {
                    Address = Ipv4.Text(l.Address), User = l.User, PeerIdentity = l.Identity, Gateway = l.Gateway,
                }),
            },
        }));
        return Task.FromResult(reply);
    }

    private static bool IsMeant(string peer, PeerAddress remote) => peer.Length == 0 || peer == Ipv4.Text(remote);

    private static Phase1Proposal ToMessage(Phase1Algorithms algorithms, Phase1Authentication method, uint lifetime) => new()
    {
        Authentication = method.Signs() ? Authentication.RsaSignatures : Authentication.PreSharedKey,
        DhGroup = (uint)algorithms.Group,
        Hash = algorithms.Hash switch
        {
            Abstractions.Crypto.MacAlgorithm.HmacMd5 => Hash.Md5,
            Abstractions.Crypto.MacAlgorithm.HmacSha1 => Hash.Sha1,
            _ => Hash.Sha256,
        },
        Cipher = (Esp.Cipher)algorithms.Cipher,
        CipherKeyBytes = (uint)algorithms.CipherKeyBytes,
        LifetimeSeconds = lifetime,
    };

    private IEnumerable<TunnelSession> Tunnels() => sessions.Sessions.SelectMany(s => s.Tunnels).OrderBy(t => t.ProtectionId);

    private uint Remaining(DateTimeOffset end) => (uint)Math.Max(0, Math.Ceiling((end - runtime.Now).TotalSeconds));

    private IEnumerable<Failure> Failures(int phase) =>
        runtime.Failures.Entries.Where(e => e.Failure.Phase == phase).Select(e => FailureMessages.Of(
            e with { Vpn = Tunnels().FirstOrDefault(t => t.Policy.Name == e.Vpn)?.Policy.Vpn ?? e.Vpn }));

    private Phase1Sa ToMessage(IkeSa sa)
    {
        IkeSaState state = sa.State;
        return new Phase1Sa
        {
            Index = sa.Index,
            Gateway = state.Gateway,
            LocalAddress = Ipv4.Text(state.Local),
            LocalPort = state.LocalPort,
            RemoteAddress = Ipv4.Text(state.Remote),
            RemotePort = state.RemotePort,
            Initiator = state.IsInitiator,
            Up = !state.AwaitsUser,
            InitiatorCookie = state.InitiatorCookie,
            ResponderCookie = state.ResponderCookie,
            Mode = state.IsAggressive ? Mode.Aggressive : Mode.Main,
            Proposal = ToMessage(sa.Algorithms, state.Method, state.LifetimeSeconds),
            LifetimeRemainingSeconds = Remaining(state.Hard),
            PeerIdentity = state.PeerIdentity,
            InputBytes = sa.Traffic.InputBytes,
            OutputBytes = sa.Traffic.OutputBytes,
            InputPackets = sa.Traffic.InputPackets,
            OutputPackets = sa.Traffic.OutputPackets,
            Phase2Created = sa.PairsCreated,
            Phase2Deleted = sa.PairsDeleted,
            Phase2InProgress = (uint)sa.QuickModes.Values.Count(q => q.IsActive),
            DeadPeerDetection = state.PeerAnswersProbes,
            State = state.AwaitsUser ? "waiting for the user's name and password" : "up",
            NatLocal = state.IsLocalBehindNat,
            NatRemote = state.IsRemoteBehindNat,
            User = state.User,
            AssignedAddress = state.Assigned == 0 ? string.Empty : Ipv4.Text(state.Assigned),
            AssignedDnsServers = { state.AssignedDns.Select(Ipv4.Text) },
        };
    }

    private Phase1Sa ToMessage(Phase1Exchange exchange) => new()
    {
        Gateway = exchange.Session.Policy.Name,
        LocalAddress = Ipv4.Text(exchange.Ends.Local),
        LocalPort = exchange.Ends.LocalPort,
        RemoteAddress = Ipv4.Text(exchange.Ends.Remote),
        RemotePort = exchange.Ends.RemotePort,
        Initiator = exchange.IsInitiator,
        InitiatorCookie = exchange.InitiatorCookie,
        ResponderCookie = exchange.ResponderCookie,
        Mode = exchange.Type == ExchangeType.Aggressive ? Mode.Aggressive : Mode.Main,
        Proposal = exchange.Agreed is { } agreed ? ToMessage(agreed.Algorithms, agreed.Method, agreed.LifetimeSeconds) : null,
        InputBytes = exchange.Traffic.InputBytes,
        OutputBytes = exchange.Traffic.OutputBytes,
        InputPackets = exchange.Traffic.InputPackets,
        OutputPackets = exchange.Traffic.OutputPackets,
        State = exchange.Progress,
    };

    private static Phase2Sa ToMessage(ManualPolicy policy, uint protection, IpsecSaPairState pair) => new()
    {
        TunnelId = TunnelNumber.Of(policy.Vpn, protection),
        Vpn = policy.Vpn.Vpn,
        Policies = { policy.Vpn.Policies },
        LocalAddress = Ipv4.Text(pair.Local),
        RemoteAddress = Ipv4.Text(pair.Remote),
        RemotePort = pair.RemotePort,
        InboundSpi = pair.InboundSpi,
        OutboundSpi = pair.OutboundSpi,
        Proposal = new Phase2Proposal
        {
            Cipher = (Esp.Cipher)pair.Cipher,
            CipherKeyBytes = (uint)pair.CipherKeyBytes,
            Mac = ProtectionTables.IntegrityOf(pair),
            Protocol = ProtocolOf(pair),
        },
        InboundAhSpi = pair.AroundInboundSpi,
        OutboundAhSpi = pair.AroundOutboundSpi,
        EspMac = pair.IsBundle() ? ProtectionTables.MacOf(pair) : Esp.Mac.None,
        LocalSelector = AddressRange.All.ToString(),
        RemoteSelector = AddressRange.All.ToString(),
        BindInterface = policy.Vpn.BindInterface,
        Current = true,
        DfBit = (Esp.DfBit)policy.Vpn.DontFragment,
        Protection = protection,
        Manual = true,
    };

    private static Esp.Protocol ProtocolOf(IpsecSaPairState pair) =>
        pair.IsBundle() ? Esp.Protocol.Bundle : pair.IsAh ? Esp.Protocol.Ah : Esp.Protocol.Esp;

    private Phase2Sa ToMessage(TunnelSession tunnel, IpsecSaPair pair)
    {
        IpsecSaPairState state = pair.State;
        ProxyIdentity selector = state.Selector();
        return new Phase2Sa
        {
            TunnelId = tunnel.TunnelId,
            Vpn = tunnel.Policy.Vpn,
            Policies = { tunnel.Policy.Policies },
            TrafficSelector = tunnel.Policy.TrafficSelector,
            Monitor = tunnel.Policy.Monitor is null ? Phase2Sa.Types.Monitor.Off
                : tunnel.Monitor is { IsDown: true } ? Phase2Sa.Types.Monitor.Down
                : Phase2Sa.Types.Monitor.Up,
            Gateway = tunnel.Policy.Gateway,
            LocalAddress = Ipv4.Text(state.Local),
            RemoteAddress = Ipv4.Text(state.Remote),
            RemotePort = state.RemotePort,
            InboundSpi = state.InboundSpi,
            OutboundSpi = state.OutboundSpi,
            Proposal = new Phase2Proposal
            {
                Cipher = (Esp.Cipher)state.Cipher,
                CipherKeyBytes = (uint)state.CipherKeyBytes,
                Mac = ProtectionTables.IntegrityOf(state),
                Protocol = ProtocolOf(state),
                LifetimeSeconds = state.LifetimeSeconds,
                LifetimeKilobytes = state.LifetimeKilobytes,
            },
            InboundAhSpi = state.AroundInboundSpi,
            OutboundAhSpi = state.AroundOutboundSpi,
            EspMac = state.IsBundle() ? ProtectionTables.MacOf(state) : Esp.Mac.None,
            PfsGroup = (uint)state.PfsGroup,
            HardRemainingSeconds = Remaining(state.Hard),
            SoftRemainingSeconds = Remaining(state.Soft),
            LocalSelector = selector.Local.ToString(),
            RemoteSelector = selector.Remote.ToString(),
            BindInterface = tunnel.Policy.BindInterface,
            ReplayWindow = state.ReplayWindow,
            Current = pair == tunnel.Current,
            DfBit = (Esp.DfBit)tunnel.Policy.DontFragment,
            Protection = state.Protection,
            SelectorProtocol = state.Protocol,
            LocalPort = state.LocalPort,
            RemoteSelectorPort = state.PeerPort,
            LocalUdpPort = state.IsInsideUdp ? PeerEndpoints.NatPort : 0u,
            Transport = state.IsTransport,
            ExtendedSequence = state.IsExtended,
            RemoteUdpPort = state.IsInsideUdp ? state.RemotePort : 0u,
        };
    }
}
