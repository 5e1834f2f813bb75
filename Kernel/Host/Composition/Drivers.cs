using RouterOS.Abstractions.Ports;
using RouterOS.Linux.Host;
using RouterOS.Linux.Packet;
using RouterOS.Linux.Tun;
using RouterOS.Linux.Wire;
using RouterOS.Simulation;
using RouterOS.Simulation.Pcap;

namespace RouterOS.Host.Composition;

/// <summary>The port drivers of this build, by name.</summary>
internal static class Drivers
{
    /// <summary>All drivers; <c>memory:</c> wires are those of the given one, so that chassis of one process can be joined.</summary>
    public static IReadOnlyDictionary<string, IPortDriver> With(MemoryPortDriver memory) =>
        new IPortDriver[]
            {
                memory, new PacketPortDriver(), new TunPortDriver(), new HostPortDriver(), new UdpWirePortDriver(), new PcapPortDriver(),
            }
            .ToDictionary(driver => driver.Name, StringComparer.Ordinal);
}
