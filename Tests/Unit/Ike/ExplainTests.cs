using Google.Protobuf;
using RouterOS.Ike.Control;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Plugins;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

public sealed class ExplainTests
{
    [Fact]
    public void A_negotiation_that_works_is_told_message_by_message()
    {
        Lab lab = new Lab().Up();
        string text = Explain(lab);
        Assert.StartsWith("Exchange 1: 198.51.100.1 to 198.51.100.2, main mode, initiator cookie ", text, StringComparison.Ordinal);
        Assert.Contains(
            "initiator: message 1: offers aes-128-cbc/sha1/group2 with a preshared key; dead peer detection; NAT traversal (RFC 3947)", text, StringComparison.Ordinal);
        Assert.Contains("responder: message 2: chooses aes-128-cbc/sha1/group2", text, StringComparison.Ordinal);
        Assert.Contains("initiator: message 3: public value of 128 bytes", text, StringComparison.Ordinal);
        Assert.Contains("responder: message 6, encrypted", text, StringComparison.Ordinal);
        Assert.Contains("Phase 1 is complete.", text, StringComparison.Ordinal);
        Assert.Contains("begun by the initiator: complete.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("NAT:", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_over_ipv6_is_told_in_the_same_way()
    {
        Lab lab = new Lab().Up();
        CapturedPacket[] packets = [.. Capture.Of(lab.Network.Sent).Select(Capture.As6)];
        string text = string.Join('\n', new IkePlugin().Explain(packets, null, null));
        Assert.StartsWith("Exchange 1: 2001:db8::c633:6401 to 2001:db8::c633:6402, main mode, initiator cookie ", text, StringComparison.Ordinal);
        Assert.Contains("Phase 1 is complete.", text, StringComparison.Ordinal);
        Assert.Contains("begun by the initiator: complete.", text, StringComparison.Ordinal);
        for (int length = 0; length < packets[0].Bytes.Length; length++)
        {
            // Cut anywhere, it is told and nothing else happens.
            Assert.NotEmpty(new IkePlugin().Explain([packets[0] with { Bytes = packets[0].Bytes[..length] }], null, null));
        }
    }

    [Fact]
    public void A_refused_proposal_is_told_and_with_a_configuration_its_line()
    {
        Lab lab = new();
        lab.LeftGateway.Proposals[0].DhGroup = 5;
        lab.Start();
        lab.Network.RunSeconds(60);
        Assert.Contains("Stopped after message 1: NoProposalChosen: the responder accepts none of the proposals.", Explain(lab), StringComparison.Ordinal);
        Assert.Contains(
            "Stopped after message 1: phase 1 Diffie-Hellman group does not match: they offer group5, we accept group2 "
            + "(line 11, security ike policy pol1 proposals); use group5 here or group2 there.",
            Explain(lab, lab.RightIntent), StringComparison.Ordinal);
        Assert.Contains(
            "NoProposalChosen: the peer refuses our phase 1 proposals (NoProposalChosen): we offer aes-128-cbc/sha1/group5 (line 11,",
            Explain(lab, lab.LeftIntent), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unanswered_message_5_means_the_key()
    {
        Lab lab = new();
        lab.LeftGateway.PreSharedKey = ByteString.CopyFromUtf8("other");
        lab.Start();
        lab.Network.RunSeconds(50);
        Assert.Contains("Stopped: no answer to message 5 (sent 6 times): the preshared keys (line 12, ", Explain(lab, lab.RightIntent), StringComparison.Ordinal);
    }

    [Fact]
    public void Silence_is_told_with_the_number_of_attempts()
    {
        Lab lab = new();
        lab.Start();
        lab.Network.Tap = _ => null;
        lab.Network.RunSeconds(50);
        IEnumerable<Datagram> sent = lab.Network.Sent.Where(d => d.Source == Lab.LeftAddress);
        string text = string.Join('\n', new IkePlugin().Explain(Capture.Of(sent), null, null));
        Assert.Contains("Stopped: no answer to message 1 (sent 6 times): UDP 500 is blocked between", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kAq7-unit-secret", "The key is the responder's.")]
    [InlineData("another", "The key is not the responder's.")]
    public void A_key_is_tried_on_aggressive_mode(string key, string answer)
    {
        Lab lab = new Lab().With(i => i.Gateways[0].Mode = Mode.Aggressive).Up();
        string text = string.Join('\n', new IkePlugin().Explain(Capture.Of(lab.Network.Sent), null, key));
        Assert.Contains(answer, text, StringComparison.Ordinal);
        Assert.Contains("Phase 1 is complete.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_quick_mode_is_told_though_it_is_encrypted()
    {
        Lab lab = new();
        lab.LeftVpn.Proposals[0] = Lab.Phase2(Cipher.DesCbc, 8, Mac.HmacMd596);
        lab.Start();
        lab.Network.RunSeconds(5);
        Assert.Contains("refused in an encrypted notification: phase 2 proposal, proxy identity or perfect forward secrecy differ.", Explain(lab), StringComparison.Ordinal);
    }

    [Fact]
    public void Malformed_frames_and_other_traffic_are_reported_not_thrown_at()
    {
        Lab lab = new Lab().Up();
        List<CapturedPacket> packets = [.. Capture.Of(lab.Network.Sent)];
        packets.Add(new(100, DateTimeOffset.UnixEpoch, new byte[] { 0x45, 0, 0 }));
        packets.Add(new(101, DateTimeOffset.UnixEpoch, Capture.Packet(new Datagram(1, 2, 500, 500, new byte[40]))));
        packets.Add(new(102, DateTimeOffset.UnixEpoch, Capture.Packet(new Datagram(1, 2, 4500, 4500, [1, 2, 3, 4, 0, 0, 0, 7, 9]))));
        packets.Add(new(103, DateTimeOffset.UnixEpoch, Capture.Packet(new Datagram(1, 2, 4500, 4500, [0xff]))));
        string text = string.Join('\n', new IkePlugin().Explain(packets, null, null));
        Assert.Contains("Frame 100: no whole IP packet", text, StringComparison.Ordinal);
        Assert.Contains("Frame 101: ", text, StringComparison.Ordinal);
        Assert.Contains("ESP 0.0.0.1 to 0.0.0.2, SPI 01020304, inside UDP: 1 packets, numbers 7 to 7", text, StringComparison.Ordinal);
        Assert.Contains("1 NAT keepalives", text, StringComparison.Ordinal);
        Assert.Equal(["No packet of IKE or ESP."], new IkePlugin().Explain([], null, null));
    }

    private static string Explain(Lab lab, IkeIntent? intent = null) =>
        string.Join('\n', new IkePlugin().Explain(Capture.Of(lab.Network.Sent), intent is null ? null : new IntentSet([intent]), null));
}
