using System.Threading.Channels;
using Grpc.Core;
using RouterOS.Proto.Multicast.V1;

namespace RouterOS.Multicast.Control;

/// <summary>State of IGMP for show, clear, routing protocols and automation.</summary>
/// <remarks>Its methods run on the plugin's strand.</remarks>
internal sealed class MulticastShow(MulticastCommit commit, MemberWatchers watchers, MulticastRuntime runtime, Action plan)
    : Proto.Multicast.V1.Multicast.MulticastBase
{
    /// <inheritdoc/>
    public override Task<Summary> GetSummary(GetSummaryRequest request, ServerCallContext context)
    {
        IgmpInterface[] igmp = [.. commit.Interfaces.Values.Where(i => i.Configuration.Igmp is not null)];
        Summary summary = new()
        {
            Routing = commit.Intent.Routing,
            Interfaces = (uint)igmp.Length,
            Enabled = (uint)igmp.Count(i => i.Configuration.Igmp is { Disabled: false }),
            Groups = (uint)igmp.Sum(i => i.Groups.Count),
            Counters = new Counters(),
        };
        foreach (Counters each in igmp.Select(i => i.Counters))
        {
            summary.Counters.Received += each.Received;
            summary.Counters.ChecksumErrors += each.ChecksumErrors;
            summary.Counters.Malformed += each.Malformed;
            summary.Counters.UnknownTypes += each.UnknownTypes;
            summary.Counters.Queries += each.Queries;
            summary.Counters.Reports += each.Reports;
            summary.Counters.Leaves += each.Leaves;
            summary.Counters.SentQueries += each.SentQueries;
            summary.Counters.SentReports += each.SentReports;
            summary.Counters.Ignored += each.Ignored;
            summary.Counters.OverLimit += each.OverLimit;
            summary.Counters.WrongVersion += each.WrongVersion;
        }

        return Task.FromResult(summary);
    }

    /// <inheritdoc/>
    public override Task<ListInterfacesReply> ListInterfaces(ListInterfacesRequest request, ServerCallContext context)
    {
        ListInterfacesReply reply = new();
        reply.Interfaces.Add(commit.Interfaces.Values.OrderBy(i => i.Index).Select(Of));
        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override Task<ListGroupsReply> ListGroups(ListGroupsRequest request, ServerCallContext context)
    {
        ListGroupsReply reply = new();
        foreach (IgmpInterface each in commit.Interfaces.Values.OrderBy(i => i.Index))
        {
            reply.Groups.Add(each.Own.Order().Select(g => new GroupState { Interface = each.Name, Group = g, Self = true, Exclude = true, Version = 2 }));
            reply.Groups.Add(each.Static.Order().Select(g => new GroupState { Interface = each.Name, Group = g, Static = true, Exclude = true, Version = (uint)each.Times.Version }));
            reply.Groups.Add(each.Groups.Values.Where(g => !each.Static.Contains(g.Group)).OrderBy(g => g.Group).Select(g => Of(each, g)));
        }

        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override async Task WatchMembers(WatchMembersRequest request, IServerStreamWriter<MembersChange> responseStream, ServerCallContext context)
    {
        Channel<MembersChange> watcher = watchers.Watch(commit.Interfaces.Values.SelectMany(i => i.Told));
        try
        {
            while (await watcher.Reader.WaitToReadAsync(context.CancellationToken))
            {
                while (watcher.Reader.TryRead(out MembersChange? change))
                {
                    await responseStream.WriteAsync(change);
                }
            }
        }
        finally
        {
            watchers.Unwatch(watcher);
        }
    }

    /// <inheritdoc/>
    public override Task<ClearGroupsReply> ClearGroups(ClearGroupsRequest request, ServerCallContext context)
    {
        int count = commit.Interfaces.Values.Sum(i => i.Clear());
        plan();
        return Task.FromResult(new ClearGroupsReply { Groups = (uint)count });
    }

    private InterfaceState Of(IgmpInterface each)
    {
        IgmpTimes times = each.Times;
        return new InterfaceState
        {
            Name = each.Name,
            Index = each.Index,
            Forwards = each.Configuration.Forwards,
            Igmp = each.Configuration.Igmp is { Disabled: false },
            Up = each.IsRunning,
            Address = each.Address,
            PrefixLength = (uint)each.PrefixLength,
            Version = (uint)times.Version,
            Querier = each.Querier,
            IsQuerier = each.IsQuerier,
            QueryIntervalSeconds = (uint)(times.QueryInterval / 1000),
            QueryResponseTenths = (uint)(times.QueryResponse / 100),
            LastMemberQueryTenths = (uint)(times.LastMemberQuery / 100),
            Robustness = (uint)times.Robustness,
            QuerierTimeoutSeconds = (uint)(times.QuerierTimeout / 1000),
            NextQuerySeconds = Left(each.NextQuery),
            Groups = (uint)each.Groups.Count,
            TtlThreshold = each.Configuration.TtlThreshold,
            RateLimit = each.Configuration.RateLimit,
            Counters = each.Counters.Clone(),
            ImmediateLeave = each.Configuration.Igmp?.ImmediateLeave ?? false,
            GroupLimit = each.Configuration.Igmp?.GroupLimit ?? 0,
        };
    }

    private GroupState Of(IgmpInterface at, IgmpGroup group)
    {
        long now = runtime.Now;
        GroupState state = new()
        {
            Interface = at.Name,
            Group = group.Group,
            Reporter = group.Reporter,
            Version = (uint)group.Version(now),
            UptimeSeconds = (uint)((now - group.Since) / 1000),
            ExpiresSeconds = Left(group.Exclude ? group.ExcludeUntil : group.Sources.Values.Max()),
            Exclude = group.Exclude,
            OldHostSeconds = Left(Math.Max(group.Version1Until, group.Version2Until)),
        };
        state.Sources.Add(group.Sources.OrderBy(s => s.Key).Select(s => new SourceState { Source = s.Key, ExpiresSeconds = Left(s.Value) }));
        return state;
    }

    private uint Left(long until) => until == long.MaxValue || until <= runtime.Now ? 0 : (uint)((until - runtime.Now + 999) / 1000);
}
