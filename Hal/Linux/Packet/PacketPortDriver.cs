using RouterOS.Abstractions.Ports;
using RouterOS.Linux.Native;

namespace RouterOS.Linux.Packet;

/// <summary>The port driver <c>packet:DEVICE</c>: owns a network device of the host.</summary>
public sealed class PacketPortDriver : IPortDriver
{
    /// <inheritdoc/>
    public string Name => "packet";

    /// <inheritdoc/>
    public string Help => "packet:DEVICE  an Ethernet device of this host (AF_PACKET); needs CAP_NET_RAW, and CAP_NET_ADMIN to switch it on";

    /// <inheritdoc/>
    public IPort Open(string portName, string argument) => Open(portName, argument, queues: 1);

    /// <inheritdoc/>
    public IPort Open(string portName, string argument, int queues)
    {
        if (!NetworkDevice.IsName(argument))
        {
            throw new PortException($"{portName}: '{argument}' cannot be the name of a network device; write packet:eth1, for example.");
        }

        NetworkDevice device = new(argument);
        try
        {
            uint index = device.Index;
            if (index == 0)
            {
                throw new PortException($"{portName}: there is no network device '{argument}' here; `ip link` lists those there are.");
            }

            byte[] address = device.EthernetAddress
                ?? throw new PortException($"{portName}: the device '{argument}' is not Ethernet; packet: needs an Ethernet device.");
            // Before the sockets: a socket can share frames with others only on a device that is on.
            device.TrySwitchOn();
            PacketSockets[] sockets = PacketSocketOpener.Open(portName, argument, index, queues);
            device.ShieldHost();
            return new PacketPort(device, address, [.. sockets.Select(queue => new PacketQueue(queue))]);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }
}
