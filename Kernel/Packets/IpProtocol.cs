namespace RouterOS.Packets;

/// <summary>What an IP packet carries (IANA "Assigned Internet Protocol Numbers"), as far as this router treats it by name.</summary>
public enum IpProtocol : byte
{
    /// <summary>ICMP (RFC 792).</summary>
    Icmp = 1,

    /// <summary>IGMP (RFC 3376).</summary>
    Igmp = 2,

    /// <summary>IPv4 inside IP (RFC 2003).</summary>
    Ipv4 = 4,

    /// <summary>TCP (RFC 9293).</summary>
    Tcp = 6,

    /// <summary>UDP (RFC 768).</summary>
    Udp = 17,

    /// <summary>IPv6 inside another packet (RFC 2473).</summary>
    Ipv6 = 41,

    /// <summary>GRE (RFC 2784).</summary>
    Gre = 47,

    /// <summary>ESP (RFC 4303).</summary>
    Esp = 50,

    /// <summary>AH (RFC 4302).</summary>
    Ah = 51,

    /// <summary>ICMPv6 (RFC 4443).</summary>
    Icmp6 = 58,

    /// <summary>OSPF (RFC 2328).</summary>
    Ospf = 89,
}
