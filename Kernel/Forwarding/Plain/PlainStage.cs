namespace RouterOS.Forwarding.Plain;

/// <summary>What a packet in the plain pass is at the moment, and so what the nodes would have written into its metadata.</summary>
internal enum PlainStage
{
    /// <summary>In transit, routed.</summary>
    Transit,

    /// <summary>To the router itself.</summary>
    Local,

    /// <summary>A tunnel's outer packet, routed.</summary>
    Outer,
}
