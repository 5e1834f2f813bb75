namespace RouterOS.Abstractions.Ports;

/// <summary>Super-packets (see <see cref="Packets.SuperPacket"/>) that a port sends whole; others are cut before they reach it.</summary>
[Flags]
public enum PortOffloads
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>TCP over IPv4.</summary>
    TcpSegmentation = 1,

    /// <summary>UDP over IPv4.</summary>
    UdpSegmentation = 2,
}
