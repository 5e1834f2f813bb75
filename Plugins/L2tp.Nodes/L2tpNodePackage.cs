using RouterOS.Forwarding;
using RouterOS.L2tp.Wire;

namespace RouterOS.L2tp.Nodes;

/// <summary>L2TP data messages in the forwarding graph: tables, nodes and counters of one worker.</summary>
public sealed class L2tpNodePackage : INodePackage
{
    /// <inheritdoc/>
    public string Name => "l2tp";

    /// <inheritdoc/>
    public void Register(INodeRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        SessionTable sessions = new(registry.Tables);
        ServerSwitch server = new();
        DropCounters drops = DropCounters.Of<L2tpDataDrop>();
        registry.AddNode(new L2tpDecapNode(sessions, server, registry.Worker, drops));
        registry.AddNode(new L2tpEncapNode(sessions, drops));
        registry.AddLinkType("ppp", L2tpEncapNode.NodeName);
        registry.AddIpv6Link("ppp");
        registry.AddLocalUdpPort(L2tpHeader.Port, L2tpDecapNode.NodeName);
        registry.AddTable("l2tp", server);
        registry.AddTable("l2tp-session", sessions);
        registry.AddSnapshot("l2tp-session", sessions);
        registry.AddDropCounters("l2tp", drops);
    }
}
