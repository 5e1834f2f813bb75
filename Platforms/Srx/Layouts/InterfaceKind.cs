namespace RouterOS.Srx.Layouts;

/// <summary>Kinds of physical interfaces.</summary>
internal enum InterfaceKind
{
    /// <summary>A port of the chassis.</summary>
    Ethernet,

    /// <summary>The secure tunnel interface.</summary>
    Tunnel,

    /// <summary>The loopback interface.</summary>
    Loopback,
}
