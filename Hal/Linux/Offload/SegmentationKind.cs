namespace RouterOS.Linux.Offload;

/// <summary>What kind of frame the sender left to be cut (VIRTIO_NET_HDR_GSO_*).</summary>
internal enum SegmentationKind : byte
{
    /// <summary>An ordinary frame.</summary>
    None = 0,

    /// <summary>TCP over IPv4.</summary>
    TcpIpv4 = 1,

    /// <summary>One UDP datagram to be cut into IP fragments.</summary>
    UdpFragments = 3,

    /// <summary>TCP over IPv6.</summary>
    TcpIpv6 = 4,

    /// <summary>UDP datagrams of equal size.</summary>
    Udp = 5,
}
