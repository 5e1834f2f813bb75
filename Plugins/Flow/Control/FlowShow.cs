using System.Globalization;
using Grpc.Core;
using RouterOS.Proto.Flow.V1;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Flow.Control;

/// <summary>Service Flow: sessions, policies, zones and counters for <c>show</c> and automation.</summary>
internal sealed class FlowShow(FlowCommit commit, IControlContext control) : Proto.Flow.V1.Flow.FlowBase
{
    private const uint DefaultLimit = 10_000;

    // Rows of the modules' session tables that are read at a time, so that no worker is held up for long.
    private const uint PieceRows = 4096;

    private readonly Dictionary<string, ScreenCounters> _screenBaselines = new(StringComparer.Ordinal);
    private ulong _clears;

    /// <inheritdoc/>
    public override async Task<ListSessionsReply> ListSessions(ListSessionsRequest request, ServerCallContext context)
    {
        SessionFilter filter = new(request, control.Interfaces);
        SessionSummary summary = await ReadSummary();
        List<SessionState> found = await ReadSessions(filter, summary);
        ListSessionsReply reply = new() { Total = summary.Sessions, Maximum = summary.Maximum, LogLeftOut = summary.LogLeftOut };
        IEnumerable<SessionState> shown = found.OrderBy(state => state.Id).Take((int)Math.Min(request.Limit == 0 ? DefaultLimit : request.Limit, int.MaxValue));
        Dictionary<uint, string> policies = commit.Intent.Policies.ToDictionary(commit.PolicyNumber, policy => policy.Name);
        reply.Sessions.Add(shown.Select(state => Describe(state, policies)));
        return reply;
    }

