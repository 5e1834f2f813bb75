using RouterOS.Core.Network;
using RouterOS.Flow.Control;
using RouterOS.Fuzz.Configuration;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Network;

namespace RouterOS.Fuzz.Regressions;

/// <summary>What the targets of <see cref="IntentTests"/> have found.</summary>
public sealed class IntentRegressionTests
{
    [Theory]
    [InlineData((Policy.Types.Action)4, 0u)]
    [InlineData(Policy.Types.Action.Permit, 256u)]
    public void Flow_refuses_before_the_commit_what_its_modules_would_refuse_after_it(Policy.Types.Action action, uint protocol)
    {
        FlowIntent intent = new()
        {
            Zones = { new Zone { Name = "z", HostInbound = new HostInbound { Protocols = { protocol } } } },
            Policies = { new Policy { Name = "p", FromZone = "z", ToZone = "z", Action = action } },
        };
        Assert.Single(new FlowPlugin().Validate(new IntentSet([intent])));
    }

    [Fact]
    public void The_least_preferred_route_does_not_come_out_as_the_best()
    {
        StaticRoute last = new() { Prefix = "10.0.0.0", PrefixLength = 8, Discard = true, Preference = uint.MaxValue };
        StaticRoute first = new() { Prefix = "10.0.0.0", PrefixLength = 8, Reject = true };
        RouteTable table = RouteComputation.Compute(InterfaceTable.Empty, [last, first], new RouteTable([]), default);
        Assert.Equal(RouteProtocol.StaticReject, table.All.Single(route => route.Active).Protocol);
        Assert.Equal(uint.MaxValue, table.All.Single(route => !route.Active).Preference);
    }

    [Theory]
    [InlineData("ge-0/0/0", "ethernet", "ge-0/0/1.0")]
    [InlineData("ge-0/0/1", "ethernet", "ge-0/0/0.0")]
    [InlineData("ge-0/0/1", "ethernet", "")]
    [InlineData("ge-0/0/1", "", "ge-0/0/1.0")]
    public void An_interface_has_a_name_of_its_own_and_a_link_type(string name, string linkType, string unit)
    {
        SystemIntent intent = new()
        {
            Interfaces =
            {
                new PhysicalInterface { Name = "ge-0/0/0", LinkType = "ethernet", Units = { new LogicalInterface { Name = "ge-0/0/0.0" } } },
                new PhysicalInterface { Name = name, LinkType = linkType, Units = { new LogicalInterface { Name = unit } } },
            },
        };
        Assert.Single(NetworkValidation.Validate(intent, Configuration.Srx.Profile));
    }
}
