namespace RouterOS.Forwarding;

/// <summary>Entry point of an <c>X.Nodes</c> assembly: the only type the module meets. Has a public constructor without parameters.</summary>
public interface INodePackage
{
    /// <summary>Name of the plugin, as in its manifest.</summary>
    string Name { get; }

    /// <summary>Adds nodes, arc features, local protocols, tables and snapshots of one worker's graph. Called once, before the worker runs.</summary>
    void Register(INodeRegistry registry);
}
