namespace RouterOS.Erx.Profiles;

/// <summary>What a module does.</summary>
internal enum ErxModuleKind
{
    /// <summary>SRP: control, and a management port.</summary>
    SwitchRouteProcessor,

    /// <summary>Ports.</summary>
    Line,

    /// <summary>Tunnel-server module: L2TP, GRE and DVMRP in the clear, reassembly.</summary>
    TunnelService,

    /// <summary>ISM: IPsec, and L2TP, GRE and DVMRP under it; never in the clear.</summary>
    IpsecService,

    /// <summary>Switch fabric.</summary>
    Fabric,
}
