using System.Runtime.InteropServices;

namespace RouterOS.Ike.Control;

/// <summary>Outer addresses and UDP ports of both ends, as this router sees them.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PeerEndpoints(PeerAddress Local, ushort LocalPort, PeerAddress Remote, ushort RemotePort)
{
    /// <summary>Routing instance in which the addresses mean something; 0 is the main one.</summary>
    public uint Instance { get; init; }

    /// <summary>UDP port of IKE on both sides.</summary>
    public const ushort Port = 500;

    /// <summary>UDP port of IKE and ESP where there is a NAT between (RFC 3947 section 4).</summary>
    public const ushort NatPort = 4500;

    /// <summary>On the port where IKE carries the marker that tells it from ESP.</summary>
    public bool IsFloated => LocalPort == NatPort;

    /// <summary>The same ends on the port for NATs; the peer's own port there is known once it has sent from it.</summary>
    public PeerEndpoints Floated() => IsFloated ? this : this with { LocalPort = NatPort, RemotePort = NatPort };
}
