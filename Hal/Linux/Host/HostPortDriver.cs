using RouterOS.Abstractions.Ports;
using RouterOS.Linux.Native;

namespace RouterOS.Linux.Host;

/// <summary>The port driver <c>host:DEVICE</c>: shares the host's own address on a device.</summary>
public sealed class HostPortDriver : IPortDriver
{
    /// <inheritdoc/>
    public string Name => "host";

    /// <inheritdoc/>
    public string Help =>
        "host:DEVICE[,udp=500+4500+…]  shares the host's own IPv4 address: ESP, AH, GRE and these UDP ports are the router's; needs CAP_NET_RAW";

    /// <inheritdoc/>
    public IPort Open(string portName, string argument)
    {
        HostPortClaims claims = HostPortClaims.Parse(argument, out string reason) ?? throw new PortException($"{portName}: {reason}.");
        if (!NetworkDevice.IsName(claims.Device))
        {
            throw new PortException($"{portName}: '{claims.Device}' cannot be the name of a network device; write host:eth0, for example.");
        }

        NetworkDevice device = new(claims.Device);
        try
        {
            if (device.Index == 0)
            {
                throw new PortException($"{portName}: there is no network device '{claims.Device}' here; `ip link` lists those there are.");
            }

            uint address = device.Ipv4Address ?? throw new PortException(
                $"{portName}: the device '{claims.Device}' has no IPv4 address to share; give it one with `ip address add`, or use packet:.");
            HostSockets sockets = HostSockets.Open(portName, claims, address);
            if (HostIpsec.Find() is { } found)
            {
                sockets.Dispose();
                throw new PortException(
                    $"{portName}: the host's own IPsec has {found}, which would take the router's packets; stop the program that made them, or "
                    + "remove them with `ip xfrm state flush` and `ip xfrm policy flush`.");
            }

            return new HostPort(device, address, sockets, Notice(portName, claims, address));
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    private static string Notice(string portName, HostPortClaims claims, uint address) =>
        $"{portName} shares {HostSockets.Text(address)} on {claims.Device}: ESP, AH, GRE and UDP {string.Join(", ", claims.UdpPorts)} are the "
        + "router's; ARP, ICMP and everything else stay the host's";
}
