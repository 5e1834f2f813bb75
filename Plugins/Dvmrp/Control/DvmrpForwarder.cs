using RouterOS.Dvmrp.Wire;
using RouterOS.Sdk.Network;

namespace RouterOS.Dvmrp.Control;

/// <summary>(source, group) entries: where packets come from and go to, prunes and grafts.</summary>
internal sealed class DvmrpForwarder(DvmrpState state)
{
    private readonly Dictionary<(uint Source, uint Group), DvmrpEntry> _entries = [];
    private readonly Dictionary<uint, HashSet<DvmrpEntry>> _byGroup = [];
    private readonly Dictionary<DvmrpRoute, HashSet<DvmrpEntry>> _byRoute = [];

    /// <summary>All entries.</summary>
    public IReadOnlyCollection<DvmrpEntry> All => _entries.Values;

    /// <summary>The entry of a source and a group; null for none.</summary>
    public DvmrpEntry? Find(uint source, uint group) => _entries.GetValueOrDefault((source, group));

    /// <summary>A packet came up: there is no entry for it, or it has no way out.</summary>
    public void Miss(uint instance, uint source, uint group)
    {
        if (Find(source, group) is not { } entry)
        {
            // The default route leads to what is no host, too.
            if (source == 0 || source >> 28 >= 0xe || state.Routes.Lookup(source) is null)
            {
                state.Drop(DvmrpDrop.NoRoute);
                return;
            }

            if (Make(instance, source, group) is not { } made)
            {
                return;
            }

            entry = made;
        }

        Settle(entry, hasPackets: true);
    }

    /// <summary>A neighbour does not want the packets.</summary>
    public void Prune(DvmrpInterface link, DvmrpNeighbor neighbor, DvmrpMessage message)
    {
        uint mask = message.SourceMask;
        uint source = message.Source;
        uint group = message.Group;
        DvmrpRoute? route = state.Routes.Lookup(source);
        if (route is null || route.Interface == link.Index || !route.DownstreamAt(link.Index).Dependents.Contains(neighbor.Address))
        {
            state.Drop(DvmrpDrop.StrayPrune);
            return;
        }

        if (Find(source, group) is null && Make(state.Environment.InstanceOf(link.Index), source, group) is null)
        {
            return;
        }

        long until = state.Now + Math.Min(message.LifetimeSeconds * 1000L, DvmrpTimes.LongestPrune);
        foreach (DvmrpEntry entry in Matching(source, mask, group))
        {
            entry.Prunes[(link.Index, neighbor.Address)] = until;
            Settle(entry, hasPackets: true);
        }
    }

    /// <summary>A neighbour wants the packets again; it is answered whether it was pruned or not.</summary>
    public void Graft(DvmrpInterface link, DvmrpNeighbor neighbor, DvmrpMessage message)
    {
        uint source = message.Source;
        uint group = message.Group;
        state.Send(link, neighbor.Address, DvmrpWriter.GraftAck(source, group));
        foreach (DvmrpEntry entry in Matching(source, message.SourceMask, group))
        {
            if (entry.Prunes.Remove((link.Index, neighbor.Address)))
            {
                Settle(entry, hasPackets: false);
            }
        }
    }

    /// <summary>The upstream neighbour has heard the graft.</summary>
    public void Acknowledged(DvmrpNeighbor neighbor, uint source, uint group)
    {
        if (Find(source, group) is { } entry && entry.Upstream == neighbor.Address)
        {
            entry.GraftAt = 0;
            entry.Pause = DvmrpTimes.FirstRepetition;
        }
    }

    /// <summary>Members of a group have changed.</summary>
    public void MembersChanged(uint group)
    {
        foreach (DvmrpEntry entry in Of(_byGroup, group))
        {
            Settle(entry, hasPackets: true);
        }
    }

    /// <summary>A route has changed, or what depends on it.</summary>
    public void RouteChanged(DvmrpRoute route)
    {
        foreach (DvmrpEntry entry in Of(_byRoute, route))
        {
            Settle(entry, hasPackets: true);
        }

        if (!route.IsReachable || route.Since != state.Now)
        {
            return;
        }

        // A new route may be a better match of entries that follow a shorter one.
        foreach (DvmrpEntry entry in _entries.Values
            .Where(e => e.Route is { } other && other.PrefixLength < route.PrefixLength && (e.Source & Ipv4Number.Mask(route.PrefixLength)) == route.Prefix)
            .ToArray())
        {
            Settle(entry, hasPackets: true);
        }
    }

