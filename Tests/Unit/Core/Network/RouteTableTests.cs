using System.Net;
using FsCheck;
using FsCheck.Fluent;
using RouterOS.Core.Network;
using RouterOS.Sdk.Network;

namespace RouterOS.Unit.Core.Network;

public sealed class RouteTableTests
{
    // Prefixes that nest and touch: few values per octet, many lengths.
    private static readonly Gen<Ipv4Prefix> s_prefixes =
        from length in Gen.Elements(0, 1, 7, 8, 9, 16, 23, 24, 25, 30, 31, 32)
        from a in Gen.Elements(0u, 10u, 11u, 128u, 192u)
        from b in Gen.Elements(0u, 1u, 255u)
        from c in Gen.Elements(0u, 128u)
        from d in Gen.Elements(0u, 1u, 129u, 255u)
        select Ipv4Prefix.Around((a << 24) | (b << 16) | (c << 8) | d, length);

    [Fact]
    public void Lookup_agrees_with_trying_every_route() => Prop.ForAll(
        (from prefixes in s_prefixes.ListOf() from address in s_prefixes select (prefixes.Distinct().ToArray(), address.Address)).ToArbitrary(),
        sample =>
        {
            (Ipv4Prefix[] prefixes, uint address) = sample;
            RouteTable table = new(prefixes.Select(Active));
            Ipv4Prefix[] matching = [.. prefixes.Where(p => p.Contains(address))];
            Ipv4Prefix? expected = matching.Length == 0 ? null : matching.MaxBy(p => p.Length);
            RouteState? found = table.Lookup(address);
            return expected is null ? found is null : found is not null && RouteTable.PrefixOf(found) == expected;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Inactive_routes_are_listed_and_never_found()
    {
        RouteTable table = new([Active(new(0x0a000000, 8)) with { Active = false, Preference = 5 }]);
        Assert.Single(table.All);
        Assert.Null(table.Lookup(0x0a000001));
    }

    private static RouteState Active(Ipv4Prefix prefix) =>
        new(Ipv4Prefix.ToAddress(prefix.Address), prefix.Length, RouteProtocol.Static, 5, true, default, "ge-0/0/0.0", IPAddress.Loopback);
}
