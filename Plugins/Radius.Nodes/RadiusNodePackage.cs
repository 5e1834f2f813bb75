using RouterOS.Forwarding;
using RouterOS.Radius.Wire;

namespace RouterOS.Radius.Nodes;

/// <summary>Hands datagrams to RADIUS's ports to the control plane.</summary>
public sealed class RadiusNodePackage : INodePackage
{
    /// <inheritdoc/>
    public string Name => "radius";

    /// <inheritdoc/>
    public void Register(INodeRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        foreach (ushort port in RadiusPorts.All)
        {
            registry.AddPuntUdpPort(port);
        }
    }
}
