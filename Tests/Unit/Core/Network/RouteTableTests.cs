using System.Net;
using FsCheck;
using FsCheck.Fluent;
using RouterOS.Core.Network;
using RouterOS.Sdk.Network;

namespace RouterOS.Unit.Core.Network;

public sealed class RouteTableTests
{
    // Prefixes that nest and touch: few values per octet, many lengths, both families.
    private static readonly Gen<IpPrefix> s_prefixes =
        from version6 in Gen.Elements(false, true)
        from length in Gen.Elements(0, 1, 7, 8, 9, 16, 23, 24, 25, 30, 31, 32)
        from behind in Gen.Elements(0, 16, 95, 96)
        from octets in Gen.Elements<byte>(0, 1, 10, 128, 255).ArrayOf(16)
        select IpPrefix.Around(new IPAddress(version6 ? octets : octets[..4]), version6 ? length + behind : length);

    [Fact]
    public void Lookup_agrees_with_trying_every_route() => Prop.ForAll(
        (from prefixes in s_prefixes.ListOf() from address in s_prefixes select (prefixes.Distinct().ToArray(), address.Network)).ToArbitrary(),
        sample =>
        {
            (IpPrefix[] prefixes, IPAddress address) = sample;
            RouteTable table = new(prefixes.Select(Active));
            IpPrefix[] matching = [.. prefixes.Where(p => p.Contains(IpPrefix.Host(address)))];
            IpPrefix? expected = matching.Length == 0 ? null : matching.MaxBy(p => p.Length);
            RouteState? found = table.Lookup(address);
            return expected is null ? found is null : found is not null && RouteTable.PrefixOf(found) == expected;
        }).Check(Seeded.Config);

    [Fact]
    public void Inactive_routes_are_listed_and_never_found()
    {
        RouteTable table = new([Active(new(0x0a000000, 8, false)) with { Active = false, Preference = 5 }]);
        Assert.Single(table.All);
        Assert.Null(table.Lookup(IPAddress.Parse("10.0.0.1")));
    }

    private static RouteState Active(IpPrefix prefix) =>
        new(prefix.Network, prefix.Length, RouteProtocol.Static, 5, true, default, "ge-0/0/0.0", IPAddress.Loopback);
}
