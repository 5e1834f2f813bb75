using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Gre.Nodes;

/// <summary>GRE and IP in IP in the forwarding graph: tables, nodes and counters of one worker.</summary>
public sealed class GreNodePackage : INodePackage
{
    /// <summary>Link type of tunnels' interfaces.</summary>
    public const string LinkType = "gre";

    private const int RefreshMilliseconds = 1000;

    // One for all workers, for which the package registers in turn.
    private readonly PathMtus _paths = new();

    /// <inheritdoc/>
    public string Name => "gre";

    /// <inheritdoc/>
    public void Register(INodeRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        TunnelTable tunnels = new(registry.Tables, registry.Worker, registry.Arena, _paths);
        DropCounters drops = DropCounters.Of<GreDrop>();
        registry.AddNode(new GreEncapNode(tunnels, registry.Worker, drops));
        registry.AddNode(new GreDecapNode(tunnels, registry.Worker, drops));
        registry.AddNode(new GreIcmpNode(tunnels));
        registry.AddLinkType(LinkType, GreEncapNode.NodeName);
        registry.AddIpv6Link(LinkType);
        foreach (byte protocol in new[] { (byte)IpProtocol.Gre, GreDecapNode.IpInIp, (byte)IpProtocol.Ipv6 })
        {
            registry.AddLocalProtocol(protocol, GreDecapNode.NodeName);
            registry.AddIcmpErrors(protocol, GreIcmpNode.NodeName);
        }

        registry.AddTable("gre-tunnel", tunnels);
        registry.AddSnapshot("gre-tunnel", tunnels);
        registry.AddDropCounters("gre", drops);
        registry.Worker.Every(RefreshMilliseconds, tunnels.RefreshPaths);
    }
}
