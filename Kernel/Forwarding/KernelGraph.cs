using RouterOS.Forwarding.Graphs;
using RouterOS.Forwarding.Nodes;
using RouterOS.Forwarding.Nodes6;
using RouterOS.Forwarding.Plain;
using RouterOS.Forwarding.Plane;
using RouterOS.Forwarding.Workers;
using RouterOS.Packets;

namespace RouterOS.Forwarding;

/// <summary>Joins the kernel's nodes with those of the packages.</summary>
internal static class KernelGraph
{
    private const ushort IkePort = 500;
    private const ushort IkeNatPort = 4500;

    public static Graph Build(
        PlaneRegistry registry, Worker worker, PlaneShared shared, IReadOnlyList<string> featureOrder, bool passesPlain)
    {
        var builder = new GraphBuilder { FeatureOrder = featureOrder };
        builder.AddArc(Arcs.Input, KernelNodes.PortInput);
        builder.AddArc(Arcs.PreRoute, KernelNodes.Ip4Lookup);
        builder.AddArc(Arcs.Output, KernelNodes.Ip4Rewrite);
        builder.AddArc(Arcs.LocalIn, KernelNodes.Ip4Deliver);
        builder.AddArc(Arcs.LocalOut, KernelNodes.Ip4Rewrite);
        builder.AddArc(Arcs.PreRoute6, KernelNodes.Ip6Lookup);
        builder.AddArc(Arcs.Output6, KernelNodes.Ip6Rewrite);
        builder.AddArc(Arcs.LocalIn6, KernelNodes.Ip6Deliver);
        builder.AddArc(Arcs.LocalOut6, KernelNodes.Ip6Rewrite);
        AddNodes(registry, worker, shared);
        foreach (GraphNode node in registry.Nodes)
        {
            builder.AddNode(node);
        }

        foreach ((string arc, string node, IReadOnlyList<string>? after, IReadOnlyList<string>? before) in registry.Features)
        {
            builder.AddFeature(arc, node, after, before);
        }

        Graph graph = builder.Build(KernelNodes.IcmpError, worker.Pools, registry.Tables);
        if (passesPlain)
        {
            PlainPass? pass = PlainPass.TryMake(registry.Tables, shared.Neighbors, graph, Only<PortOutputNode>(graph));
            Only<PortInputNode>(graph).Pass = pass;
            Only<Ip4InputNode>(graph).Pass = pass;
        }

        return graph;
    }

    private static TNode Only<TNode>(Graph graph)
        where TNode : GraphNode => graph.Nodes.OfType<TNode>().Single();

    private static void AddNodes(PlaneRegistry registry, Worker worker, PlaneShared shared)
    {
        ForwardingTables tables = registry.Tables;
        DropCounters port = Counters<PortDrop>(registry, "port");
        DropCounters ip4 = Counters<Ip4Drop>(registry, "ip4");
        DropCounters arp = Counters<ArpDrop>(registry, "arp");
        DropCounters local = Counters<LocalDrop>(registry, "local");
        DropCounters icmp = Counters<IcmpDrop>(registry, "icmp-error");
        DropCounters reassembly = Counters<ReassemblyDrop>(registry, "reassembly");

        var links = LinkEdges.Number(tables, registry.LinkTypes, registry.Protector);
        registry.AddNode(new PortInputNode(tables, port));
        registry.AddNode(new Ip4InputNode(tables, ip4));
        registry.AddNode(new Ip4LookupNode(tables, ip4, registry.Multicast));
        registry.AddNode(new Ip4LocalOutNode(tables, worker.Tap, ip4));
        registry.AddNode(new Ip4RewriteNode(tables, ip4, links));
        registry.AddNode(new Ip4FragmentNode(tables, worker, ip4, links));
        registry.AddNode(new ContinueNode());
        registry.AddNode(new PortOutputNode(tables, worker, port));

        AddResolver(registry, worker, shared, arp);

        // Never more than a quarter of the buffers waits for missing fragments.
        int share = worker.Pools.SmallFree / 8 / worker.Workers;
        registry.AddNode(new Ip4LocalNode(tables, worker, ip4));
        ReassemblyTable<Ip4FragmentFormat> own = new(worker, reassembly, share, tellSenders: true);
        registry.AddSnapshot("reassembly", new ReassemblySource(own));
        registry.AddNode(new Ip4ReassembleNode(KernelNodes.Ip4Reassemble, worker, own, Arcs.LocalIn));
        registry.AddNode(new Ip4ReassembleNode(
            KernelNodes.Ip4ReassembleTransit,
            worker,
            new ReassemblyTable<Ip4FragmentFormat>(worker, reassembly, share, tellSenders: false),
            KernelNodes.Continue));

        registry.AddPuntUdpPort(IkePort);
        registry.AddPuntUdpPort(IkeNatPort);
        registry.Protocols.TryAdd((byte)IpProtocol.Icmp, KernelNodes.IcmpInput);
        registry.AddNode(Ip4DeliverNode.Make(worker, local, registry.Protocols, registry.UdpPorts));
        registry.AddNode(IcmpInputNode.Make(local, registry.IcmpErrors));
        registry.AddNode(new IcmpPuntNode(worker, KernelNodes.IcmpPunt, "icmp"));
        registry.AddNode(new IcmpErrorNode(tables, worker, icmp));
        registry.AddNode(new PuntNode(worker, shared.Channels));
        AddVersion6(registry, worker, links, (local, reassembly), share);
    }

