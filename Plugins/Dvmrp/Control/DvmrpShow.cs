using Grpc.Core;
using RouterOS.Proto.Dvmrp.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Dvmrp.Control;

/// <summary>State of DVMRP for show, clear and automation.</summary>
/// <remarks>Its methods run on the plugin's strand.</remarks>
internal sealed class DvmrpShow(IReadOnlyDictionary<string, DvmrpCommit> instances, IInterfaceView interfaces) : Proto.Dvmrp.V1.Dvmrp.DvmrpBase
{
    /// <inheritdoc/>
    public override Task<Summary> GetSummary(GetSummaryRequest request, ServerCallContext context)
    {
        if (instances.GetValueOrDefault(request.Instance) is not { } instance)
        {
            return Task.FromResult(new Summary());
        }

        DvmrpRouter router = instance.Router;
        DvmrpState state = router.State;
        Summary summary = new()
        {
            Enabled = instance.IsEnabled,
            MulticastRouting = instance.IsRouting,
            Generation = state.Generation,
            Routes = (uint)state.Routes.Count,
            TriggeredRoutes = (uint)router.Reporter.Triggered,
            ReachableRoutes = (uint)state.Routes.All.Count(r => r.IsReachable),
            RoutehogNotification = (uint)state.RouteHog,
            RouteLimit = (uint)state.RouteLimit,
            Entries = (uint)router.Forwarder.All.Count,
            StaticMetric = state.Intent.StaticMetric,
            ConnectedMetric = state.Intent.ConnectedMetric,
        };
        foreach (DvmrpDrop reason in Enum.GetValues<DvmrpDrop>())
        {
            summary.Drops[reason.ToString()] = state.Dropped(reason);
        }

        return Task.FromResult(summary);
    }

