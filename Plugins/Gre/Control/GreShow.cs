using System.Globalization;
using Grpc.Core;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Proto.Gre.V1;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Gre.Control;

/// <summary>State of tunnels for show, baselines and automation.</summary>
/// <remarks>Its methods run on the plugin's strand.</remarks>
internal sealed class GreShow(IControlContext context, GreTunnels tunnels) : Proto.Gre.V1.Gre.GreBase
{
    /// <inheritdoc/>
    public override async Task<ListTunnelsReply> ListTunnels(ListTunnelsRequest request, ServerCallContext serverCallContext)
    {
        GreTunnel[] meant = [.. tunnels.All.Where(t => request.Name.Length == 0 || t.Configured.Name == request.Name)];
        Dictionary<string, TunnelCounters> counted = request.Counters ? await Counters(meant) : [];
        ListTunnelsReply reply = new();
        reply.Tunnels.AddRange(meant.Select(t => new TunnelState
        {
            Tunnel = t.Configured,
            Status = t.Reason switch
            {
                DownReason.None => TunnelState.Types.Status.Up,
                DownReason.Disabled => TunnelState.Types.Status.Disabled,
                _ => TunnelState.Types.Status.Down,
            },
            Reason = t.Words,
            Protection = t.Configured.Secured ? tunnels.ProtectionOf(t) : 0,
            Counters = counted.TryGetValue(t.Key, out TunnelCounters? found) ? Less(found, t.Baseline) : new TunnelCounters(),
            Ups = t.Ups,
        }));
        return reply;
    }

    /// <inheritdoc/>
    public override async Task<ClearCountersReply> ClearCounters(ClearCountersRequest request, ServerCallContext serverCallContext)
    {
        GreTunnel[] meant = [.. tunnels.All.Where(t => request.Name.Length == 0 || t.Configured.Name == request.Name)];
        Dictionary<string, TunnelCounters> counted = await Counters(meant);
        foreach (GreTunnel tunnel in meant)
        {
            tunnel.Baseline = counted.GetValueOrDefault(tunnel.Key);
        }

        return new ClearCountersReply { Cleared = (uint)meant.Length };
    }

    /// <inheritdoc/>
    public override async Task<ListReassemblyReply> ListReassembly(ListReassemblyRequest request, ServerCallContext serverCallContext)
    {
        string prefix = string.Create(CultureInfo.InvariantCulture, $"{request.Instance}/");
        ListReassemblyReply reply = new();
        try
        {
            IEnumerable<KeyValuePair<string, ReassemblyCounters>> rows = await context.Modules.Snapshot<ReassemblyCounters>("reassembly", string.Empty);
            reply.Protocols.AddRange(rows.Where(row => row.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(row => new ReassemblyState
            {
                Protocol = uint.Parse(row.Key.AsSpan(prefix.Length), CultureInfo.InvariantCulture),
                Fragments = row.Value.Fragments,
                Packets = row.Value.Packets,
                Dropped = row.Value.Dropped,
            }).OrderBy(state => state.Protocol));
        }
        catch (RpcException)
        {
            // No module, no counts.
        }

        return reply;
    }

    private static TunnelCounters Less(TunnelCounters counted, TunnelCounters? baseline) => baseline is null ? counted : new TunnelCounters
    {
        ReceivedPackets = Less(counted.ReceivedPackets, baseline.ReceivedPackets),
        ReceivedOctets = Less(counted.ReceivedOctets, baseline.ReceivedOctets),
        ReceivedDiscards = Less(counted.ReceivedDiscards, baseline.ReceivedDiscards),
        ReceivedErrors = Less(counted.ReceivedErrors, baseline.ReceivedErrors),
        SentPackets = Less(counted.SentPackets, baseline.SentPackets),
        SentOctets = Less(counted.SentOctets, baseline.SentOctets),
        SentDiscards = Less(counted.SentDiscards, baseline.SentDiscards),
        SentErrors = Less(counted.SentErrors, baseline.SentErrors),
        KeepalivesReturned = Less(counted.KeepalivesReturned, baseline.KeepalivesReturned),
        KeepalivesAnswered = Less(counted.KeepalivesAnswered, baseline.KeepalivesAnswered),
        PathMtu = counted.PathMtu,
        Largest = counted.Largest,
    };

    // A module that was started anew counts from the beginning.
    private static ulong Less(ulong counted, ulong baseline) => counted >= baseline ? counted - baseline : counted;

    private async Task<Dictionary<string, TunnelCounters>> Counters(GreTunnel[] meant)
    {
        try
        {
            return new(await context.Modules.Snapshot<TunnelCounters>(GreTunnels.Table, meant.Length == 1 ? meant[0].Key : string.Empty), StringComparer.Ordinal);
        }
        catch (RpcException)
        {
            // No module, no counts.
            return [];
        }
    }
}
