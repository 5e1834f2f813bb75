using System.Security.Cryptography;
using RouterOS.Forwarding;

namespace RouterOS.Flow.Nodes;

/// <summary>Adds zones, policies and sessions to a module's graph.</summary>
public sealed class FlowNodePackage : INodePackage
{
    // A full pass over the default table in 1.6 s: sessions end at most that late.
    private const int SweepMilliseconds = 100;
    private const int SweepRows = 4096;

    private readonly int _maximumSessions;

    /// <summary>A package with the default number of sessions.</summary>
    public FlowNodePackage()
        : this(FlowState.DefaultMaximumSessions)
    {
    }

    internal FlowNodePackage(int maximumSessions) => _maximumSessions = maximumSessions;

    /// <inheritdoc/>
    public string Name => "flow";

    /// <inheritdoc/>
    public void Register(INodeRegistry registry)
    {
        FlowState state = new(registry.Worker, registry.Tables, _maximumSessions, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));
        registry.AddNode(new FlowPolicyNode(state, registry.Tables, registry.Worker));
        registry.AddNode(new FlowLocalInNode(state, registry.Worker, FlowLocalInNode.NodeName));
        registry.AddNode(new FlowLocalOutNode(state, registry.Worker, FlowLocalOutNode.NodeName));
        registry.AddNode(new FlowScreenNode(state, registry.Tables));
        registry.AddFeature(Arcs.PreRoute, FlowScreenNode.NodeName, before: [KernelNodes.Ip4ReassembleTransit]);
        // Ports are in the first fragment only, so flows are judged by whole packets.
        registry.AddFeature(Arcs.PreRoute, KernelNodes.Ip4ReassembleTransit);
        registry.AddFeature(Arcs.Output, FlowPolicyNode.NodeName);
        registry.AddFeature(Arcs.LocalIn, FlowLocalInNode.NodeName);
        registry.AddFeature(Arcs.LocalOut, FlowLocalOutNode.NodeName);
        registry.AddNode(new FlowPolicyNode(state, registry.Tables, registry.Worker, FlowPolicyNode.NodeName6));
        registry.AddNode(new FlowLocalInNode(state, registry.Worker, FlowLocalInNode.NodeName6));
        registry.AddNode(new FlowLocalOutNode(state, registry.Worker, FlowLocalOutNode.NodeName6));
        registry.AddNode(new FlowScreen6Node(state, registry.Tables));
        registry.AddFeature(Arcs.PreRoute6, FlowScreen6Node.NodeName, before: [KernelNodes.Ip6ReassembleTransit]);
        registry.AddFeature(Arcs.PreRoute6, KernelNodes.Ip6ReassembleTransit);
        registry.AddFeature(Arcs.Output6, FlowPolicyNode.NodeName6);
        registry.AddFeature(Arcs.LocalIn6, FlowLocalInNode.NodeName6);
        registry.AddFeature(Arcs.LocalOut6, FlowLocalOutNode.NodeName6);
        registry.AddTable("zone-interface", new ZoneInterfaceSink(state, registry.Tables));
        registry.AddTable("policy", new PolicySink(state));
        registry.AddTable("flow", new FlowDefaultSink(state));
        registry.AddTable("flow-clear", new FlowClearSink(state));
        registry.AddDropCounters("flow", state.Drops);
        FlowSnapshots.Register(registry, state);
        registry.Tables.InterfaceChanged += changed => state.KnowInterface(changed.Index);
        registry.Tables.ProtectionNamesChanged += state.Policies.ResolveProtections;
        registry.Worker.Every(SweepMilliseconds, () => state.Sweep(SweepRows));
    }
}
