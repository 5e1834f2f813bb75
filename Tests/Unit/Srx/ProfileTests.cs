using RouterOS.Abstractions.Chassis;
using RouterOS.Srx;
using RouterOS.Srx.Profiles;

namespace RouterOS.Unit.Srx;

public sealed class ProfileTests
{
    public static TheoryData<string> Names { get; } = [.. SrxModels.All.Select(m => m.Name)];

    [Fact]
    public void All_models_of_the_family_are_there() => Assert.Equal(
        ["srx100", "srx1400", "srx210", "srx220", "srx240", "srx3400", "srx3600", "srx550", "srx5600", "srx5800", "srx650"],
        new SrxPlatform().Models.Select(m => m.Name).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_port_is_named_by_its_slot_and_stands_once(string name)
    {
        ChassisProfile profile = SrxText.Profile(name);
        PortProfile[] ports = [.. profile.Slots.SelectMany(s => s.Ports)];
        Assert.Equal(ports.Length, ports.Select(p => p.Name).Distinct().Count());
        Assert.All(profile.Slots, slot => Assert.All(slot.Ports, p => Assert.Matches($"^{p.Media}-{slot.Number}/", p.Name)));
        Assert.NotEmpty(ports);
        Assert.Equal("junos", profile.Language);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_slot_holds_one_card(string name)
    {
        SlotProfile[] cards = [.. SrxText.Profile(name).Slots.Where(s => s.ModuleType != "routing-engine")];
        Assert.Equal(cards.Length, cards.Select(c => c.Number).Distinct().Count());
        Assert.All(cards, c => Assert.Equal($"FPC {c.Number}", c.Name));
    }

    [Theory]
    [InlineData("srx650")]
    [InlineData("srx550")]
    [InlineData("srx1400")]
    [InlineData("srx3400")]
    [InlineData("srx5600")]
    public void Chassis_with_slots_have_the_port_of_the_course(string name) =>
        Assert.Contains(SrxText.Profile(name).Slots.SelectMany(s => s.Ports), p => p.Name == "ge-1/0/1" && p.BitsPerSecond == 1_000_000_000);

    [Theory]
    [InlineData("srx100", "fe-0/0/0 to fe-0/0/7")]
    [InlineData("srx210", "ge-0/0/0 to ge-0/0/1, fe-0/0/2 to fe-0/0/7")]
    [InlineData("srx240", "ge-0/0/0 to ge-0/0/15")]
    public void Boxes_have_their_built_in_ports(string name, string ports) =>
        Assert.Equal(ports, RouterOS.Srx.Statements.InterfaceNames.Ports(SrxText.Profile(name)));
}
