using RouterOS.Abstractions.Chassis;
using RouterOS.Core.Network;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Kernel.V1;

namespace RouterOS.Unit.Core.Network;

public sealed class NetworkValidationTests
{
    internal static readonly ChassisProfile Profile = new(
        "test", "TEST1", "Two ports", "junos",
        [new(0, "line", "FPC 0", "Ports", [new("ge-0/0/0", "ge", 1_000_000_000), new("ge-0/0/1", "ge", 1_000_000_000)])],
        new HashSet<string>(), new Dictionary<string, int>());

    [Fact]
    public void A_sound_configuration_has_no_findings() => Assert.Empty(NetworkValidation.Validate(Intents.TwoSites(), Profile));

    [Theory]
    [InlineData("ge-0/0/9", "203.0.113.1", 24, "TEST1 has no port ge-0/0/9.")]
    [InlineData("lo1", "192.0.2.1", 32, "192.0.2.1 is configured on ge-0/0/0.0 already.")]
    [InlineData("lo1", "192.0.2.77", 25, "192.0.2.0/25 on lo1.0 overlaps 192.0.2.0/24 on ge-0/0/0.0.")]
    [InlineData("lo1", "203.0.113.0", 24, "203.0.113.0 is the network address of 203.0.113.0/24.")]
    [InlineData("lo1", "203.0.113.255", 24, "203.0.113.255 is the broadcast address of 203.0.113.0/24.")]
    [InlineData("lo1", "224.0.0.1", 24, "224.0.0.1/24 is no address for an interface.")]
    public void A_wrong_interface_is_refused_with_the_reason(string name, string address, uint length, string message)
    {
        SystemIntent intent = Intents.TwoSites();
        intent.Interfaces.Add(Intents.Interface(name, name.StartsWith("ge", StringComparison.Ordinal) ? "ethernet" : "loopback", address, length));
        Finding finding = Assert.Single(NetworkValidation.Validate(intent, Profile));
        Assert.Equal((Finding.Types.Severity.Error, message), (finding.Severity, finding.Message));
    }

    [Fact]
    public void A_next_hop_that_no_network_holds_is_a_warning()
    {
        SystemIntent intent = Intents.TwoSites();
        intent.StaticRoutes.Add(new StaticRoute { Prefix = "10.9.0.0", PrefixLength = 16, NextHopAddresses = { "203.0.113.9" } });
        intent.StaticRoutes.Add(new StaticRoute { Prefix = "10.8.0.0", PrefixLength = 16, NextHopInterfaces = { "st0.9" } });
        intent.StaticRoutes.Add(new StaticRoute { Prefix = "10.7.0.0", PrefixLength = 16, NextHopAddresses = { "10.11.11.11" } });
        IReadOnlyList<Finding> findings = NetworkValidation.Validate(intent, Profile);
        Assert.All(findings, finding => Assert.Equal(Finding.Types.Severity.Warning, finding.Severity));
        Assert.Equal(2, findings.Count);
    }

    [Fact]
    public void Host_bits_an_mtu_out_of_range_and_a_second_unit_are_refused()
    {
        SystemIntent intent = Intents.TwoSites();
        intent.Interfaces[0].Mtu = 99;
        intent.Interfaces[0].Units[0].InetMtu = 20_000;
        intent.Interfaces[1].Units.Add(new LogicalInterface { Name = "ge-0/0/1.1", Unit = 1 });
        intent.StaticRoutes.Add(new StaticRoute { Prefix = "10.9.1.1", PrefixLength = 16, Discard = true });
        Assert.Equal(4, NetworkValidation.Validate(intent, Profile).Count(f => f.Severity == Finding.Types.Severity.Error));
    }
}
