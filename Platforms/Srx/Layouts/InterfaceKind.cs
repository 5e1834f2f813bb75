namespace RouterOS.Srx.Layouts;

/// <summary>Kinds of physical interfaces.</summary>
internal enum InterfaceKind
{
    /// <summary>A port of the chassis.</summary>
    Ethernet,

    /// <summary>The secure tunnel interface.</summary>
    Tunnel,

    /// <summary>The interface of GRE tunnels.</summary>
    Gre,

    /// <summary>The interface of tunnels of IP in IP.</summary>
    IpInIp,

    /// <summary>The loopback interface.</summary>
    Loopback,
}
