using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Ike.Control.Diagnosis;

/// <summary>Asks the modules and the service of zones what they have seen. Whoever does not answer has seen nothing.</summary>
internal sealed class EvidenceReader(IControlContext context)
{
    private const int MostPairs = 4;

    /// <summary>What is the same for every tunnel.</summary>
    public async Task<Evidence> ReadCommonAsync()
    {
        Evidence evidence = new();
        try
        {
            Flow.FlowClient flow = new(context.Bus.Invoker);
            ListZonesReply zones = await flow.ListZonesAsync(new ListZonesRequest());
            ListPoliciesReply policies = await flow.ListPoliciesAsync(new ListPoliciesRequest());
            evidence = evidence with
            {
                HasZones = true,
                Zones = [.. zones.Zones.Select(z => z.Zone)],
                Policies = policies.Policies,
                DefaultPermit = policies.DefaultPermit,
                DefaultPackets = policies.DefaultPackets,
            };
        }
        catch (RpcException)
        {
            // No zones on this platform, or no module that counts.
        }

        Dictionary<string, ulong> drops = new(StringComparer.Ordinal);
        foreach ((string reason, DropCounter counter) in await Snapshot<DropCounter>("drop", string.Empty))
        {
            drops[reason] = drops.GetValueOrDefault(reason) + counter.Packets;
        }

        return evidence with { Drops = drops };
    }

    /// <summary>Whether the first station on the way to a peer answers.</summary>
    public async Task<NextHop> ReadNextHopAsync(Evidence common, RouteState? route, PeerAddress peer)
    {
        PeerAddress address = route?.Gateway is { } gateway ? PeerAddress.Of(gateway) : peer;
        if (route is null || context.Interfaces.Find(route.Interface) is not { LinkType: "ethernet" } leaves)
        {
            return new(address, peer, Neighbor.Types.State.Unspecified);
        }

        IReadOnlyList<KeyValuePair<string, Neighbor>> rows = await Snapshot<Neighbor>(address.IsVersion6 ? "neighbor6" : "neighbor", string.Empty);
        return new(address, peer, rows
            .Where(r => r.Value.Interface == leaves.Index && PeerAddress.Of(r.Value.Address, r.Value.Address6) == address)
            .Select(r => r.Value.State)
            .Append(common.Drops.Count > 0 ? Neighbor.Types.State.Incomplete : Neighbor.Types.State.Unspecified)
            .Max());
    }

    /// <summary>Adds what one tunnel has seen.</summary>
    public async Task<Evidence> ReadAsync(Evidence common, TunnelSession tunnel)
    {
        string name = tunnel.Policy.BindInterface;
        InterfaceState? bound = name.Length == 0 ? null : context.Interfaces.Find(name);
        return common with
        {
            Inbound = await CountersAsync(tunnel, ProtectionTables.Inbound, p => ProtectionTables.Key(p.State.InboundSpi)),
            Outbound = await CountersAsync(tunnel, ProtectionTables.Outbound, p => $"{tunnel.ProtectionId}/{p.State.OutboundSpi}"),
            Protection = Sum(await Snapshot<ProtectionState>(ProtectionTables.Protection, ProtectionTables.Key(tunnel.ProtectionId))),
            Interface = bound is null ? new()
                : Sum(await Snapshot<InterfaceFlowCounters>("flow-interface", bound.Index.ToString(CultureInfo.InvariantCulture))),
            HasRoute = bound is null || context.Routes.AllOf(bound.Instance).Any(
                r => r.Active && r.Interface == name && r.Protocol is not (RouteProtocol.Direct or RouteProtocol.Local)),
        };
    }

    // After a rekey the new pair has seen little, and the peer may go on for a while with the one before: its packets count, too.
    private async Task<SaState> CountersAsync(TunnelSession tunnel, string table, Func<IpsecSaPair, string> keyOf)
    {
        List<KeyValuePair<string, SaState>> rows = [];
        if (tunnel.Current is { } current)
        {
            foreach (IpsecSaPair pair in tunnel.Pairs.Where(p => p != current && p.IsUsable).Append(current).TakeLast(MostPairs).ToArray())
            {
                rows.AddRange(await Snapshot<SaState>(table, keyOf(pair)));
                if (pair.State.IsBundle())
                {
                    // What does not pass AH is counted there, what does is counted inside.
                    rows.AddRange((await Snapshot<SaState>(table, table == ProtectionTables.Inbound
                        ? ProtectionTables.Key(pair.State.AroundInboundSpi) : ProtectionTables.AroundOutboundKey(pair.State)))
                        .Select(r => new KeyValuePair<string, SaState>(r.Key, new SaState
                        {
                            AuthenticationFailed = r.Value.AuthenticationFailed, Replayed = r.Value.Replayed, BadHeader = r.Value.BadHeader,
                            BadTrailer = r.Value.BadTrailer,
                        })));
                }
            }
        }

        return Sum(rows);
    }

    private async Task<IReadOnlyList<KeyValuePair<string, T>>> Snapshot<T>(string table, string key)
        where T : IMessage<T>, new()
    {
        try
        {
            return await context.Modules.Snapshot<T>(table, key);
        }
        catch (RpcException)
        {
            return [];
        }
    }

    // Several modules may have rows of one name: numbers add up, the rest is the last one's.
    private static T Sum<T>(IReadOnlyList<KeyValuePair<string, T>> rows)
        where T : IMessage<T>, new()
    {
        T sum = new();
        foreach ((_, T row) in rows)
        {
            foreach (Google.Protobuf.Reflection.FieldDescriptor field in sum.Descriptor.Fields.InFieldNumberOrder())
            {
                object value = field.Accessor.GetValue(row);
                field.Accessor.SetValue(sum, value is ulong number ? (ulong)field.Accessor.GetValue(sum) + number : value);
            }
        }

        return sum;
    }
}
