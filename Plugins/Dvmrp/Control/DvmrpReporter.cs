using RouterOS.Dvmrp.Wire;

namespace RouterOS.Dvmrp.Control;

/// <summary>Routes: told by neighbours, told to them, held down, forgotten.</summary>
internal sealed class DvmrpReporter(DvmrpState state, Action<DvmrpRoute> changed)
{
    private long _nextReport;
    private long _nextFlash;
    private bool _hogTold;

    /// <summary>Routes that wait to be told.</summary>
    public int Triggered => state.Routes.All.Count(r => r.IsChanged);

    /// <summary>Takes a report of a neighbour.</summary>
    public void Receive(DvmrpInterface link, DvmrpNeighbor neighbor, ReadOnlySpan<byte> body)
    {
        List<ReportedRoute> routes = [];
        if (!DvmrpReport.TryRead(body, routes, out int impossible, out DvmrpError error))
        {
            // Nothing of it is believed: the routes that are there stay as they are.
            link.BadPackets++;
            neighbor.BadPackets++;
            state.Drop(DvmrpDrop.Malformed);
            state.Environment.Tell(DvmrpNotice.Malformed, link.Name, neighbor.Address, (int)error);
            return;
        }

        neighbor.ReceivedRoutes += (ulong)routes.Count;
        if (impossible > 0)
        {
            neighbor.BadRoutes += (uint)impossible;
            link.BadRoutes += (uint)impossible;
            state.Drop(DvmrpDrop.BadRoute, impossible);
            state.Environment.Tell(DvmrpNotice.BadRoutes, link.Name, neighbor.Address, impossible);
        }

        foreach (ReportedRoute route in routes)
        {
            Take(link, neighbor, route);
        }
    }

    /// <summary>Tells what is due.</summary>
    public void Run()
    {
        long now = state.Now;
        foreach (DvmrpRoute route in state.Routes.All.Where(r => r.ExpiresAt <= now).ToArray())
        {
            if (route.IsHeldDown)
            {
                state.Routes.Remove(route);
                changed(route);
            }
            else
            {
                Lose(route);
            }
        }

        if (now >= _nextReport)
        {
            _nextReport = now + DvmrpTimes.Report;
            _nextFlash = now + DvmrpTimes.Flash;
            Tell(_ => true);
        }
        else if (now >= _nextFlash && state.Routes.All.Any(r => r.IsChanged))
        {
            _nextFlash = now + DvmrpTimes.Flash;
            Tell(r => r.IsChanged);
        }
    }

    /// <summary>Tells one interface everything, for a new neighbour.</summary>
    public void TellAll(DvmrpInterface link) => Tell(link, _ => true);

    /// <summary>The filters of an interface have changed: what they deny now ends, and is told to have gone.</summary>
    public void Filter(DvmrpInterface link)
    {
        foreach (DvmrpRoute route in state.Routes.All
            .Where(r => r.Upstream != 0 && r.Interface == link.Index && !r.IsHeldDown && !link.Accept.Accept(r.Prefix, r.Upstream)).ToArray())
        {
            Lose(route);
        }

        Tell(link, _ => true, denied: DvmrpReport.Infinity);
    }

    /// <summary>Puts a route of the router's own in place, or changes it.</summary>
    public void SetOwn(uint prefix, int length, uint index, int metric, bool isImported)
    {
        DvmrpRoute? route = state.Routes.Find(prefix, length);
        if (route is { Upstream: 0, IsHeldDown: false } && route.Interface == index && route.Metric == metric && route.IsImported == isImported)
        {
            return;
        }

        if (route is null)
        {
            route = new DvmrpRoute(prefix, length, state.Now);
            state.Routes.Add(route);
        }

        route.Interface = index;
        route.Upstream = 0;
        route.IsImported = isImported;
        route.ExpiresAt = long.MaxValue;
        SetMetric(route, metric);
    }

    /// <summary>The way is gone: neighbours are told so until it is forgotten.</summary>
    public void Lose(DvmrpRoute route)
    {
        if (!route.IsHeldDown)
        {
            route.MetricBefore = route.Metric;
            SetMetric(route, DvmrpReport.Infinity);
        }

        route.ExpiresAt = state.Now + DvmrpTimes.HoldDown;
    }

    /// <summary>A neighbour is gone: what it told is, and nothing depends on it.</summary>
    public void Forget(DvmrpInterface link, DvmrpNeighbor neighbor)
    {
        foreach (DvmrpRoute route in state.Routes.All.ToArray())
        {
            bool knew = route.Forget(link.Index, neighbor.Address);
            if (route.Upstream == neighbor.Address && route.Interface == link.Index && !route.IsHeldDown)
            {
                Lose(route);
            }
            else if (knew)
            {
                changed(route);
            }
        }
    }

    /// <summary>A neighbour has started anew: it depends on nobody until it says so.</summary>
    public void ForgetDependence(DvmrpInterface link, DvmrpNeighbor neighbor)
    {
        foreach (DvmrpRoute route in state.Routes.All.Where(r => r.Forget(link.Index, neighbor.Address)).ToArray())
        {
            changed(route);
        }
    }

