using System.Net;
using System.Net.Sockets;
using RouterOS.Abstractions.Chassis;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Core.Network;

/// <summary>What is wrong with interfaces, addresses and static routes of a candidate: pure.</summary>
public static class NetworkValidation
{
    private const uint SmallestInetMtu = 68;
    private const uint SmallestInet6Mtu = 1280;
    private const uint SmallestMediaMtu = 256;
    private const uint LargestMediaMtu = 9192;
    private const uint LargestTunnelMtu = 65535;
    private const uint LargestVlan = 4094;

    /// <summary>Checks a candidate against the chassis.</summary>
    public static IReadOnlyList<Finding> Validate(SystemIntent intent, ChassisProfile profile)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(profile);
        List<Finding> findings = [];
        HashSet<string> ports = [.. profile.Slots.SelectMany(slot => slot.Ports).Select(port => port.Name)];
        HashSet<string> names = new(StringComparer.Ordinal);
        HashSet<string> physicals = new(StringComparer.Ordinal);
        foreach (PhysicalInterface physical in intent.Interfaces)
        {
            foreach (LogicalInterface unit in physical.Units.Where(unit => unit.Name.Length == 0 || !names.Add(unit.Name)))
            {
                findings.Add(Error(unit.Source, $"A unit of {physical.Name} has no name, or one that is there already: '{unit.Name}'."));
            }

            if (!physicals.Add(physical.Name))
            {
                findings.Add(Error(physical.Source, $"{physical.Name} is defined twice."));
            }

            if (physical.LinkType.Length == 0)
            {
                findings.Add(Error(physical.Source, $"{physical.Name} has no link type."));
            }

            CheckPhysical(physical, ports, profile, findings);
        }

        HashSet<string> instances = new(StringComparer.Ordinal) { string.Empty, intent.MainInstance };
        foreach (RoutingInstance instance in intent.Instances.Where(instance => !instances.Add(instance.Name)))
        {
            findings.Add(Error(instance.Source, $"Routing instance {instance.Name} is defined twice."));
        }

        foreach (LogicalInterface unit in intent.Interfaces.SelectMany(physical => physical.Units).Where(unit => !instances.Contains(unit.Instance)))
        {
            findings.Add(Error(unit.Source, $"There is no routing instance {unit.Instance} for {unit.Name}."));
        }

        foreach (StaticRoute route in intent.StaticRoutes.Where(route => !instances.Contains(route.Instance)))
        {
            findings.Add(Error(route.Source, $"There is no routing instance {route.Instance} for route {route.Prefix}/{route.PrefixLength}."));
        }

        foreach (AggregateRoute route in intent.Aggregates)
        {
            string name = $"{route.Prefix}/{route.PrefixLength}";
            if (!IpPrefix.TryParse(route.Prefix, route.PrefixLength, out IPAddress prefix))
            {
                findings.Add(Error(route.Source, $"{name} is no prefix."));
            }
            else
            {
                CheckBits(route.Source, name, prefix, route.PrefixLength, findings);
            }

            if (!instances.Contains(route.Instance))
            {
                findings.Add(Error(route.Source, $"There is no routing instance {route.Instance} for route {name}."));
            }
        }

        foreach (string instance in intent.Interfaces.SelectMany(physical => physical.Units).Select(unit => Named(intent, unit.Instance)).Distinct().ToArray())
        {
            CheckAddresses(intent, instance, findings);
        }

        foreach (string instance in intent.StaticRoutes.Select(route => Named(intent, route.Instance)).Distinct().ToArray())
        {
            CheckRoutes(intent, instance, findings);
        }

