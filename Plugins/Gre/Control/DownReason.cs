namespace RouterOS.Gre.Control;

/// <summary>Why a tunnel is down.</summary>
internal enum DownReason
{
    /// <summary>It is up.</summary>
    None,

    /// <summary>By configuration.</summary>
    Disabled,

    /// <summary>Source or destination is missing.</summary>
    NotConfigured,

    /// <summary>The virtual router of its outer packets does not forward.</summary>
    NoTransport,

    /// <summary>The source is no address of an interface that is up.</summary>
    NoSource,

    /// <summary>There is no route to the destination.</summary>
    NoRoute,

    /// <summary>The route to the destination leads into the tunnel itself.</summary>
    Recursion,

    /// <summary>Nothing is configured that would secure it.</summary>
    NoProfile,

    /// <summary>What secures it has no security association.</summary>
    NoAssociation,

    /// <summary>The peer has not sent keepalives back.</summary>
    NoKeepalive,
}