    private static void AddVersion6(
        PlaneRegistry registry, Worker worker, LinkEdges links, (DropCounters Local, DropCounters Reassembly) shared, int share)
    {
        ForwardingTables tables = registry.Tables;
        DropCounters ip6 = Counters<Ip6Drop>(registry, "ip6");
        DropCounters neighbor = Counters<NeighborDrop>(registry, "neighbor");
        registry.AddNode(new Ip6InputNode(tables, ip6));
        registry.AddNode(new Ip6LookupNode(tables, ip6));
        registry.AddNode(new Ip6LocalOutNode(tables, worker.Tap, ip6));
        registry.AddNode(new Ip6RewriteNode(tables, ip6, links));
        registry.AddNode(new Ip6FragmentNode(tables, worker, ip6, links));
        registry.AddNode(new Ip6LocalNode(tables, worker, ip6));
        registry.AddNode(new Ip6ReassembleNode(
            KernelNodes.Ip6Reassemble,
            worker,
            new ReassemblyTable<Ip6FragmentFormat>(worker, shared.Reassembly, share, tellSenders: true),
            ip6,
            Arcs.LocalIn6));
        registry.AddNode(new Ip6ReassembleNode(
            KernelNodes.Ip6ReassembleTransit,
            worker,
            new ReassemblyTable<Ip6FragmentFormat>(worker, shared.Reassembly, share, tellSenders: false),
            ip6,
            KernelNodes.Continue));
        registry.Protocols6.TryAdd((byte)IpProtocol.Icmp6, KernelNodes.Icmp6Input);
        registry.UdpPorts6.TryAdd(IkePort, null);
        registry.UdpPorts6.TryAdd(IkeNatPort, null);
        registry.AddNode(Ip6DeliverNode.Make(worker, shared.Local, registry.Protocols6, registry.UdpPorts6));
        registry.AddNode(new IcmpPuntNode(worker, KernelNodes.Icmp6Punt, "icmp6"));
        registry.AddNode(Icmp6InputNode.Make(shared.Local, registry.IcmpErrors6));
        if (worker.Number > 0)
        {
            registry.AddNode(new HandOverNode(KernelNodes.NeighborInput, worker));
            registry.AddNode(new HandOverNode(KernelNodes.Ethernet6Output, worker));
            return;
        }

        var discovery = new NeighborDiscovery(tables, worker, neighbor);
        registry.AddNode(new NeighborInputNode(tables, worker, discovery, neighbor));
        registry.AddNode(new Ethernet6OutputNode(tables, discovery, neighbor));
    }

    // Neighbours are resolved by worker 0; the others read what it knows and leave the rest to it.
    private static void AddResolver(PlaneRegistry registry, Worker worker, PlaneShared shared, DropCounters drops)
    {
        ForwardingTables tables = registry.Tables;
        if (worker.Number > 0)
        {
            registry.AddNode(new HandOverNode(KernelNodes.ArpInput, worker));
            registry.AddNode(new EthernetOutputNode(tables, worker, null, shared.Neighbors, drops));
            return;
        }

        tables.Neighbors.Shared = shared.Neighbors;
        var resolver = new NeighborResolver(tables, worker, drops);
        registry.AddNode(new ArpInputNode(tables, worker, resolver, drops));
        registry.AddNode(new EthernetOutputNode(tables, worker, resolver, null, drops));
    }

    private static DropCounters Counters<TReason>(PlaneRegistry registry, string group)
        where TReason : struct, Enum
    {
        var counters = DropCounters.Of<TReason>();
        registry.AddDropCounters(group, counters);
        return counters;
    }
}
