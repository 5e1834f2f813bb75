namespace RouterOS.L2tp.Control;

/// <summary>A peer's address, as long as there are tunnels to it or memories of them.</summary>
/// <param name="number">Number for show.</param>
/// <param name="address">The address.</param>
internal sealed class Destination(uint number, uint address)
{
    public uint Number { get; } = number;

    public uint Address { get; } = address;

    /// <summary>Tunnels that keep it, ended ones included.</summary>
    public int Users { get; set; }
}
