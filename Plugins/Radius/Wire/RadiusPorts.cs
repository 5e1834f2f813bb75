namespace RouterOS.Radius.Wire;

/// <summary>UDP ports of the router that RADIUS uses.</summary>
public static class RadiusPorts
{
    /// <summary>Servers' port for authentication (RFC 2865 section 3).</summary>
    public const ushort Authentication = 1812;

    /// <summary>Servers' port for accounting (RFC 2866 section 3).</summary>
    public const ushort Accounting = 1813;

    /// <summary>Our port for servers' requests (RFC 5176 section 3).</summary>
    public const ushort Dynamic = 3799;

    /// <summary>Our port for servers' requests where they were made before the RFC.</summary>
    public const ushort EarlyDynamic = 1700;

    /// <summary>First of the ports that requests are sent from.</summary>
    public const ushort FirstSource = 50812;

    /// <summary>How many there are: an identifier has 8 bits, so each of them lets 256 requests wait for one server.</summary>
    public const int Sources = 16;

    /// <summary>Every port that packets come in at.</summary>
    public static IEnumerable<ushort> All => [Dynamic, EarlyDynamic, .. Enumerable.Range(FirstSource, Sources).Select(p => (ushort)p)];
}
