using Google.Protobuf;
using RouterOS.Ike.Control;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

public sealed class CommitTests
{
    public static TheoryData<string, uint, Action<IkeIntent>> Mistakes => new()
    {
        { "has no phase 1 proposal", 11, i => i.Gateways[0].Proposals.Clear() },
        { "needs a dh-group: group1, group2, group5 or group14", 11, i => i.Gateways[0].Proposals[0].DhGroup = 19 },
        { "needs an authentication-algorithm: md5, sha1 or sha-256", 11, i => i.Gateways[0].Proposals[0].Hash = Hash.Unspecified },
        { "needs authentication-method pre-shared-keys", 11, i => i.Gateways[0].Proposals[0].Authentication = Authentication.Unspecified },
        { "needs an encryption-algorithm", 11, i => i.Gateways[0].Proposals[0].Cipher = Cipher.Null },
        { "needs an encryption-algorithm", 11, i => i.Gateways[0].Proposals[0].CipherKeyBytes = 17 },
        { "has no pre-shared-key", 12, i => i.Gateways[0].PreSharedKey = ByteString.Empty },
        { "has no address", 13, i => i.Gateways[0].RemoteAddresses.Clear() },
        { "is not an address", 13, i => i.Gateways[0].RemoteAddresses[0] = "vpn.example" },
        { "has no external-interface", 14, i => i.Gateways[0].ExternalInterface = string.Empty },
        { "ge-0/0/7.0 is not configured under interfaces", 14, i => i.Gateways[0].ExternalInterface = "ge-0/0/7.0" },
        { "has no inet address", 14, i => i.Gateways[0].ExternalInterface = "st0.0" },
        { "local-address 192.0.2.9 is not an address of ge-0/0/0.0", 14, i => i.Gateways[0].LocalAddress = "192.0.2.9" },
        { "is not a valid identity", 10, i => i.Gateways[0].RemoteIdentity = new Identity { Kind = Identity.Types.Kind.Fqdn } },
        { "is defined twice", 10, i => i.Gateways.Add(i.Gateways[0].Clone()) },
        { "have the same local side and peer address", 13, SecondGateway },
        { "a replay window has 8192 packets at most", 20, i => i.Vpns[0].ReplayWindow = 8193 },
        { "has no replay window, without which sequence numbers of 64 bits", 20, i => (i.Vpns[0].NoAntiReplay, i.Vpns[0].Proposals[0].ExtendedSequence) = (true, true) },
        { "protocol ah takes an authentication key and no encryption", 20, i => i.Vpns[0].Manual = new ManualKeys
            {
                RemoteAddress = "192.0.2.1", ExternalInterface = "ge-0/0/0.0", Spi = 300, Protocol = RouterOS.Proto.Esp.V1.Protocol.Ah, Cipher = Cipher.DesCbc,
                CipherKey = ByteString.CopyFrom(1, 2, 3, 4, 5, 6, 7, 8), Mac = Mac.HmacMd596, MacKey = ByteString.CopyFrom(new byte[16]),
            } },
        { "gateway gw9 is not defined", 20, i => i.Vpns[0].Gateway = "gw9" },
        { "has no gateway", 20, i => i.Vpns[0].Gateway = string.Empty },
        { "bind-interface st0.9 is not configured", 20, i => i.Vpns[0].BindInterface = "st0.9" },
        { "belongs to vpn vpn1 already", 20, i => SecondVpn(i).LocalSelector = "10.7.0.0/16" },
        { "has the same proxy-identity", 22, i => SecondVpn(i).BindInterface = "st0.1" },
        { "has no phase 2 proposal", 21, i => i.Vpns[0].Proposals.Clear() },
        { "needs an authentication-algorithm: hmac-md5-96", 21, i => i.Vpns[0].Proposals[0].Mac = Mac.None },
        { "needs an encryption-algorithm", 21, i => i.Vpns[0].Proposals[0].CipherKeyBytes = 0 },
        { "AES-GCM authenticates by itself", 21, i => (i.Vpns[0].Proposals[0].Cipher, i.Vpns[0].Proposals[0].CipherKeyBytes) = (Cipher.AesGcm16, 16) },
        { "needs an encryption-algorithm", 11, i => i.Gateways[0].Proposals[0].Cipher = Cipher.AesGcm16 },
        { "perfect-forward-secrecy knows", 23, i => i.Vpns[0].PfsGroup = 3 },
        { "is not a prefix", 22, i => i.Vpns[0].RemoteSelector = "10.2.0.1/24" },
        { "is out of range", 22, i => i.Vpns[0].LocalPort = 65536 },
    };

    [Fact]
    public void Good_configuration_has_no_findings() => Assert.Empty(Validate(new Lab().LeftIntent));

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Mistake_is_found_with_its_line(string words, uint line, Action<IkeIntent> mistake)
    {
        IkeIntent intent = new Lab().LeftIntent;
        mistake(intent);
        Finding finding = Assert.Single(Validate(intent), f => f.Message.Contains(words, StringComparison.Ordinal));
        Assert.Equal(Finding.Types.Severity.Error, finding.Severity);
        Assert.Equal(line, finding.Source.Line);
        Assert.NotEmpty(finding.Source.Path);
    }

    private static void SecondGateway(IkeIntent intent)
    {
        Gateway second = intent.Gateways[0].Clone();
        second.Name = "gw2";
        intent.Gateways.Add(second);
    }

    private static Vpn SecondVpn(IkeIntent intent)
    {
        Vpn second = intent.Vpns[0].Clone();
        second.Name = "vpn2";
        intent.Vpns.Add(second);
        return second;
    }

    [Fact]
    public void Proposals_of_a_bundle_need_both_algorithms_and_numbers_of_32_bits()
    {
        IkeIntent intent = new Lab().LeftIntent;
        Phase2Proposal proposal = intent.Vpns[0].Proposals[0];
        proposal.Protocol = RouterOS.Proto.Esp.V1.Protocol.Bundle;
        Assert.DoesNotContain(Validate(intent), f => f.Message.Contains("bundle", StringComparison.Ordinal));
        proposal.ExtendedSequence = true;
        Assert.Contains(Validate(intent), f => f.Message.Contains("protocol bundle has no sequence numbers of 64 bits", StringComparison.Ordinal));
        proposal.Mac = RouterOS.Proto.Esp.V1.Mac.None;
        Assert.Contains(Validate(intent), f => f.Message.Contains("of protocol bundle needs an authentication-algorithm", StringComparison.Ordinal));
    }

    private static IReadOnlyList<Finding> Validate(IkeIntent intent)
    {
        SystemIntent system = new()
        {
            Interfaces =
            {
                new PhysicalInterface
                {
                    Name = "ge-0/0/0",
                    Units = { new LogicalInterface { Name = "ge-0/0/0.0", Addresses = { new InterfaceAddress { Address = "198.51.100.1", PrefixLength = 24 } } } },
                },
                new PhysicalInterface { Name = "st0", Units = { new LogicalInterface { Name = "st0.0" }, new LogicalInterface { Name = "st0.1" } } },
            },
        };
        return new IkePlugin().Validate(new IntentSet([intent, system]));
    }
}
