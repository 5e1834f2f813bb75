using Grpc.Core;
using RouterOS.L2tp.Control.Machines;
using RouterOS.L2tp.Control.Policy;
using RouterOS.L2tp.Wire;
using RouterOS.Proto.L2tp.V1;
using RouterOS.Sdk.Plugins;
using TunnelState = RouterOS.L2tp.Control.Machines.TunnelState;
using RouterOS.Sdk.Network;

namespace RouterOS.L2tp.Control;

/// <summary>State of L2TP for show, clear and automation.</summary>
/// <remarks>Its methods run on the plugin's strand.</remarks>
internal sealed class L2tpShow(IControlContext context, L2tpTunnels tunnels) : Proto.L2tp.V1.L2tp.L2tpBase
{
    /// <inheritdoc/>
    public override Task<Summary> GetSummary(GetSummaryRequest request, ServerCallContext context)
    {
        L2tpPolicy policy = tunnels.Policy;
        L2tpIntent configuration = policy.Intent.Clone();
        configuration.DestinationProfiles.Clear();
        configuration.HostName = policy.HostName;
        configuration.IdleTimeoutSeconds = (uint)policy.IdleTimeout.TotalSeconds;
        configuration.DestructTimeoutSeconds = (uint)policy.DestructTimeout.TotalSeconds;
        configuration.RetransmissionsEstablished = (uint)policy.RetransmissionsEstablished;
        configuration.RetransmissionsNotEstablished = (uint)policy.RetransmissionsNotEstablished;
        configuration.ShortDrainTimeoutSeconds = (uint)policy.ShortDrainTimeout.TotalSeconds;
        configuration.HelloSeconds = (uint)policy.HelloInterval.TotalSeconds;
        configuration.ReceiveWindow = policy.ReceiveWindow;
        configuration.MaximumSessions = policy.MaximumSessions;
        configuration.MaximumTunnels = policy.MaximumTunnels;
        L2tpSession[] sessions = [.. Sessions()];
        Summary summary = new()
        {
            Configuration = configuration,
            Destinations = new Count
            {
                Total = (uint)tunnels.Destinations.Count,
                Active = (uint)tunnels.All.Where(t => t.State == TunnelState.Established).Select(t => t.Place).Distinct().Count(),
            },
            Tunnels = new Count
            {
                Total = (uint)(tunnels.All.Count + tunnels.History.Tunnels.Count()),
                Active = (uint)tunnels.All.Count(t => t.State == TunnelState.Established),
                Failed = (uint)tunnels.History.Tunnels.Count(t => t.Ending is { Result: not (ushort)StopResult.Clear }),
                AuthenticationErrors = tunnels.AuthenticationErrors,
            },
            Sessions = new Count
            {
                Total = (uint)sessions.Length,
                Active = (uint)sessions.Count(s => s.State == CallState.Established),
                Failed = (uint)sessions.Count(s => s.State == CallState.Ended && s.Ending is { Error: not GeneralError.None }),
            },
        };
        summary.Drops.AddRange(Enum.GetValues<L2tpDrop>().Select(d => new Drop { Reason = d.ToString(), Packets = tunnels.Drops[d] }));
        return Task.FromResult(summary);
    }

