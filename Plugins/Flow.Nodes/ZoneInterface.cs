using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>One interface's zone and what it accepts for the router itself.</summary>
internal sealed class ZoneInterface
{
    private const uint AnyValue = 0xffff;

    private readonly bool _allServices;
    private readonly bool _allProtocols;
    private readonly bool[] _protocols = new bool[256];
    private readonly Service[] _services;

    public ZoneInterface(ZoneInterfaceRow row)
    {
        Zone = row.Zone;
        TcpReset = row.TcpReset;
        IsGre = row.Gre;
        IsManagement = row.Management;
        (ReversePath, ReversePath6) = (row.ReversePath, row.ReversePath6);
        Screen = row.Screen is null ? null : new ScreenSettings(row.Screen);
        HostInboundRow host = row.HostInbound ?? new HostInboundRow();
        _allServices = host.AllServices;
        _allProtocols = host.AllProtocols;
        _services = [.. host.Services];
        foreach (uint protocol in host.Protocols)
        {
            _protocols[(byte)protocol] = true;
        }
    }

    public uint Zone { get; }

    public bool TcpReset { get; }

    /// <summary>Nothing passes through it.</summary>
    public bool IsManagement { get; }

    /// <summary>It is a GRE tunnel.</summary>
    public bool IsGre { get; }

    /// <summary>Which way a packet's source must have a route, by family.</summary>
    public ReversePath ReversePath { get; }

    public ReversePath ReversePath6 { get; }

    /// <summary>What is checked of packets that come in; null for nothing.</summary>
    public ScreenSettings? Screen { get; }

    /// <summary>True when a packet to the router may come in here.</summary>
    public bool Accepts(in FlowPacket packet)
    {
        FlowKey key = packet.Key;
        bool isService = (IpProtocol)key.Protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Icmp or IpProtocol.Icmp6;
        if (isService ? _allServices : _allProtocols || _protocols[(byte)key.Protocol])
        {
            return true;
        }

        uint value = packet.Icmp != FlowIcmp.None ? packet.IcmpType : key.DestinationPort;
        uint protocol = key.Protocol;
        if (protocol == (byte)IpProtocol.Icmp6 && value == (byte)Icmp6Type.EchoRequest)
        {
            // One word lets both kinds of ping in.
            (protocol, value) = ((byte)IpProtocol.Icmp, (byte)IcmpType.EchoRequest);
        }

        foreach (Service service in _services)
        {
            if (service.Protocol == protocol
                && ((service.FirstPort <= value && value <= service.LastPort) || service.FirstPort == AnyValue))
            {
                return true;
            }
        }

        // Routing protocols over TCP or UDP (BGP, RIP) are named as services by the control half.
        return false;
    }
}
