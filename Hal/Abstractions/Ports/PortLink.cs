namespace RouterOS.Abstractions.Ports;

/// <summary>Link layer of a port.</summary>
public enum PortLink
{
    /// <summary>Ethernet II frames.</summary>
    Ethernet,

    /// <summary>Bare IP packets (a TUN device).</summary>
    RawIp,
}
