using System.Collections.Concurrent;
using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Multicast.Nodes;

/// <summary>Packets to groups in the forwarding graph: tables, the node and counters of one worker.</summary>
public sealed class MulticastNodePackage : INodePackage
{
    private readonly ConcurrentDictionary<uint, RateBucket> _buckets = new();

    /// <inheritdoc/>
    public string Name => "multicast";

    /// <inheritdoc/>
    public void Register(INodeRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        RouteTable routes = new();
        InterfaceTable interfaces = new(_buckets);
        DropCounters drops = DropCounters.Of<MulticastDrop>();
        registry.AddNode(new MulticastForwardNode(routes, interfaces, registry.Worker, drops));
        registry.AddMulticast(MulticastForwardNode.NodeName);
        // Queries, reports and DVMRP.
        registry.AddPuntProtocol((byte)IpProtocol.Igmp);
        registry.AddTable("multicast-route", routes);
        registry.AddTable("multicast-interface", interfaces);
        registry.AddSnapshot("multicast-route", routes);
        registry.AddDropCounters("multicast", drops);
    }
}