    private void Take(DvmrpInterface link, DvmrpNeighbor neighbor, ReportedRoute told)
    {
        DvmrpRoute? route = state.Routes.Find(told.Prefix, told.PrefixLength);
        if (told.Metric > DvmrpReport.Infinity)
        {
            // It comes by us: poison reverse. On the way to the source nobody can.
            if (route is { IsReachable: true } && route.Interface != link.Index)
            {
                DvmrpDownstream at = route.DownstreamAt(link.Index);
                if (at.Reported.Remove(neighbor.Address) | at.Dependents.Add(neighbor.Address))
                {
                    changed(route);
                }
            }

            return;
        }

        int metric = Math.Min(told.Metric + link.MetricIn, DvmrpReport.Infinity);
        if (!link.Accept.Accept(told.Prefix, neighbor.Address))
        {
            // As if it led nowhere. Who brings the packets on the link is still agreed on with the neighbour.
            link.FilteredRoutes++;
            state.Drop(DvmrpDrop.FilteredRoute);
            metric = DvmrpReport.Infinity;
        }

        if (route is null)
        {
            if (metric < DvmrpReport.Infinity)
            {
                Add(link, neighbor, told, metric);
            }

            return;
        }

        if (route.Upstream == neighbor.Address && route.Interface == link.Index)
        {
            FromUpstream(route, metric);
            return;
        }

        if (!route.IsHeldDown && route.Upstream != 0
            && (metric < route.Metric || (metric == route.Metric && route.Interface == link.Index && neighbor.Address < route.Upstream)))
        {
            _ = route.Forget(link.Index, neighbor.Address);
            route.Interface = link.Index;
            route.Upstream = neighbor.Address;
            route.ExpiresAt = state.Now + DvmrpTimes.RouteExpiry;
            SetMetric(route, metric);
            return;
        }

        if (route.Interface != link.Index)
        {
            DvmrpDownstream at = route.DownstreamAt(link.Index);
            uint before = route.ForwarderOn(link);
            bool depended = at.Dependents.Remove(neighbor.Address);
            if (told.Metric < DvmrpReport.Infinity)
            {
                at.Reported[neighbor.Address] = told.Metric;
            }
            else
            {
                _ = at.Reported.Remove(neighbor.Address);
            }

            if (depended || before != route.ForwarderOn(link))
            {
                changed(route);
            }
        }
    }

    private void FromUpstream(DvmrpRoute route, int metric)
    {
        if (metric >= DvmrpReport.Infinity)
        {
            if (!route.IsHeldDown)
            {
                Lose(route);
            }

            return;
        }

        if (route.IsHeldDown && metric > route.MetricBefore)
        {
            // A worse way of the same neighbour may lead through those that have heard of ours.
            return;
        }

        route.ExpiresAt = state.Now + DvmrpTimes.RouteExpiry;
        if (route.Metric != metric)
        {
            SetMetric(route, metric);
        }
    }

    private void Add(DvmrpInterface link, DvmrpNeighbor neighbor, ReportedRoute told, int metric)
    {
        if (state.Routes.Count >= DvmrpTimes.MaximumRoutes)
        {
            state.Drop(DvmrpDrop.RouteLimit);
            state.Environment.Tell(DvmrpNotice.RouteLimit, link.Name, neighbor.Address, DvmrpTimes.MaximumRoutes);
            return;
        }

        DvmrpRoute route = new(told.Prefix, told.PrefixLength, state.Now)
        {
            Interface = link.Index, Upstream = neighbor.Address, ExpiresAt = state.Now + DvmrpTimes.RouteExpiry,
        };
        state.Routes.Add(route);
        SetMetric(route, metric);
        if (state.Routes.Count < state.RouteHog)
        {
            _hogTold = false;
        }
        else if (!_hogTold)
        {
            _hogTold = true;
            state.Environment.Tell(DvmrpNotice.RouteHog, link.Name, neighbor.Address, state.RouteHog);
        }
    }

    private void SetMetric(DvmrpRoute route, int metric)
    {
        route.Metric = metric;
        route.Since = state.Now;
        route.IsChanged = true;
        changed(route);
    }

    private void Tell(Func<DvmrpRoute, bool> which)
    {
        foreach (DvmrpInterface link in state.Interfaces.Values.Where(i => i.IsUp && i.Neighbors.Values.Any(n => n.IsTwoWay)))
        {
            Tell(link, which);
        }

        foreach (DvmrpRoute route in state.Routes.All)
        {
            route.IsChanged = false;
        }
    }

    private void Tell(DvmrpInterface link, Func<DvmrpRoute, bool> which, int denied = 0)
    {
        List<ReportedRoute> routes =
        [
            .. state.Routes.All
                .Where(r => which(r) && !(r.Upstream == 0 && r.Interface == link.Index) && r.PrefixLength is 0 or >= 8)
                .Select(r => new ReportedRoute(r.Prefix, r.PrefixLength, IsDenied(r, link) ? denied : MetricFor(r, link)))
                .Where(r => r.Metric != 0)
                .Take(state.RouteLimit),
        ];
        link.RoutesSent = routes.Count;
        foreach (byte[] report in DvmrpReport.Write(routes))
        {
            state.Send(link, DvmrpState.AllRouters, report);
        }
    }

    // What comes by the link is told back whatever the filter says: without that the neighbour would not send.
    private static bool IsDenied(DvmrpRoute route, DvmrpInterface link) =>
        link.Announce is { } list && route.Interface != link.Index && !list.Permits(route.Prefix);

    // Poison reverse: the neighbour that told it learns that we come by it.
    private static int MetricFor(DvmrpRoute route, DvmrpInterface link) =>
        !route.IsReachable ? DvmrpReport.Infinity
        : route.Interface == link.Index ? route.Metric + DvmrpReport.Infinity
        : Math.Min(route.Metric + link.MetricOut, DvmrpReport.Infinity);
}
