using RouterOS.Proto.Module.V1;

namespace RouterOS.Sdk.Packets;

/// <summary>Control packets of a plugin: punted by the modules, injected into them.</summary>
public interface IControlPackets
{
    /// <summary>Calls <paramref name="handler"/> on the subscriber's strand for every packet punted on a channel (<c>udp:500</c>, <c>icmp</c>).</summary>
    void Subscribe(string channel, Action<PuntPacket> handler);

    /// <summary>Sends a packet; never blocks. Without an attached module it is lost, as on a wire.</summary>
    void Inject(InjectPacket packet);
}