    /// <summary>Interfaces have come or gone.</summary>
    public void SettleAll()
    {
        foreach (DvmrpEntry entry in _entries.Values.ToArray())
        {
            Settle(entry, hasPackets: false);
        }
    }

    /// <summary>A neighbour is gone, or has forgotten everything.</summary>
    public void Forget(DvmrpInterface link, DvmrpNeighbor neighbor)
    {
        foreach (DvmrpEntry entry in _entries.Values.ToArray())
        {
            bool pruned = entry.Prunes.Remove((link.Index, neighbor.Address));
            bool upstream = entry.Upstream == neighbor.Address && entry.Incoming == link.Index;
            if (upstream)
            {
                Unprune(entry);
            }

            if (pruned || upstream)
            {
                Settle(entry, hasPackets: false);
            }
        }
    }

    /// <summary>Prunes that end, grafts that were not heard.</summary>
    public void Run()
    {
        long now = state.Now;
        foreach (DvmrpEntry entry in _entries.Values)
        {
            if (entry.PrunedUntil != 0 && entry.PrunedUntil <= now)
            {
                Unprune(entry);
            }

            if (entry.GraftAt != 0 && entry.GraftAt <= now)
            {
                SendGraft(entry);
            }
        }

        foreach (DvmrpEntry entry in _entries.Values.Where(e => e.Prunes.Values.Any(until => until <= now)).ToArray())
        {
            foreach ((uint, uint) ended in entry.Prunes.Where(p => p.Value <= now).Select(p => p.Key).ToArray())
            {
                _ = entry.Prunes.Remove(ended);
            }

            Settle(entry, hasPackets: false);
        }
    }

    /// <summary>Entries whose packets have stopped go, unless the upstream neighbour must be told when somebody joins.</summary>
    public void Idle(IReadOnlyDictionary<(uint Source, uint Group), ulong> packets)
    {
        foreach (DvmrpEntry entry in _entries.Values.ToArray())
        {
            ulong seen = packets.GetValueOrDefault((entry.Source, entry.Group));
            entry.Seen = seen == entry.Seen.Packets ? (seen, entry.Seen.Looks + 1) : (seen, 0);
            if (entry.Seen.Looks >= DvmrpTimes.IdleLooks && entry.PrunedUntil == 0 && entry.GraftAt == 0)
            {
                Remove(entry);
            }
        }
    }

    /// <summary>Nothing is forwarded.</summary>
    public void Clear()
    {
        foreach (DvmrpEntry entry in _entries.Values.ToArray())
        {
            Remove(entry);
        }
    }

    private static DvmrpEntry[] Of<TKey>(Dictionary<TKey, HashSet<DvmrpEntry>> index, TKey key)
        where TKey : notnull => index.TryGetValue(key, out HashSet<DvmrpEntry>? found) ? [.. found] : [];

