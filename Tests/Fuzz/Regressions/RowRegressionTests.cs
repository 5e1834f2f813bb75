using RouterOS.Flow.Nodes;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Simulation;
using RouterOS.Unit.Forwarding;

namespace RouterOS.Fuzz.Regressions;

/// <summary>What the targets of <see cref="Rows.RowTests"/> have found.</summary>
public sealed class RowRegressionTests : IDisposable
{
    private readonly Chassis _chassis = new(new SimulatedClock(), [("p0", new SinkPort())], new FlowNodePackage());

    public void Dispose() => _chassis.Dispose();

    [Theory]
    [InlineData("flow", "000000000000000000000000")]
    [InlineData("zone-interface", "0802025902220c220c0a04ff10021a040801103d")]
    [InlineData("flow-clear", "080115090200c02011000000")]
    [InlineData("policy", "080110031a0908051a090805126876a41ba0216e180100")]
    public void A_malformed_row_of_flow_is_refused_with_a_sentence(string table, string row) =>
        Assert.StartsWith("Not a row of this table: ", _chassis.Plane.SetRow(table, "1", Convert.FromHexString(row)), StringComparison.Ordinal);

    [Fact]
    public void A_name_with_a_line_end_does_not_come_into_messages() => Assert.Equal(
        "The interface row is not a valid message.",
        Set("interface", "3", new InterfaceRow { Index = 3, Name = "st\n", LinkType = "ethernet", Mtu = 1500 }));

    [Fact]
    public void Policies_under_another_key_cannot_take_the_place_of_a_pair_of_zones()
    {
        PolicySetRow row = new() { FromZone = 1, ToZone = 2, Rules = { new PolicyRuleRow { Id = 1, Action = Policy.Types.Action.Permit } } };
        _chassis.Set("policy", "1/2", row);
        Assert.Equal("Policies 1/3 are those from zone 1 to zone 2.", Set("policy", "1/3", row));
    }

    [Fact]
    public void A_zone_of_an_interface_has_the_interface_as_its_key() =>
        Assert.Equal("The key '2' is not interface 1.", Set("zone-interface", "2", new ZoneInterfaceRow { Interface = 1, Zone = 1 }));

    [Fact]
    public void A_protocol_of_more_than_8_bits_is_not_taken_for_another() => Assert.Equal(
        "Interface 1 accepts a protocol over 255.",
        Set("zone-interface", "1", new ZoneInterfaceRow { Interface = 1, Zone = 1, HostInbound = new HostInboundRow { Protocols = { 256 + 89 } } }));

    private string? Set(string table, string key, Google.Protobuf.IMessage row) =>
        _chassis.Plane.SetRow(table, key, Google.Protobuf.MessageExtensions.ToByteArray(row));
}
