using RouterOS.Proto.Flow.V1;

namespace RouterOS.Srx.Bindings;

/// <summary>Packets to the router, as the flow contract names them.</summary>
/// <param name="Protocol">IP protocol.</param>
/// <param name="First">First port, or ICMP type; 0xffff for any.</param>
/// <param name="Last">Last port or type.</param>
internal readonly record struct HostPackets(uint Protocol, uint First, uint Last)
{
    private const uint Any = 0xffff;

    /// <summary>True when the protocol alone decides.</summary>
    public bool WholeProtocol => First == Any;

    /// <summary>All packets of a protocol.</summary>
    public static HostPackets Of(uint protocol) => new(protocol, Any, Any);

    /// <summary>A TCP port.</summary>
    public static HostPackets Tcp(uint port) => new(6, port, port);

    /// <summary>UDP ports.</summary>
    public static HostPackets Udp(uint first, uint? last = null) => new(17, first, last ?? first);

    /// <summary>An ICMP type.</summary>
    public static HostPackets Icmp(uint type) => new(1, type, type);

    /// <summary>The packets as a service of the contract.</summary>
    public Service ToService(string name) => new() { Name = name, Protocol = Protocol, FirstPort = First, LastPort = Last };
}
