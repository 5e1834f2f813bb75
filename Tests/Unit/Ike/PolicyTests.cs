using RouterOS.Abstractions.Crypto;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Wire;

namespace RouterOS.Unit.Ike;

public sealed class PolicyTests
{
    private static readonly Phase1Policy s_aes = new(new(CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha1, 2), 600);
    private static readonly Phase1Policy s_des = new(new(CipherAlgorithm.DesCbc, 8, MacAlgorithm.HmacMd5, 1), 600);

    [Theory]
    [InlineData("", "0.0.0.0/0")]
    [InlineData("10.1.0.0/16", "10.1.0.0/16")]
    [InlineData("10.1.2.3", "10.1.2.3/32")]
    [InlineData("128.0.0.0/1", "128.0.0.0/1")]
    [InlineData("::/0", "::/0")]
    [InlineData("2001:db8::/32", "2001:db8::/32")]
    [InlineData("2001:db8::1", "2001:db8::1/128")]
    [InlineData("8000::/1", "8000::/1")]
    public void Prefixes_go_over_the_wire_and_come_back(string prefix, string text)
    {
        Assert.True(AddressRange.TryParse(prefix, out AddressRange range));
        Assert.Equal(text, range.ToString());
        Assert.True(IdentificationPayload.TryParse(range.ToIdentity(17, 1701), out IdentificationPayload identity, out _));
        Assert.True(AddressRange.TryRead(identity, out AddressRange read));
        Assert.Equal(range, read);
        Assert.Equal((17, 1701), (identity.Protocol, identity.Port));
    }

    [Theory]
    [InlineData("10.1.0.1/16")]
    [InlineData("10.1.0.0/33")]
    [InlineData("10.1.0.0/-1")]
    [InlineData("10.1.0.0/16/2")]
    [InlineData("10.1")]
    [InlineData("2001:db8::1/32")]
    [InlineData("2001:db8::/129")]
    [InlineData("2001:db8::/-1")]
    [InlineData("fe80::1%1/128")]
    public void Other_text_is_no_prefix(string text) => Assert.False(AddressRange.TryParse(text, out _));

    [Fact]
    public void Ranges_that_are_no_prefix_are_sent_as_ranges()
    {
        AddressRange range = new(0x0a000001, 0x0a000009);
        Assert.Equal("10.0.0.1-10.0.0.9", range.ToString());
        Assert.True(IdentificationPayload.TryParse(range.ToIdentity(0, 0), out IdentificationPayload identity, out _));
        Assert.Equal(IdentityType.Ipv4Range, identity.Type);
        Assert.True(AddressRange.TryRead(identity, out AddressRange read));
        Assert.Equal(range, read);
    }

    [Fact]
    public void Ranges_of_ipv6_that_are_no_prefix_are_sent_as_ranges()
    {
        var range = AddressRange.Of((UInt128)1, 9);
        Assert.Equal("::1-::9", range.ToString());
        Assert.True(IdentificationPayload.TryParse(range.ToIdentity(0, 0), out IdentificationPayload identity, out _));
        Assert.Equal(IdentityType.Ipv6Range, identity.Type);
        Assert.True(AddressRange.TryRead(identity, out AddressRange read));
        Assert.Equal(range, read);
    }

    [Fact]
    public void Every_prefix_of_ipv6_goes_over_the_wire_and_holds_what_it_should()
    {
        for (int length = 0; length <= 128; length++)
        {
            UInt128 host = length == 128 ? 0 : UInt128.MaxValue >> length;
            var range = AddressRange.Of(0, host);
            Assert.Equal($"::/{length}", range.ToString());
            Assert.True(IdentificationPayload.TryParse(range.ToIdentity(0, 0), out IdentificationPayload identity, out _));
            Assert.Equal(length == 128 ? IdentityType.Ipv6Address : IdentityType.Ipv6Subnet, identity.Type);
            Assert.True(AddressRange.TryRead(identity, out AddressRange read));
            Assert.Equal(range, read);
            Assert.True(AddressRange.All6.Contains(range));
            Assert.False(AddressRange.All.Contains(range));
            Assert.False(range.Contains(AddressRange.All));
            Assert.Equal(length == 0, range.Contains(AddressRange.All6));
        }
    }

    [Theory]
    [InlineData("06000000" + "20010db8000000000000000000000000" + "ff00ff00000000000000000000000000")]
    [InlineData("08000000" + "00000000000000000000000000000009" + "00000000000000000000000000000001")]
    [InlineData("04000000" + "0a000000" + "ff00ff00")]
    [InlineData("07000000" + "0a000009" + "0a000001")]
    [InlineData("02000000" + "61")]
    public void Identities_that_are_no_addresses_are_refused(string hex)
    {
        Assert.True(IdentificationPayload.TryParse(Convert.FromHexString(hex), out IdentificationPayload identity, out _));
        Assert.False(AddressRange.TryRead(identity, out _));
    }