    /// <inheritdoc/>
    public override Task<ListDestinationProfilesReply> ListDestinationProfiles(ListDestinationProfilesRequest request, ServerCallContext context)
    {
        ListDestinationProfilesReply reply = new();
        foreach (DestinationProfile profile in tunnels.Policy.Intent.DestinationProfiles.Where(p => request.Name.Length == 0 || p.Name == request.Name))
        {
            DestinationPolicy? known = tunnels.Policy.Destinations.FirstOrDefault(d => d.Name == profile.Name);
            reply.Profiles.Add(new DestinationProfileState
            {
                Profile = profile,
                Sessions = known is null ? 0 : (uint)tunnels.SessionsOf(known),
                Hosts =
                {
                    (known?.Hosts ?? []).Select(h => new HostProfileState
                    {
                        RemoteHost = h.RemoteHost,
                        Sessions = (uint)tunnels.SessionsOf(h),
                        Tunnels = (uint)tunnels.All.Count(t => ReferenceEquals(t.Host, h)),
                    }),
                },
            });
        }

        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override Task<ListDestinationsReply> ListDestinations(ListDestinationsRequest request, ServerCallContext context)
    {
        ListDestinationsReply reply = new();
        ILookup<Destination, L2tpTunnel> byPlace = Tunnels().ToLookup(t => t.Place);
        foreach (Destination destination in tunnels.Destinations.OrderBy(d => d.Number))
        {
            L2tpTunnel[] own = [.. byPlace[destination]];
            reply.Destinations.Add(new DestinationState
            {
                Number = destination.Number,
                VirtualRouter = own.FirstOrDefault()?.Profile?.VirtualRouter ?? string.Empty,
                LocalAddress = own.Length > 0 ? Ipv4Number.Text(own[0].Ends.LocalAddress) : string.Empty,
                RemoteAddress = Ipv4Number.Text(destination.Address),
                Status = own.Any(t => t.State == TunnelState.Established) ? Proto.L2tp.V1.Status.Up : Proto.L2tp.V1.Status.Down,
                Tunnels = (uint)own.Length,
                ActiveTunnels = (uint)own.Count(t => t.State == TunnelState.Established),
                Sessions = (uint)own.Sum(t => t.Sessions.Count),
                ActiveSessions = (uint)own.Sum(t => ActiveSessions(t)),
                Profile = own.FirstOrDefault()?.Profile?.Name ?? string.Empty,
            });
        }

        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override Task<ListTunnelsReply> ListTunnels(ListTunnelsRequest request, ServerCallContext context)
    {
        ListTunnelsReply reply = new();
        reply.Tunnels.AddRange(Tunnels()
            .Where(t => request.Destination is 0 || request.Destination == t.Place.Number)
            .Where(t => request.LocalTunnel is 0 || request.LocalTunnel == t.LocalId)
            .Where(t => request.RemoteHost.Length == 0 || request.RemoteHost == t.RemoteHost)
            .OrderBy(t => t.Place.Number).ThenBy(t => t.LocalId).Select(ToMessage));
        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override async Task<ListSessionsReply> ListSessions(ListSessionsRequest request, ServerCallContext context)
    {
        L2tpSession[] meant =
        [
            .. Sessions()
                .Where(s => request.Destination is 0 || request.Destination == s.Tunnel.Place.Number)
                .Where(s => request.LocalTunnel is 0 || request.LocalTunnel == s.Tunnel.LocalId)
                .Where(s => request.LocalSession is 0 || request.LocalSession == s.LocalId)
                .OrderBy(s => s.Tunnel.Place.Number).ThenBy(s => s.Tunnel.LocalId).ThenBy(s => s.LocalId),
        ];
        Dictionary<string, SessionCounters> counted = await Counters(meant.Length == 1 ? SessionRows.Key(meant[0]) : string.Empty);
        ListSessionsReply reply = new();
        reply.Sessions.AddRange(meant.Select(s => ToMessage(s, counted.GetValueOrDefault(SessionRows.Key(s)))));
        return reply;
    }

    /// <inheritdoc/>
    public override Task<CloseReply> Close(CloseRequest request, ServerCallContext context)
    {
        CloseReply reply = new();
        foreach (L2tpTunnel tunnel in tunnels.All
            .Where(t => request.Destination is 0 || request.Destination == t.Place.Number)
            .Where(t => request.LocalTunnel is 0 || request.LocalTunnel == t.LocalId).ToArray())
        {
            if (request.LocalSession == 0)
            {
                reply.Tunnels++;
                reply.Sessions += (uint)tunnel.Sessions.Count;
                tunnel.Close(StopResult.Clear, GeneralError.None, "an operator has closed it");
            }
            else if (tunnel.Find((ushort)request.LocalSession) is { } session)
            {
                reply.Sessions++;
                session.Close(new((ushort)CallResult.Administrative, GeneralError.None, "an operator has closed it", Cause: 1));
            }
        }

        return Task.FromResult(reply);
    }

    private static uint ActiveSessions(L2tpTunnel tunnel) => (uint)tunnel.Sessions.Count(s => s.State == CallState.Established);

    private static Proto.L2tp.V1.Ending? ToMessage(Ending? ending) => ending is null ? null : new()
    {
        Result = ending.Result,
        Error = (uint)ending.Error,
        Message = ending.Message,
        ByPeer = ending.ByPeer,
        DisconnectCause = ending.Cause,
    };

    private IEnumerable<L2tpTunnel> Tunnels() => tunnels.All.Concat(tunnels.History.Tunnels);

    private IEnumerable<L2tpSession> Sessions() => tunnels.All.SelectMany(t => t.Sessions).Concat(tunnels.History.Sessions);

    private uint Seconds(DateTimeOffset since) => (uint)Math.Max(0, (context.Time.GetUtcNow() - since).TotalSeconds);

    private async Task<Dictionary<string, SessionCounters>> Counters(string key)
    {
        try
        {
            return new(await context.Modules.Snapshot<SessionCounters>("l2tp-session", key), StringComparer.Ordinal);
        }
        catch (RpcException)
        {
            // No module, no counts.
            return [];
        }
    }

    private Proto.L2tp.V1.TunnelState ToMessage(L2tpTunnel tunnel)
    {
        ControlCounters counters = tunnel.Channel.Counters;
        return new()
        {
            Destination = tunnel.Place.Number,
            LocalTunnel = tunnel.LocalId,
            RemoteTunnel = tunnel.RemoteId,
            RemoteHost = tunnel.RemoteHost,
            LocalHost = tunnel.LocalHost,
            LocalAddress = Ipv4Number.Text(tunnel.Ends.LocalAddress),
            RemoteAddress = Ipv4Number.Text(tunnel.Ends.RemoteAddress),
            LocalPort = tunnel.Ends.LocalPort,
            RemotePort = tunnel.Ends.RemotePort,
            Protection = tunnel.Ends.Protection,
            Profile = tunnel.Profile?.Name ?? string.Empty,
            HostProfile = tunnel.Host.RemoteHost,
            Status = tunnel.State switch
            {
                TunnelState.Established => Proto.L2tp.V1.Status.Up,
                TunnelState.Stopping or TunnelState.Ended => Proto.L2tp.V1.Status.Ended,
                _ => Proto.L2tp.V1.Status.Down,
            },
            State = tunnel.State switch
            {
                TunnelState.Idle => "idle",
                TunnelState.WaitReply => "wait-ctl-reply",
                TunnelState.WaitConnected => "wait-ctl-conn",
                TunnelState.Established => "established",
                TunnelState.Stopping => "stopping",
                _ => "ended",
            },
            Authenticated = tunnel.IsAuthenticated,
            SingleShot = tunnel.Host.IsSingleShot,
            Sessions = (uint)tunnel.Sessions.Count,
            ActiveSessions = ActiveSessions(tunnel),
            SendSequence = tunnel.Channel.NextSend,
            ReceiveSequence = tunnel.Channel.NextReceive,
            SendWindow = (uint)tunnel.Channel.SendWindow,
            ReceiveWindow = (uint)tunnel.Channel.ReceiveWindow,
            Counters = new Proto.L2tp.V1.ControlCounters
            {
                ReceivedPackets = counters.ReceivedPackets,
                ReceivedOctets = counters.ReceivedOctets,
                SentPackets = counters.SentPackets,
                SentOctets = counters.SentOctets,
                ReceivedDiscarded = counters.ReceivedDiscarded,
                ReceivedErrors = counters.ReceivedErrors,
                ReceivedAcknowledgements = counters.ReceivedAcknowledgements,
                SentAcknowledgements = counters.SentAcknowledgements,
                ReceivedOutOfSequence = counters.ReceivedOutOfSequence,
                ReceivedOutOfWindow = counters.ReceivedOutOfWindow,
                Retransmitted = counters.Retransmitted,
            },
            Ending = ToMessage(tunnel.Ending),
            Vendor = tunnel.Vendor,
            UpSeconds = tunnel.State == TunnelState.Established ? Seconds(tunnel.Since) : 0,
            VirtualRouter = tunnel.Profile?.VirtualRouter ?? string.Empty,
        };
    }

    private SessionState ToMessage(L2tpSession session, SessionCounters? counted) => new()
    {
        Destination = session.Tunnel.Place.Number,
        LocalTunnel = session.Tunnel.LocalId,
        LocalSession = session.LocalId,
        RemoteTunnel = session.Tunnel.RemoteId,
        RemoteSession = session.RemoteId,
        RemoteHost = session.Tunnel.RemoteHost,
        Status = session.State switch
        {
            CallState.Established => Proto.L2tp.V1.Status.Up,
            CallState.Ended => Proto.L2tp.V1.Status.Ended,
            _ => Proto.L2tp.V1.Status.Down,
        },
        State = session.State switch
        {
            CallState.Idle => "idle",
            CallState.WaitReply => "wait-reply",
            CallState.WaitConnected => "wait-connect",
            CallState.Established => "established",
            _ => "ended",
        },
        SerialNumber = session.Call.SerialNumber,
        CallingNumber = session.Call.CallingNumber,
        CalledNumber = session.Call.CalledNumber,
        TransmitSpeed = session.Call.TransmitSpeed,
        ReceiveSpeed = session.Call.ReceiveSpeed,
        BearerType = session.Call.BearerType,
        FramingType = session.Call.FramingType,
        Sequencing = session.Call.RequiresSequencing,
        ProxyLcp = session.UsesProxyLcp,
        ProxyAuthentication = session.UsesProxyAuthentication,
        User = session.Network?.User ?? string.Empty,
        PeerAddress = session.Network is { } network ? Ipv4Number.Text(network.PeerAddress) : string.Empty,
        PeerAddress6 = session.Network?.Ipv6 is { } ipv6 ? LinkLocal.Of(ipv6.PeerIdentifier).ToString() : string.Empty,
        Networks6 = { session.Network?.Ipv6?.Routes.Select(r => $"{new System.Net.IPAddress(r.Prefix.Span)}/{r.PrefixLength}") ?? [] },
        Interface = session.Interface,
        ReceivedPackets = session.ReceivedFrames + (counted?.ReceivedPackets ?? 0),
        ReceivedOctets = session.ReceivedOctets + (counted?.ReceivedOctets ?? 0),
        SentPackets = session.SentFrames + (counted?.SentPackets ?? 0),
        SentOctets = session.SentOctets + (counted?.SentOctets ?? 0),
        ReceivedDiscarded = counted?.ReceivedDiscarded ?? 0,
        Ending = ToMessage(session.Ending),
        UpSeconds = session.State == CallState.Established ? Seconds(session.Since) : 0,
        Protection = session.Tunnel.Ends.Protection,
    };
}