    /// <inheritdoc/>
    public override async Task<ClearSessionsReply> ClearSessions(ListSessionsRequest request, ServerCallContext context)
    {
        SessionFilter filter = new(request, control.Interfaces);
        int count = (await ReadSessions(filter, await ReadSummary())).Count;

        // Milliseconds rise over restarts of this process too; the count keeps two orders within one millisecond apart.
        ulong generation = ((ulong)control.Time.GetUtcNow().ToUnixTimeMilliseconds() << 16) | (++_clears & 0xffff);
        ulong version = control.Tables.Set("flow-clear", "sessions", filter.ToRow(generation));
        string? refused = await control.Tables.Acknowledged(version);

        // Done: a module that starts later has nothing to clear.
        control.Tables.Remove("flow-clear", "sessions");
        if (refused is not null)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, refused));
        }

        FlowLog.SessionsCleared(control.Log, count);
        return new ClearSessionsReply { Cleared = (uint)count };
    }

    /// <inheritdoc/>
    public override async Task<ListPoliciesReply> ListPolicies(ListPoliciesRequest request, ServerCallContext context)
    {
        ILookup<string, PolicyHits> hits = (await control.Modules.Snapshot<PolicyHits>("flow-policy")).ToLookup(row => row.Key, row => row.Value);
        ListPoliciesReply reply = new()
        {
            DefaultPermit = commit.Intent.DefaultPermit,
            DefaultPackets = Sum(hits["0"], hit => hit.Packets),
        };
        Dictionary<(string, string), uint> sequence = [];
        foreach (Policy policy in commit.Intent.Policies)
        {
            uint id = commit.PolicyNumber(policy);
            uint place = sequence[(policy.FromZone, policy.ToZone)] = sequence.GetValueOrDefault((policy.FromZone, policy.ToZone)) + 1;
            IEnumerable<PolicyHits> own = hits[id.ToString(CultureInfo.InvariantCulture)];
            reply.Policies.Add(new PolicyState
            {
                Policy = policy,
                Id = id,
                Sequence = place,
                Packets = Sum(own, hit => hit.Packets),
                Sessions = Sum(own, hit => hit.Sessions),
                IsInactive = !commit.IsActive(policy),
            });
        }

        return reply;
    }

    /// <inheritdoc/>
    public override async Task<FindPolicyReply> FindPolicy(FindPolicyRequest request, ServerCallContext context)
    {
        if (FlowPrefix.Parse(request.SourceAddress) is not { } source || FlowPrefix.Parse(request.DestinationAddress) is not { } destination
            || source.Prefix6.IsEmpty != destination.Prefix6.IsEmpty)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "source and destination must be addresses of one family"));
        }

        Policy? found = PolicySearch.Find([.. commit.Intent.Policies.Where(commit.IsActive)], request, source, destination);
        return new FindPolicyReply
        {
            DefaultPermit = commit.Intent.DefaultPermit,
            Policy = found is null ? null : (await ListPolicies(new ListPoliciesRequest(), context)).Policies.First(state => ReferenceEquals(state.Policy, found)),
        };
    }

    /// <inheritdoc/>
    public override Task<ListSchedulersReply> ListSchedulers(ListSchedulersRequest request, ServerCallContext context)
    {
        DateTimeOffset now = control.Time.GetUtcNow();
        ListSchedulersReply reply = new();
        reply.Schedulers.Add(commit.Intent.Schedulers.Select(scheduler => new SchedulerState
        {
            Name = scheduler.Name,
            IsActive = Schedule.IsActive(scheduler, now),
            IsUsed = commit.Intent.Policies.Any(policy => policy.Scheduler == scheduler.Name),
            NextChange = Schedule.NextChange(scheduler, now)?.ToUnixTimeSeconds() ?? 0,
        }));
        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override Task<ListZonesReply> ListZones(ListZonesRequest request, ServerCallContext context)
    {
        ListZonesReply reply = new();
        reply.Zones.Add(commit.Intent.Zones.Select(zone => new ZoneState { Zone = zone, Number = commit.ZoneNumber(zone.Name) }));
        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public override async Task<InterfaceFlowCounters> GetInterfaceCounters(GetInterfaceCountersRequest request, ServerCallContext context)
    {
        InterfaceState found = control.Interfaces.Find(request.Interface)
            ?? throw new RpcException(new Status(StatusCode.NotFound, $"there is no interface {request.Interface}"));
        InterfaceFlowCounters sum = new();
        foreach ((_, InterfaceFlowCounters counters) in
            await control.Modules.Snapshot<InterfaceFlowCounters>("flow-interface", found.Index.ToString(CultureInfo.InvariantCulture)))
        {
            foreach (Google.Protobuf.Reflection.FieldDescriptor field in InterfaceFlowCounters.Descriptor.Fields.InFieldNumberOrder())
            {
                field.Accessor.SetValue(sum, (ulong)field.Accessor.GetValue(sum) + (ulong)field.Accessor.GetValue(counters));
            }
        }

        return sum;
    }

    /// <inheritdoc/>
    public override async Task<ScreenCounters> GetScreenCounters(GetScreenCountersRequest request, ServerCallContext context)
    {
        ScreenCounters sum = new();
        foreach (string name in ScreenedBy(request))
        {
            Add(sum, await ReadScreen(name), (total, value) => total + value);
            // A module that has started anew counts from 0.
            Add(sum, _screenBaselines.GetValueOrDefault(name) ?? new ScreenCounters(), (total, cleared) => total >= cleared ? total - cleared : total);
        }

        return sum;
    }

    /// <inheritdoc/>
    public override async Task<ClearScreenCountersReply> ClearScreenCounters(GetScreenCountersRequest request, ServerCallContext context)
    {
        foreach (string name in ScreenedBy(request))
        {
            _screenBaselines[name] = await ReadScreen(name);
        }

        return new ClearScreenCountersReply();
    }

    private string[] ScreenedBy(GetScreenCountersRequest request) =>
        request.Interface.Length > 0 ? [request.Interface]
        : commit.Intent.Zones.FirstOrDefault(zone => zone.Name == request.Zone) is { } zone ? [.. zone.Interfaces.Select(i => i.Name)]
        : throw new RpcException(new Status(StatusCode.NotFound, $"there is no zone {request.Zone}"));

    private async Task<ScreenCounters> ReadScreen(string name)
    {
        ScreenCounters sum = new();
        if (control.Interfaces.Find(name) is { } found)
        {
            foreach ((_, ScreenCounters counters) in
                await control.Modules.Snapshot<ScreenCounters>("flow-screen", found.Index.ToString(CultureInfo.InvariantCulture)))
            {
                Add(sum, counters, (total, value) => total + value);
            }
        }

        return sum;
    }

    private static void Add(ScreenCounters to, ScreenCounters other, Func<ulong, ulong, ulong> combine)
    {
        foreach (Google.Protobuf.Reflection.FieldDescriptor field in ScreenCounters.Descriptor.Fields.InFieldNumberOrder())
        {
            field.Accessor.SetValue(to, combine((ulong)field.Accessor.GetValue(to), (ulong)field.Accessor.GetValue(other)));
        }
    }

    private async Task<SessionSummary> ReadSummary()
    {
        SessionSummary sum = new();
        foreach ((_, SessionSummary module) in await control.Modules.Snapshot<SessionSummary>("flow-summary"))
        {
            sum.Sessions += module.Sessions;
            sum.Refused += module.Refused;
            sum.LogLeftOut += module.LogLeftOut;
            sum.Maximum = Math.Max(sum.Maximum, module.Maximum);
        }

        return sum;
    }

    private async Task<List<SessionState>> ReadSessions(SessionFilter filter, SessionSummary summary)
    {
        List<SessionState> found = [];
        for (uint first = 0; first < summary.Maximum && summary.Sessions > 0; first += PieceRows)
        {
            string piece = string.Create(CultureInfo.InvariantCulture, $"{first}-{first + PieceRows - 1}");
            IReadOnlyList<KeyValuePair<string, SessionState>> rows = await control.Modules.Snapshot<SessionState>("flow-session", piece);
            found.AddRange(rows.Select(row => row.Value).Where(filter.Matches));
        }

        return found;
    }

    private Session Describe(SessionState state, Dictionary<uint, string> policies)
    {
        string ingress = control.Interfaces.Find(state.IngressInterface)?.Name ?? "";
        string egress = control.Interfaces.Find(state.EgressInterface)?.Name ?? "";
        return new Session
        {
            State = state,
            Policy = state.IngressInterface == 0 ? "self-traffic-policy" : policies.GetValueOrDefault(state.Policy) ?? "default-policy",
            IngressInterface = ingress,
            EgressInterface = egress,
            FromZone = commit.ZoneOf(ingress)?.Name ?? "",
            ToZone = commit.ZoneOf(egress)?.Name ?? "",
        };
    }

    private static ulong Sum(IEnumerable<PolicyHits> hits, Func<PolicyHits, ulong> value)
    {
        ulong sum = 0;
        foreach (PolicyHits hit in hits)
        {
            sum += value(hit);
        }

        return sum;
    }
}