        return findings;
    }

    private static void CheckPhysical(PhysicalInterface physical, HashSet<string> ports, ChassisProfile profile, List<Finding> findings)
    {
        if (physical.LinkType == "ethernet" && !ports.Contains(physical.Name))
        {
            findings.Add(Error(physical.Source, $"{profile.Model} has no port {physical.Name}."));
        }

        HashSet<uint> vlans = [];
        foreach (LogicalInterface unit in physical.Units.Where(_ => physical.LinkType == "ethernet"))
        {
            if (unit.Vlan > LargestVlan)
            {
                findings.Add(Error(unit.Source, $"VLAN identifier {unit.Vlan} of {unit.Name} must be from 1 to {LargestVlan}."));
            }

            if (!vlans.Add(unit.Vlan))
            {
                findings.Add(Error(unit.Source, unit.Vlan == 0
                    ? $"{physical.Name} carries one unit without a VLAN identifier only."
                    : $"VLAN {unit.Vlan} of {physical.Name} is another unit's."));
            }
        }

        uint largest = physical.LinkType == "ethernet" ? LargestMediaMtu : LargestTunnelMtu;
        if (physical.Mtu != 0 && (physical.Mtu < SmallestMediaMtu || physical.Mtu > largest))
        {
            findings.Add(Error(physical.Source, $"MTU {physical.Mtu} of {physical.Name} must be from {SmallestMediaMtu} to {largest}."));
        }

        foreach (LogicalInterface unit in physical.Units)
        {
            if (unit.Inet6Mtu != 0 && (unit.Inet6Mtu < SmallestInet6Mtu || unit.Inet6Mtu > largest))
            {
                findings.Add(Error(unit.Source, $"IPv6 MTU {unit.Inet6Mtu} of {unit.Name} must be from {SmallestInet6Mtu} to {largest}."));
            }

            foreach (StaticNeighbor neighbor in unit.Neighbors.Where(n => n.LinkAddress.Length != 6 || !IpPrefix.TryParse(n.Address, out _)))
            {
                findings.Add(Error(unit.Source, $"'{neighbor.Address}' of {unit.Name} is no neighbour."));
            }

            if (unit.InetMtu != 0 && (unit.InetMtu < SmallestInetMtu || unit.InetMtu > largest))
            {
                findings.Add(Error(unit.Source, $"MTU {unit.InetMtu} of {unit.Name} must be from {SmallestInetMtu} to {largest}."));
            }
        }
    }

    private static string Named(SystemIntent intent, string instance) => instance == intent.MainInstance ? string.Empty : instance;

    private static void CheckAddresses(SystemIntent intent, string instance, List<Finding> findings)
    {
        List<(IpPrefix Network, IPAddress Address, string Interface)> seen = [];
        foreach (LogicalInterface unit in intent.Interfaces.SelectMany(physical => physical.Units).Where(unit => Named(intent, unit.Instance) == instance))
        {
            foreach (InterfaceAddress configured in unit.Addresses)
            {
                if (!IpPrefix.TryParse(configured.Address, configured.PrefixLength, out IPAddress address) || !IsForInterface(address))
                {
                    findings.Add(Error(configured.Source, $"{configured.Address}/{configured.PrefixLength} is no address for an interface."));
                    continue;
                }

                IpPrefix network = IpPrefix.Around(address, (int)configured.PrefixLength);
                IpPrefix host = IpPrefix.Host(address);
                if (!network.IsVersion6 && network.Length <= 30 && (host.Address == network.Address || host == network.Broadcast))
                {
                    findings.Add(Error(configured.Source, $"{configured.Address} is the {(host.Address == network.Address ? "network" : "broadcast")} address of {network}."));
                }

                foreach ((IpPrefix other, IPAddress otherAddress, string @interface) in seen)
                {
                    if (otherAddress.Equals(address))
                    {
                        findings.Add(Error(configured.Source, $"{configured.Address} is configured on {@interface} already."));
                    }
                    else if (@interface != unit.Name && other.Overlaps(network))
                    {
                        findings.Add(Error(configured.Source, $"{network} on {unit.Name} overlaps {other} on {@interface}."));
                    }
                }

                seen.Add((network, address, unit.Name));
            }
        }
    }

    private static void CheckRoutes(SystemIntent intent, string instance, List<Finding> findings)
    {
        // As if every link were up: what does not resolve then never will.
        InterfaceState[] interfaces = [.. from physical in intent.Interfaces
                                          from unit in physical.Units
                                          where Named(intent, unit.Instance) == instance
                                          select new InterfaceState(0, unit.Name, physical.LinkType, string.Empty, true, true, 0, AddressesOf(unit, AddressFamily.InterNetwork))
                                          {
                                              Addresses6 = AddressesOf(unit, AddressFamily.InterNetworkV6),
                                          }];
        List<RouteState> direct = [];
        foreach (InterfaceState state in interfaces)
        {
            foreach (InterfaceAddressState address in state.Addresses.Concat(state.Addresses6))
            {
                IpPrefix network = IpPrefix.Around(address.Address, address.PrefixLength);
                foreach (IpPrefix there in address.Destination is { } end ? [network, IpPrefix.Host(end)] : new[] { network })
                {
                    if (direct.TrueForAll(r => RouteTable.PrefixOf(r) != there))
                    {
                        direct.Add(new(there.Network, there.Length, RouteProtocol.Direct, 0, true, default, state.Name, null));
                    }
                }
            }
        }

        RouteTable table = new(direct);
        foreach (StaticRoute route in intent.StaticRoutes.Where(route => Named(intent, route.Instance) == instance))
        {
            string name = $"{route.Prefix}/{route.PrefixLength}";
            if (!IpPrefix.TryParse(route.Prefix, route.PrefixLength, out IPAddress prefix))
            {
                findings.Add(Error(route.Source, $"{name} is no prefix."));
                continue;
            }

            CheckBits(route.Source, name, prefix, route.PrefixLength, findings);
            foreach (string next in route.NextHopInterfaces.Where(next => !interfaces.Any(i => i.Name == next)))
            {
                findings.Add(Warning(route.Source, $"Route {name} leads to {next}, which is not configured; it stays inactive."));
            }

            if (route.NextHopAddresses.Count > 0 && !route.Resolve && RouteComputation.Resolve(route, interfaces, table, default) is null)
            {
                findings.Add(Warning(route.Source, $"Next hop {string.Join(", ", route.NextHopAddresses)} of route {name} is on no network of an interface; the route stays inactive."));
            }
        }
    }

    private static void CheckBits(Source source, string name, IPAddress prefix, uint length, List<Finding> findings)
    {
        IpPrefix around = IpPrefix.Around(prefix, (int)length);
        if (!around.Network.Equals(prefix))
        {
            findings.Add(Error(source, $"{name} has bits set behind its prefix length; {around} would be right."));
        }
    }

    // A link-local address is not configured: a port has one of its own.
    private static bool IsForInterface(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? !address.IsIPv6Multicast && !address.IsIPv6LinkLocal && !address.Equals(IPAddress.IPv6Any) && !address.Equals(IPAddress.IPv6Loopback)
        : IpPrefix.ToNumber(address) is not (0 or >= 0xe0000000);

    private static InterfaceAddressState[] AddressesOf(LogicalInterface unit, AddressFamily family) =>
        [.. from address in unit.Addresses
            where IpPrefix.TryParse(address.Address, address.PrefixLength, out IPAddress parsed) && parsed.AddressFamily == family
            select InterfaceTable.StateOf(address, IPAddress.Parse(address.Address))];

    private static Finding Error(Source? source, string message) =>
        new() { Severity = Finding.Types.Severity.Error, Source = source ?? new(), Message = message };

    private static Finding Warning(Source? source, string message) =>
        new() { Severity = Finding.Types.Severity.Warning, Source = source ?? new(), Message = message };
}