    [Fact]
    [Trait("rfc", "2408:4.2")]
    public void Answer_repeats_the_chosen_transform_byte_for_byte()
    {
        byte[] offer = Phase1Negotiation.Offer([s_des, s_aes]);
        Assert.True(SaPayload.TryParse(offer, out SaPayload view, out _));
        Phase1Choice choice = Phase1Negotiation.Select(view, [s_aes], out string theirs)!;
        Assert.Equal("aes-128-cbc/sha1/group2", theirs);
        Assert.True(SaPayload.TryParse(choice.ReplyBody, out SaPayload reply, out _));
        Assert.NotNull(Phase1Negotiation.Confirm(reply, [s_des, s_aes], out _));
        Assert.Null(Phase1Negotiation.Confirm(reply, [s_des], out theirs));
        Assert.Equal("aes-128-cbc/sha1/group2", theirs);
        // All of an offer is no answer.
        Assert.Null(Phase1Negotiation.Confirm(view, [s_des, s_aes], out _));
    }

    [Theory]
    [InlineData(14, 256u)]
    [InlineData(3, 3u)]
    [InlineData(3, 65001u)]
    [InlineData(13, 1u)]
    [InlineData(5, 2u)]
    public void Strange_attributes_are_no_match(int type, uint value)
    {
        byte[] transform = Proposals.Transform(
            1, 1, true, [(1, 7), (14, 128), (2, 2), (3, 1), (4, 2), (11, 1), (12, 600), ((ushort)type, value)]);
        Assert.True(SaPayload.TryParse(Proposals.SaBody(1, SecurityProtocol.Isakmp, [], [transform]), out SaPayload offer, out _));
        Assert.Null(Phase1Negotiation.Select(offer, [s_aes], out _));
    }

    [Fact]
    public void Lifetimes_follow_the_shorter_wish_and_the_documents_default()
    {
        (uint? offered, uint ours, uint agreed)[] cases = [(100, 600, 100), (9999, 600, 600), (null, 600, 600), (null, 40000, 28800), (0, 600, 600)];
        foreach ((uint? offered, uint ours, uint agreed) in cases)
        {
            List<(ushort, uint)> attributes = [(1, 7), (14, 128), (2, 2), (3, 1), (4, 2)];
            if (offered is { } seconds)
            {
                attributes.AddRange([(11, 1), (12, seconds)]);
            }

            byte[] transform = Proposals.Transform(1, 1, true, [.. attributes]);
            Assert.True(SaPayload.TryParse(Proposals.SaBody(1, SecurityProtocol.Isakmp, [], [transform]), out SaPayload offer, out _));
            Assert.Equal(agreed, Phase1Negotiation.Select(offer, [s_aes with { LifetimeSeconds = ours }], out _)!.LifetimeSeconds);
        }
    }

    [Fact]
    public void Bundles_and_foreign_protocols_are_passed_over()
    {
        VpnPolicy vpn = Vpn(0);
        byte[] esp = Phase2Negotiation.Offer(vpn, 0x1000)[8..];
        byte[] ah = [.. esp];
        ah[0] = 2;
        ah[5] = (byte)SecurityProtocol.Ah;
        // AH and ESP under one number: both or none.
        Assert.True(SaPayload.TryParse([0, 0, 0, 1, 0, 0, 0, 1, .. ah, .. esp], out SaPayload bundle, out _));
        Assert.Null(Phase2Negotiation.Select(bundle, vpn, default, out _, out bool onlyPfs));
        Assert.False(onlyPfs);
        byte[] second = [.. esp];
        second[4] = 2;
        Assert.True(SaPayload.TryParse([0, 0, 0, 1, 0, 0, 0, 1, .. ah, .. second], out SaPayload choice, out _));
        Assert.Equal(2, Phase2Negotiation.Select(choice, vpn, default, out _, out _)!.Number);
    }

    [Fact]
    public void Spis_that_are_reserved_are_refused()
    {
        VpnPolicy vpn = Vpn(0);
        Assert.True(SaPayload.TryParse(Phase2Negotiation.Offer(vpn, 255), out SaPayload offer, out _));
        Assert.Null(Phase2Negotiation.Select(offer, vpn, default, out _, out _));
    }

    [Fact]
    public void Transport_mode_is_no_match_and_is_named()
    {
        VpnPolicy vpn = Vpn(0);
        byte[] transform = Proposals.Transform(12, 1, true, [(1, 1), (2, 3600), (4, 2), (5, 2), (6, 128)]);
        Assert.True(SaPayload.TryParse(Proposals.SaBody(1, SecurityProtocol.Esp, [0, 0, 16, 0], [transform]), out SaPayload offer, out _));
        Assert.Null(Phase2Negotiation.Select(offer, vpn, default, out string theirs, out _));
        Assert.Equal("aes-128-cbc/hmac-sha1-96/no pfs/transport", theirs);
    }

    private static VpnPolicy Vpn(int pfs) => new(
        "v", ConfigSource.None, "g", "st0.0", [new(CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha1, 3600, 0)], ConfigSource.None, pfs,
        ConfigSource.None, false, new(AddressRange.All, AddressRange.All, 0, 0, 0), ConfigSource.None, DontFragment.Clear, true, string.Empty);
}
