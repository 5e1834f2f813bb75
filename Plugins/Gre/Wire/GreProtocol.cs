namespace RouterOS.Gre.Wire;

/// <summary>What a GRE packet carries: EtherTypes (RFC 2784 section 2.4).</summary>
public enum GreProtocol : ushort
{
    /// <summary>Nothing: a keepalive on its way back.</summary>
    Keepalive = 0,

    /// <summary>IPv4.</summary>
    Ipv4 = 0x0800,

    /// <summary>IPv6 (RFC 7676).</summary>
    Ipv6 = 0x86dd,
}