    private static void Put<TKey>(Dictionary<TKey, HashSet<DvmrpEntry>> index, TKey key, DvmrpEntry entry)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out HashSet<DvmrpEntry>? found))
        {
            index[key] = found = [];
        }

        _ = found.Add(entry);
    }

    private static void Take<TKey>(Dictionary<TKey, HashSet<DvmrpEntry>> index, TKey key, DvmrpEntry entry)
        where TKey : notnull
    {
        if (index.TryGetValue(key, out HashSet<DvmrpEntry>? found) && found.Remove(entry) && found.Count == 0)
        {
            _ = index.Remove(key);
        }
    }

    private static void Unprune(DvmrpEntry entry)
    {
        entry.PrunedUntil = 0;
        entry.PruneAgainAt = 0;
        entry.GraftAt = 0;
        entry.Pause = DvmrpTimes.FirstRepetition;
    }

    private DvmrpEntry[] Matching(uint source, uint mask, uint group) => mask == uint.MaxValue
        ? Find(source, group) is { } one ? [one] : []
        : [.. Of(_byGroup, group).Where(e => ((e.Source ^ source) & mask) == 0)];

    private DvmrpEntry? Make(uint instance, uint source, uint group)
    {
        if (_entries.Count >= DvmrpTimes.MaximumEntries)
        {
            state.Drop(DvmrpDrop.EntryLimit);
            state.Environment.Tell(DvmrpNotice.EntryLimit, string.Empty, source, DvmrpTimes.MaximumEntries);
            return null;
        }

        DvmrpEntry entry = new(instance, source, group, state.Now);
        _entries.Add((source, group), entry);
        Put(_byGroup, group, entry);
        return entry;
    }

    private void Remove(DvmrpEntry entry)
    {
        _ = _entries.Remove((entry.Source, entry.Group));
        Take(_byGroup, entry.Group, entry);
        if (entry.Route is { } route)
        {
            Take(_byRoute, route, entry);
        }

        state.Environment.Withdraw(entry);
    }

    // Works out an entry anew, programs it, and tells the upstream neighbour what it must know.
    private void Settle(DvmrpEntry entry, bool hasPackets)
    {
        DvmrpRoute? route = state.Routes.Lookup(entry.Source);
        if (route is null)
        {
            Remove(entry);
            return;
        }

        if (!ReferenceEquals(route, entry.Route))
        {
            if (entry.Route is { } before)
            {
                Take(_byRoute, before, entry);
            }

            entry.Route = route;
            Put(_byRoute, route, entry);
        }

        if (entry.Upstream != route.Upstream || entry.Incoming != route.Interface)
        {
            // Another neighbour, which knows of no prune.
            entry.Upstream = route.Upstream;
            entry.Incoming = route.Interface;
            Unprune(entry);
        }

        WorkOut(entry, route);
        state.Environment.Program(entry);
        if (entry.Upstream == 0)
        {
            return;
        }

        if (entry.Outgoing.Count == 0)
        {
            entry.GraftAt = 0;
            if (hasPackets && state.Now >= entry.PruneAgainAt)
            {
                SendPrune(entry);
            }
        }
        else if (entry.PrunedUntil != 0)
        {
            Unprune(entry);
            SendGraft(entry);
        }
    }

    private void WorkOut(DvmrpEntry entry, DvmrpRoute route)
    {
        Dictionary<uint, bool> wanted = [];
        foreach (DvmrpInterface link in state.Interfaces.Values)
        {
            if (!link.IsUp || link.Index == route.Interface || route.ForwarderOn(link) != 0)
            {
                continue;
            }

            bool members = state.Members.Want(link.Index, entry.Source, entry.Group);
            bool routers = route.Downstream.TryGetValue(link.Index, out DvmrpDownstream? at)
                && at.Dependents.Any(n => !entry.Prunes.ContainsKey((link.Index, n)));
            if (members || routers)
            {
                wanted[link.Index] = members;
            }
        }

        // Hosts on interfaces with IGMP alone.
        foreach (uint index in state.Members.InterfacesOf(entry.Group))
        {
            if (index != route.Interface && !state.Interfaces.ContainsKey(index)
                && state.Environment.InstanceOf(index) == entry.Instance && state.Members.Want(index, entry.Source, entry.Group))
            {
                wanted[index] = true;
            }
        }

        foreach (uint gone in entry.Outgoing.Keys.Where(i => !wanted.ContainsKey(i)).ToArray())
        {
            _ = entry.Outgoing.Remove(gone);
        }

        foreach ((uint index, bool members) in wanted)
        {
            entry.Outgoing[index] = (entry.Outgoing.TryGetValue(index, out (long Since, bool Members) before) ? before.Since : state.Now, members);
        }
    }

    private void SendPrune(DvmrpEntry entry)
    {
        if (!state.Interfaces.TryGetValue(entry.Incoming, out DvmrpInterface? link) || state.TwoWay(entry.Incoming, entry.Upstream) is null)
        {
            return;
        }

        long now = state.Now;
        long lifetime = state.Intent.PruneLifetimeSeconds == 0 ? DvmrpTimes.PruneLifetime : state.Intent.PruneLifetimeSeconds * 1000L;
        foreach (long until in entry.Prunes.Values)
        {
            // What is behind is not asked again before its own prune ends.
            lifetime = Math.Min(lifetime, Math.Max(until - now, 1000));
        }

        bool again = entry.PrunedUntil != 0;
        entry.PrunedUntil = now + lifetime;
        entry.Pause = again ? Math.Min(entry.Pause * 2, DvmrpTimes.LastRepetition) : DvmrpTimes.FirstRepetition;
        entry.PruneAgainAt = now + entry.Pause;
        state.Send(link, entry.Upstream, DvmrpWriter.Prune(entry.Source, entry.Group, (uint)(lifetime / 1000)));
    }

    private void SendGraft(DvmrpEntry entry)
    {
        if (!state.Interfaces.TryGetValue(entry.Incoming, out DvmrpInterface? link) || state.TwoWay(entry.Incoming, entry.Upstream) is null)
        {
            entry.GraftAt = 0;
            return;
        }

        entry.GraftAt = state.Now + entry.Pause;
        entry.Pause = Math.Min(entry.Pause * 2, DvmrpTimes.LastRepetition);
        state.Send(link, entry.Upstream, DvmrpWriter.Graft(entry.Source, entry.Group));
    }
}
