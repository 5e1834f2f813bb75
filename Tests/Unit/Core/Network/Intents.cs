using RouterOS.Core.Network;
using RouterOS.Proto.Kernel.V1;

namespace RouterOS.Unit.Core.Network;

/// <summary>Intents for tests.</summary>
internal static class Intents
{
    /// <summary>Outside, inside, a tunnel, a loopback; a route to nowhere and one that refuses.</summary>
    public static SystemIntent TwoSites() => new()
    {
        HostName = "edge",
        Interfaces =
        {
            Ethernet("ge-0/0/0", "192.0.2.1", 24),
            Ethernet("ge-0/0/1", "10.1.0.1", 16),
            Interface("st0", "esp", "10.11.11.10", 24),
            Interface("lo0", "loopback", "10.255.0.1", 32),
        },
        StaticRoutes =
        {
            new StaticRoute { Prefix = "198.18.0.0", PrefixLength = 15, Discard = true },
            new StaticRoute { Prefix = "198.51.100.0", PrefixLength = 24, Reject = true },
        },
    };

    public static PhysicalInterface Ethernet(string name, string address, uint length) => Interface(name, "ethernet", address, length);

    public static PhysicalInterface Interface(string name, string linkType, string address, uint length) => new()
    {
        Name = name,
        LinkType = linkType,
        Units =
        {
            new LogicalInterface
            {
                Name = name + ".0",
                Inet = true,
                Addresses = { new InterfaceAddress { Address = address, PrefixLength = length } },
            },
        },
    };

    public static System.Net.IPAddress Address(string text) => IpPrefix.TryParse(text, out System.Net.IPAddress address) ? address : throw new FormatException(text);
}
