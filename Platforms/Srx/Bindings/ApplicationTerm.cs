namespace RouterOS.Srx.Bindings;

/// <summary>One form of an application; a last port of 0 means any port.</summary>
/// <param name="Protocol">IP protocol; 0: any.</param>
/// <param name="FirstPort">First destination port, or ICMP type.</param>
/// <param name="LastPort">Last destination port or type.</param>
/// <param name="FirstSource">First source port.</param>
/// <param name="LastSource">Last source port.</param>
/// <param name="TimeoutSeconds">Time without traffic after which a session ends; 0: the protocol's default.</param>
internal readonly record struct ApplicationTerm(
    uint Protocol, uint FirstPort = 0, uint LastPort = 0, uint FirstSource = 0, uint LastSource = 0, uint TimeoutSeconds = 0)
{
    /// <summary>Code of an ICMP message; null for any.</summary>
    public uint? IcmpCode { get; init; }
}