    /// <inheritdoc/>
    public override Task<ListInterfacesReply> ListInterfaces(ListInterfacesRequest request, ServerCallContext context)
    {
        ListInterfacesReply reply = new();
        if (instances.GetValueOrDefault(request.Instance)?.Router is not { } router)
        {
            return Task.FromResult(reply);
        }

        DvmrpState state = router.State;
        reply.Interfaces.Add(state.Interfaces.Values.OrderBy(i => i.Index).Select(i => new Proto.Dvmrp.V1.InterfaceState
        {
            Name = i.Name,
            Address = i.Address,
            PrefixLength = (uint)i.PrefixLength,
            Enabled = !i.IsDisabled,
            Up = i.IsUp,
            MetricIn = (uint)i.MetricIn,
            MetricOut = (uint)i.MetricOut,
            Neighbors = (uint)i.Neighbors.Values.Count(n => n.IsTwoWay),
            Tunnel = i.IsTunnel,
            Received = i.Received,
            Sent = i.Sent,
            BadPackets = i.BadPackets,
            BadRoutes = i.BadRoutes,
            RoutesSent = (uint)i.RoutesSent,
            FilteredRoutes = i.FilteredRoutes,
        }));
        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override Task<ListNeighborsReply> ListNeighbors(ListNeighborsRequest request, ServerCallContext context)
    {
        ListNeighborsReply reply = new();
        if (instances.GetValueOrDefault(request.Instance)?.Router is not { } router)
        {
            return Task.FromResult(reply);
        }

        DvmrpState state = router.State;
        foreach (DvmrpInterface link in state.Interfaces.Values.OrderBy(i => i.Index))
        {
            reply.Neighbors.Add(link.Neighbors.Values.OrderBy(n => n.Address).Select(n => new NeighborState
            {
                Address = n.Address,
                Interface = link.Name,
                UptimeSeconds = Since(state, n.Since),
                ExpiresSeconds = Left(state, n.ExpiresAt),
                MajorVersion = n.Version.Major,
                MinorVersion = n.Version.Minor,
                Capabilities = (uint)n.Capabilities,
                TwoWay = n.IsTwoWay,
                Generation = n.Generation,
                ReceivedRoutes = n.ReceivedRoutes,
                BadRoutes = n.BadRoutes,
                BadPackets = n.BadPackets,
            }));
        }

        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override Task<ListRoutesReply> ListRoutes(ListRoutesRequest request, ServerCallContext context)
    {
        ListRoutesReply reply = new();
        if (instances.GetValueOrDefault(request.Instance)?.Router is not { } router)
        {
            return Task.FromResult(reply);
        }

        DvmrpState state = router.State;
        foreach (DvmrpRoute each in state.Routes.All.OrderBy(r => r.Prefix).ThenBy(r => r.PrefixLength))
        {
            Route route = new()
            {
                Prefix = each.Prefix,
                PrefixLength = (uint)each.PrefixLength,
                Upstream = each.Upstream,
                Interface = NameOf(each.Interface),
                Metric = (uint)each.Metric,
                ExpiresSeconds = Left(state, each.ExpiresAt),
                UptimeSeconds = Since(state, each.Since),
                HeldDown = each.IsHeldDown,
                Imported = each.IsImported,
            };
            foreach (DvmrpInterface link in state.Interfaces.Values.Where(i => i.IsUp && i.Index != each.Interface).OrderBy(i => i.Index))
            {
                uint designated = each.ForwarderOn(link);
                Downstream at = new() { Interface = link.Name, Forwarder = designated == 0, Designated = designated == 0 ? link.Address : designated };
                if (each.Downstream.TryGetValue(link.Index, out DvmrpDownstream? known))
                {
                    at.Dependents.Add(known.Dependents.Order());
                }

                route.Downstream.Add(at);
            }

            reply.Routes.Add(route);
        }

        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override Task<ListEntriesReply> ListEntries(ListEntriesRequest request, ServerCallContext context)
    {
        ListEntriesReply reply = new();
        if (instances.GetValueOrDefault(request.Instance)?.Router is not { } router)
        {
            return Task.FromResult(reply);
        }

        DvmrpState state = router.State;
        foreach (DvmrpEntry each in router.Forwarder.All.OrderBy(e => e.Group).ThenBy(e => e.Source))
        {
            Entry entry = new()
            {
                Source = each.Source,
                Group = each.Group,
                Incoming = NameOf(each.Incoming),
                Upstream = each.Upstream,
                UptimeSeconds = Since(state, each.Since),
                PrunedSeconds = Left(state, each.PrunedUntil),
                Grafting = each.GraftAt != 0,
                RoutePrefix = each.Route?.Prefix ?? 0,
                RoutePrefixLength = (uint)(each.Route?.PrefixLength ?? 0),
            };
            entry.Outgoing.Add(each.Outgoing.Select(o => new Outgoing
            {
                Interface = NameOf(o.Key), UptimeSeconds = Since(state, o.Value.Since), Members = o.Value.Members,
            }));
            entry.Prunes.Add(each.Prunes.OrderBy(p => p.Key).Select(p => new Prune
            {
                Interface = NameOf(p.Key.Interface), Neighbor = p.Key.Neighbor, ExpiresSeconds = Left(state, p.Value),
            }));
            reply.Entries.Add(entry);
        }

        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override Task<ClearRoutesReply> ClearRoutes(ClearRoutesRequest request, ServerCallContext context)
    {
        if (instances.GetValueOrDefault(request.Instance)?.Router is not { } router)
        {
            return Task.FromResult(new ClearRoutesReply());
        }

        DvmrpState state = router.State;
        DvmrpRoute[] meant =
        [
            .. state.Routes.All.Where(r => r.Upstream != 0
                && ((request.Prefix == 0 && request.PrefixLength == 0) || (r.Prefix == request.Prefix && r.PrefixLength == (int)request.PrefixLength))),
        ];
        foreach (DvmrpRoute route in meant)
        {
            state.Routes.Remove(route);
            router.Forwarder.RouteChanged(route);
        }

        return Task.FromResult(new ClearRoutesReply { Routes = (uint)meant.Length });
    }

    private string NameOf(uint index) => interfaces.Find(index)?.Name ?? index.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static uint Since(DvmrpState state, long then) => (uint)((state.Now - then) / 1000);

    private static uint Left(DvmrpState state, long until) => until is 0 or long.MaxValue || until <= state.Now ? 0 : (uint)((until - state.Now + 999) / 1000);
}
