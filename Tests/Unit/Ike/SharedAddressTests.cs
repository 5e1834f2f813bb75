using RouterOS.Ike.Control;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Unit.Ike.Simulation;
using Google.Protobuf;

namespace RouterOS.Unit.Ike;

public sealed class SharedAddressTests
{
    [Fact]
    public void Gateways_share_an_address_only_while_the_peer_can_be_told_by_its_identity()
    {
        Assert.DoesNotContain("behind one NAT", Findings(_ => { }));
        Assert.Contains("need the same pre-shared-key", Findings(g => g.PreSharedKey = ByteString.CopyFromUtf8("another")));
        Assert.Contains("need the same pre-shared-key", Findings(g => g.Proposals[0].DhGroup = 14));
        Assert.Contains("need the same pre-shared-key", Findings(g => g.RemoteIdentity = null));
        Assert.Contains("need the same pre-shared-key", Findings(g => g.RemoteIdentity.Value = "one.example.net"));
        Assert.Contains("need the same pre-shared-key", Findings(g => g.NoNatTraversal = true));
    }

    private static string Findings(Action<Gateway> change)
    {
        IkeIntent intent = new Lab().RightIntent;
        intent.Gateways[0].RemoteIdentity = new() { Kind = Identity.Types.Kind.Fqdn, Value = "one.example.net" };
        Gateway second = intent.Gateways[0].Clone();
        second.Name = "gw2";
        second.RemoteIdentity.Value = "two.example.net";
        Gateway third = second.Clone();
        third.Name = "gw3";
        third.RemoteIdentity.Value = "three.example.net";
        change(third);
        intent.Gateways.Add(second);
        intent.Gateways.Add(third);
        return string.Join("\n", IkeCommit.Validate(new IntentSet([intent])).Select(f => f.Message));
    }
}
