using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Packets;
using RouterOS.Sdk.Strands;

namespace RouterOS.Core.Tables;

/// <summary>Control packets of one subscriber.</summary>
public sealed class ControlPackets(ModuleSet modules, IStrand subscriber) : IControlPackets
{
    /// <inheritdoc/>
    public void Subscribe(string channel, Action<PuntPacket> handler) => modules.Listen(channel, subscriber, handler);

    /// <inheritdoc/>
    public void Inject(InjectPacket packet) => modules.Inject(packet);
}
