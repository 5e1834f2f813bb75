using RouterOS.Abstractions.Chassis;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Core.Network;

/// <summary>What is wrong with interfaces, addresses and static routes of a candidate: pure.</summary>
public static class NetworkValidation
{
    private const uint SmallestInetMtu = 68;
    private const uint SmallestMediaMtu = 256;
    private const uint LargestMediaMtu = 9192;

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

        CheckAddresses(intent, findings);
        CheckRoutes(intent, findings);
        return findings;
    }

    private static void CheckPhysical(PhysicalInterface physical, HashSet<string> ports, ChassisProfile profile, List<Finding> findings)
    {
        if (physical.LinkType == "ethernet" && !ports.Contains(physical.Name))
        {
            findings.Add(Error(physical.Source, $"{profile.Model} has no port {physical.Name}."));
        }

        if (physical.LinkType == "ethernet" && physical.Units.Count > 1)
        {
            findings.Add(Error(physical.Units[1].Source, $"{physical.Name} carries one unit only: VLAN tagging is not done."));
        }

        if (physical.Mtu != 0 && physical.Mtu is < SmallestMediaMtu or > LargestMediaMtu)
        {
            findings.Add(Error(physical.Source, $"MTU {physical.Mtu} of {physical.Name} must be from {SmallestMediaMtu} to {LargestMediaMtu}."));
        }

        foreach (LogicalInterface unit in physical.Units)
        {
            if (unit.InetMtu != 0 && unit.InetMtu is < SmallestInetMtu or > LargestMediaMtu)
            {
                findings.Add(Error(unit.Source, $"MTU {unit.InetMtu} of {unit.Name} must be from {SmallestInetMtu} to {LargestMediaMtu}."));
            }
        }
    }

    private static void CheckAddresses(SystemIntent intent, List<Finding> findings)
    {
        List<(Ipv4Prefix Network, uint Address, string Interface)> seen = [];
        foreach (LogicalInterface unit in intent.Interfaces.SelectMany(physical => physical.Units))
        {
            foreach (InterfaceAddress configured in unit.Addresses)
            {
                if (!Ipv4Prefix.TryParse(configured.Address, out uint address) || configured.PrefixLength > 32 || address is 0 or >= 0xe0000000)
                {
                    findings.Add(Error(configured.Source, $"{configured.Address}/{configured.PrefixLength} is no address for an interface."));
                    continue;
                }

                Ipv4Prefix network = Ipv4Prefix.Around(address, (int)configured.PrefixLength);
                if (network.Length <= 30 && (address == network.Address || address == network.Broadcast))
                {
                    findings.Add(Error(configured.Source, $"{configured.Address} is the {(address == network.Address ? "network" : "broadcast")} address of {network}."));
                }

                foreach ((Ipv4Prefix other, uint otherAddress, string @interface) in seen)
                {
                    if (otherAddress == address)
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

    private static void CheckRoutes(SystemIntent intent, List<Finding> findings)
    {
        // As if every link were up: what does not resolve then never will.
        InterfaceState[] interfaces = [.. from physical in intent.Interfaces
                                          from unit in physical.Units
                                          select new InterfaceState(0, unit.Name, physical.LinkType, string.Empty, true, true, 0, AddressesOf(unit))];
        List<RouteState> direct = [];
        foreach (InterfaceState state in interfaces)
        {
            foreach (InterfaceAddressState address in state.Addresses)
            {
                Ipv4Prefix network = Ipv4Prefix.Around(Ipv4Prefix.ToNumber(address.Address), address.PrefixLength);
                if (direct.TrueForAll(r => RouteTable.PrefixOf(r) != network))
                {
                    direct.Add(new(Ipv4Prefix.ToAddress(network.Address), network.Length, RouteProtocol.Direct, 0, true, default, state.Name, null));
                }
            }
        }

        RouteTable table = new(direct);
        foreach (StaticRoute route in intent.StaticRoutes)
        {
            string name = $"{route.Prefix}/{route.PrefixLength}";
            if (!Ipv4Prefix.TryParse(route.Prefix, out uint prefix) || route.PrefixLength > 32)
            {
                findings.Add(Error(route.Source, $"{name} is no prefix."));
                continue;
            }

            if (Ipv4Prefix.Around(prefix, (int)route.PrefixLength).Address != prefix)
            {
                findings.Add(Error(route.Source, $"{name} has bits set behind its prefix length; {Ipv4Prefix.Around(prefix, (int)route.PrefixLength)} would be right."));
            }

            foreach (string next in route.NextHopInterfaces.Where(next => !interfaces.Any(i => i.Name == next)))
            {
                findings.Add(Warning(route.Source, $"Route {name} leads to {next}, which is not configured; it stays inactive."));
            }

            if (route.NextHopAddresses.Count > 0 && RouteComputation.Resolve(route, interfaces, table, default) is null)
            {
                findings.Add(Warning(route.Source, $"Next hop {string.Join(", ", route.NextHopAddresses)} of route {name} is on no network of an interface; the route stays inactive."));
            }
        }
    }

    private static InterfaceAddressState[] AddressesOf(LogicalInterface unit) =>
        [.. from address in unit.Addresses
            where address.PrefixLength <= 32 && Ipv4Prefix.TryParse(address.Address, out _)
            select new InterfaceAddressState(System.Net.IPAddress.Parse(address.Address), (int)address.PrefixLength)];

    private static Finding Error(Source? source, string message) =>
        new() { Severity = Finding.Types.Severity.Error, Source = source ?? new(), Message = message };

    private static Finding Warning(Source? source, string message) =>
        new() { Severity = Finding.Types.Severity.Warning, Source = source ?? new(), Message = message };
}
