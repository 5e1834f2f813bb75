using Google.Protobuf;
using RouterOS.Proto.Forwarding.V1;

namespace RouterOS.Unit.Forwarding;

/// <summary>Rows in wire form.</summary>
internal static class Rows
{
    public static byte[] Interface(uint index, string port, string address, uint length) => new InterfaceRow
    {
        Index = index,
        Name = $"if{index}",
        LinkType = "ethernet",
        Port = port,
        Mtu = 1500,
        Up = true,
        Addresses = { new InterfacePrefix { Address = Chassis.Ip(address), PrefixLength = length } },
    }.ToByteArray();

    public static byte[] Connected(uint index, string prefix, uint length) => new RouteRow
    {
        Prefix = Chassis.Ip(prefix), PrefixLength = length, Kind = RouteRow.Types.Kind.Forward, Interface = index,
    }.ToByteArray();

    public static byte[] Local(uint index, string address) => new RouteRow
    {
        Prefix = Chassis.Ip(address), PrefixLength = 32, Kind = RouteRow.Types.Kind.Local, Interface = index,
    }.ToByteArray();
}
