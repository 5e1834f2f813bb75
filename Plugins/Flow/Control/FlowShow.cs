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
    private const uint Maximum = 65536;

    private ulong _clears;

    /// <inheritdoc/>
    public override async Task<ListSessionsReply> ListSessions(ListSessionsRequest request, ServerCallContext context)
    {
        IReadOnlyList<SessionState> all = await ReadSessions();
        Func<SessionState, bool> matches = Filter(request);
        ListSessionsReply reply = new() { Total = (uint)all.Count, Maximum = Maximum };
        reply.Sessions.Add(all.Where(matches).OrderBy(state => state.Id).Take((int)(request.Limit == 0 ? DefaultLimit : request.Limit)).Select(Describe));
        return reply;
    }

    /// <inheritdoc/>
    public override async Task<ClearSessionsReply> ClearSessions(ListSessionsRequest request, ServerCallContext context)
    {
        int count = (await ReadSessions()).Count(Filter(request));
        // Milliseconds rise over restarts of this process too; the count keeps two orders within one millisecond apart.
        ulong generation = ((ulong)control.Time.GetUtcNow().ToUnixTimeMilliseconds() << 16) | (++_clears & 0xffff);
        FlowClearRow order = new()
        {
            Generation = generation,
            Source = Number(request.SourceAddress),
            Destination = Number(request.DestinationAddress),
            Protocol = request.Protocol,
            SourcePort = request.SourcePort,
            DestinationPort = request.DestinationPort,
        };
        ulong version = control.Tables.Set("flow-clear", "sessions", order);
        await control.Tables.Acknowledged(version);
        FlowLog.SessionsCleared(control.Log, count);
        return new ClearSessionsReply { Cleared = (uint)count };
    }

    /// <inheritdoc/>
    public override async Task<ListPoliciesReply> ListPolicies(ListPoliciesRequest request, ServerCallContext context)
    {
        Dictionary<string, PolicyHits> hits = new(await control.Modules.Snapshot<PolicyHits>("flow-policy"), StringComparer.Ordinal);
        ListPoliciesReply reply = new()
        {
            DefaultPermit = commit.Intent.DefaultPermit,
            DefaultPackets = hits.GetValueOrDefault("0")?.Packets ?? 0,
        };
        Dictionary<(string, string), uint> sequence = [];
        foreach (Policy policy in commit.Intent.Policies)
        {
            uint id = commit.PolicyNumber(policy);
            uint place = sequence[(policy.FromZone, policy.ToZone)] = sequence.GetValueOrDefault((policy.FromZone, policy.ToZone)) + 1;
            PolicyHits? hit = hits.GetValueOrDefault(id.ToString(CultureInfo.InvariantCulture));
            reply.Policies.Add(new PolicyState
            {
                Policy = policy,
                Id = id,
                Sequence = place,
                Packets = hit?.Packets ?? 0,
                Sessions = hit?.Sessions ?? 0,
            });
        }

        return reply;
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
        IReadOnlyList<KeyValuePair<string, InterfaceFlowCounters>> rows =
            await control.Modules.Snapshot<InterfaceFlowCounters>("flow-interface", found.Index.ToString(CultureInfo.InvariantCulture));
        return rows.Count > 0 ? rows[0].Value : new InterfaceFlowCounters();
    }

    private async Task<IReadOnlyList<SessionState>> ReadSessions() =>
        [.. (await control.Modules.Snapshot<SessionState>("flow-session")).Select(row => row.Value)];

    private static Func<SessionState, bool> Filter(ListSessionsRequest request)
    {
        uint source = Number(request.SourceAddress);
        uint destination = Number(request.DestinationAddress);
        return state => (source == 0 || state.Source == source)
            && (destination == 0 || state.Destination == destination)
            && (request.Protocol == 0 || state.Protocol == request.Protocol)
            && (request.SourcePort == 0 || state.SourcePort == request.SourcePort)
            && (request.DestinationPort == 0 || state.DestinationPort == request.DestinationPort);
    }

    private static uint Number(string address) => address.Length == 0 ? 0
        : FlowCommit.ParsePrefix(address)?.Prefix
            ?? throw new RpcException(new Status(StatusCode.InvalidArgument, $"'{address}' is not an IPv4 address"));

    private Session Describe(SessionState state)
    {
        string ingress = control.Interfaces.Find(state.IngressInterface)?.Name ?? "";
        string egress = control.Interfaces.Find(state.EgressInterface)?.Name ?? "";
        return new Session
        {
            State = state,
            Policy = state.IngressInterface == 0 ? "self-traffic-policy"
                : commit.Intent.Policies.FirstOrDefault(policy => commit.PolicyNumber(policy) == state.Policy)?.Name ?? "default-policy",
            IngressInterface = ingress,
            EgressInterface = egress,
            FromZone = commit.ZoneOf(ingress)?.Name ?? "",
            ToZone = commit.ZoneOf(egress)?.Name ?? "",
        };
    }
}
