using RouterOS.Abstractions.Ports;

namespace RouterOS.Linux.Offload;

/// <summary>What the running kernel takes in a virtio header.</summary>
internal static class KernelOffloads
{
    // Linux 6.2 taught VIRTIO_NET_HDR_GSO_UDP_L4.
    private static readonly Version s_udpSince = new(6, 2);

    /// <summary>TCP always; UDP since Linux 6.2.</summary>
    public static PortOffloads ForVirtioHeader =>
        PortOffloads.TcpSegmentation | (Environment.OSVersion.Version >= s_udpSince ? PortOffloads.UdpSegmentation : PortOffloads.None);
}
