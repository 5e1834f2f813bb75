using Grpc.Core;
using RouterOS.Ike.Control.Policy;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Network;
using Message = RouterOS.Proto.Ike.V1.Diagnosis;
using Service = RouterOS.Proto.Ike.V1.Diagnostics;
using Condition = RouterOS.Proto.Ike.V1.Diagnosis.Types.State;

namespace RouterOS.Ike.Control.Diagnosis;

/// <summary>Says of each peer and tunnel what is wrong with it, or that nothing is.</summary>
/// <remarks>Its methods run on the plugin's strand.</remarks>
internal sealed class DiagnosisShow(IkeRuntime runtime, IkeSessions sessions) : Service.DiagnosticsBase
{
    private readonly EvidenceReader _reader = new(runtime.Context);
    private readonly PathProbe _probe = new(runtime, sessions);

    /// <inheritdoc/>
    public override async Task<DiagnoseReply> Diagnose(DiagnoseRequest request, ServerCallContext context)
    {
        DiagnoseReply reply = new();
        reply.Failures.AddRange(runtime.Failures.Counts.Select(c => new FailureCount { Kind = (Failure.Types.Kind)c.Key, Count = c.Value }));
        Evidence common = await _reader.ReadCommonAsync();
        IkeSession[] meant =
        [
            .. sessions.Sessions.Where(s => request.Peer.Length == 0 || request.Peer == Ipv4.Text(s.Remote))
                .OrderBy(s => s.Policy.Name, StringComparer.Ordinal),
        ];
        // All at once: each takes some seconds.
        PathWidth?[] widths = request.Probe ? await Task.WhenAll(meant.Select(_probe.MeasureAsync)) : new PathWidth?[meant.Length];
        for (int i = 0; i < meant.Length; i++)
        {
            reply.Diagnoses.AddRange(await OfAsync(meant[i], common with { Path = widths[i] }));
        }

        IEnumerable<FailureEntry> strangers = runtime.Failures.Entries.Where(e => e.Gateway.Length == 0);
        reply.Diagnoses.AddRange(strangers.Where(e => request.Peer.Length == 0 || e.Remote == request.Peer).Select(e => Failed(e)));
        return reply;
    }

    /// <inheritdoc/>
    public override Task<ListExposuresReply> ListExposures(ListExposuresRequest request, ServerCallContext context)
    {
        ListExposuresReply reply = new();
        reply.Exposures.AddRange(ExposureReport.Of(sessions.Sessions));
        return Task.FromResult(reply);
    }

    private async Task<List<Message>> OfAsync(IkeSession session, Evidence common)
    {
        if (await OfGatewayAsync(session, common) is { } whole)
        {
            return [whole];
        }

        List<Message> found = [];
        foreach (TunnelSession tunnel in session.Tunnels.OrderBy(t => t.Policy.Name, StringComparer.Ordinal).ToArray())
        {
            found.Add(OfTunnel(session, tunnel, await _reader.ReadAsync(common, tunnel)));
        }

        // A negotiation that fits no single one of several tunnels is kept with the gateway, which is up all the same.
        if (found.Count > 1 && runtime.Failures.Find(session.Policy.Name, string.Empty) is { Failure.Phase: 2 } stray)
        {
            found.Add(Failed(stray));
        }

        if (found.Count == 0)
        {
            found.Add(Of(session, string.Empty, session.Current is null
                ? Condition.Waiting : Condition.Idle));
        }

        return found;
    }

    // What keeps the whole peer away, or null.
    private async Task<Message?> OfGatewayAsync(IkeSession session, Evidence common)
    {
        FailureEntry? entry = session.Current is null && !session.HasPairs ? runtime.Failures.Find(session.Policy.Name, string.Empty) : null;
        bool silent = entry is null or { Failure.Kind: FailureKind.NoResponse or FailureKind.PeerDead };
        bool down = session.Current is null && session.Tunnels.All(t => t.Current is null);
        if (down && silent)
        {
            RouteState? route = runtime.Context.Routes.Lookup(session.Instance, session.Remote.ToIpAddress());
            NextHop nextHop = entry is { Failure: { Kind: FailureKind.NoResponse, Aspect: FailureAspect.Missing } }
                ? await _reader.ReadNextHopAsync(common, route, session.Remote) : default;
            IkeFailure? better = GatewayChecks.Find(session.Policy, session.Remote, route, nextHop, common);
            if (better is not null)
            {
                return Failed(new FailureEntry(
                    session.Policy.Name, string.Empty, Ipv4.Text(session.Remote), better, entry?.Time ?? runtime.Now, entry?.Count ?? 0));
            }
        }

        return entry is null ? null : Failed(entry);
    }

    private Message OfTunnel(IkeSession session, TunnelSession tunnel, Evidence seen)
    {
        Message diagnosis = Judge(session, tunnel, seen);
        // Operators know the VPN, not its tunnels.
        diagnosis.Vpn = tunnel.Policy.Vpn;
        if (session.Tunnels.Count(t => t.Policy.Vpn == tunnel.Policy.Vpn) > 1)
        {
            // Unless it has several.
            diagnosis.Selector = tunnel.Policy.TrafficSelector;
            diagnosis.Policies.Add(tunnel.Policy.Policies);
        }

        return diagnosis;
    }

    private Message Judge(IkeSession session, TunnelSession tunnel, Evidence seen)
    {
        if (tunnel.Current is not { } pair)
        {
            return runtime.Failures.Find(session.Policy.Name, tunnel.Policy.Name) is { } entry ? Failed(entry)
                : Of(session, tunnel.Policy.Name, tunnel.IsNegotiating || session.IsNegotiating
                    ? Condition.Negotiating : Condition.Waiting);
        }

        IkeFailure? failure = TunnelChecks.Find(tunnel.Policy, session.Policy, pair.State, session.Current?.State, seen);
        bool passes = seen.Outbound.Packets + seen.Inbound.Packets > 0;
        Message diagnosis = failure is null
            ? Of(session, tunnel.Policy.Name, passes ? Condition.Healthy : Condition.Idle)
            : Failed(new FailureEntry(session.Policy.Name, tunnel.Policy.Name, Ipv4.Text(pair.State.Remote), failure, runtime.Now, 1));
        (diagnosis.PacketsOut, diagnosis.PacketsIn) = (seen.Outbound.Packets, seen.Inbound.Packets);
        diagnosis.Notes.Add(TunnelNotes.Of(tunnel.Policy, pair.State, seen));
        return diagnosis;
    }

    private static Message Of(IkeSession session, string vpn, Condition state) => new()
    {
        State = state,
        Gateway = session.Policy.Name,
        Vpn = vpn,
        RemoteAddress = Ipv4.Text(session.Remote),
    };

    private static Message Failed(FailureEntry entry) => new()
    {
        State = Condition.Failed,
        Gateway = entry.Gateway,
        Vpn = entry.Vpn,
        RemoteAddress = entry.Remote,
        Failure = FailureMessages.Of(entry),
    };
}
