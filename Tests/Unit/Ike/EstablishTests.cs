using System.Text.Json;
using RouterOS.Ike.Control.State;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

public sealed class EstablishTests
{
    public static TheoryData<Cipher, uint> Ciphers => new()
    {
        { Cipher.DesCbc, 8 },
        { Cipher.TripleDesCbc, 24 },
        { Cipher.AesCbc, 16 },
        { Cipher.AesCbc, 24 },
        { Cipher.AesCbc, 32 },
    };

    [Fact]
    [Trait("rfc", "2409:5.4")]
    public void Tunnel_comes_up_and_carries_packets_both_ways()
    {
        Lab lab = new Lab().Up();
        Assert.Equal(0, lab.Traffic(2));
        Phase1Sa left = Assert.Single(lab.Left.Phase1());
        Phase1Sa right = Assert.Single(lab.Right.Phase1());
        Assert.True(left.Initiator);
        Assert.False(right.Initiator);
        Assert.Equal(left.InitiatorCookie, right.InitiatorCookie);
        Assert.Equal(left.ResponderCookie, right.ResponderCookie);
        Assert.Equal("198.51.100.2", left.PeerIdentity);
        Phase2Sa leftPair = Assert.Single(lab.Left.Phase2());
        Phase2Sa rightPair = Assert.Single(lab.Right.Phase2());
        Assert.Equal(leftPair.InboundSpi, rightPair.OutboundSpi);
        Assert.Equal(leftPair.OutboundSpi, rightPair.InboundSpi);
        Assert.True(leftPair.InboundSpi >= 256 && rightPair.InboundSpi >= 256);
        Assert.Equal("10.1.0.0/24", leftPair.LocalSelector);
        Assert.Equal("10.1.0.0/24", rightPair.RemoteSelector);
        Assert.Empty(lab.Left.Failures());
        Assert.Empty(lab.Right.Failures());
        Assert.Equal(0ul, lab.Left.AllDrops() + lab.Right.AllDrops());
        Assert.Contains(lab.Left.Lines, l => l.Id == 1000);
        Assert.Contains(lab.Right.Lines, l => l.Id == 1010);
    }

    [Theory]
    [MemberData(nameof(Ciphers))]
    [Trait("rfc", "2409:B")]
    public void Every_combination_of_phase_1_algorithms_works(Cipher cipher, uint keyBytes)
    {
        foreach (Hash hash in (Hash[])[Hash.Md5, Hash.Sha1, Hash.Sha256])
        {
            foreach (uint group in (uint[])[1, 2, 5, 14])
            {
                Lab lab = new Lab(group).WithPhase1(Lab.Phase1(cipher, keyBytes, hash, group)).Up();
                Assert.Equal(0, lab.Traffic(0.5));
                Phase1Proposal agreed = lab.Right.Phase1()[0].Proposal;
                Assert.Equal((cipher, keyBytes, hash, group), (agreed.Cipher, agreed.CipherKeyBytes, agreed.Hash, agreed.DhGroup));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ciphers))]
    [Trait("rfc", "2409:5.5")]
    public void Every_combination_of_phase_2_algorithms_works_with_and_without_pfs(Cipher cipher, uint keyBytes)
    {
        foreach (Mac mac in (Mac[])[Mac.HmacMd596, Mac.HmacSha196, Mac.HmacSha256128])
        {
            foreach (uint group in (uint[])[0, 1, 2, 5, 14])
            {
                Lab lab = new Lab(group).WithPhase2(Lab.Phase2(cipher, keyBytes, mac)).With(i => i.Vpns[0].PfsGroup = group).Up();
                Assert.Equal(0, lab.Traffic(0.5));
                Phase2Sa pair = lab.Right.Phase2()[0];
                Assert.Equal((cipher, keyBytes, mac, group), (pair.Proposal.Cipher, pair.Proposal.CipherKeyBytes, pair.Proposal.Mac, pair.PfsGroup));
                SaRow row = Assert.Single(lab.Left.Module.Inbound);
                Assert.Equal((int)keyBytes, row.CipherKey.Length);
                Assert.Equal(mac switch { Mac.HmacMd596 => 16, Mac.HmacSha196 => 20, _ => 32 }, row.MacKey.Length);
                Assert.Equal(64u, row.ReplayWindow);
            }
        }
    }

    [Theory]
    [InlineData(16u)]
    [InlineData(24u)]
    [InlineData(32u)]
    [Trait("rfc", "4106:8")]
    public void Aes_gcm_takes_key_and_salt_from_the_key_material_and_names_no_hash(uint keyBytes)
    {
        Lab lab = new Lab().WithPhase2(Lab.Phase2(Cipher.AesGcm16, keyBytes, Mac.None)).With(i => i.Vpns[0].PfsGroup = 2).Up();
        Assert.Equal(0, lab.Traffic(0.5));
        SaRow row = Assert.Single(lab.Left.Module.Inbound);
        Assert.Equal((Cipher.AesGcm16, Mac.None, (int)keyBytes + 4, 0), (row.Cipher, row.Mac, row.CipherKey.Length, row.MacKey.Length));
        Phase2Proposal agreed = Assert.Single(lab.Right.Phase2()).Proposal;
        Assert.Equal((Cipher.AesGcm16, keyBytes), (agreed.Cipher, agreed.CipherKeyBytes));
        Assert.NotEqual(row.CipherKey, Assert.Single(lab.Left.Module.Outbound).CipherKey);
        Assert.Contains(lab.Left.Lines, l => l.Text.Contains($"aes-{keyBytes * 8}-gcm/its own tag/pfs group2", StringComparison.Ordinal));
    }

    [Fact]
    public void A_key_length_that_differs_in_aes_gcm_is_named()
    {
        Lab lab = new Lab().WithPhase2(Lab.Phase2(Cipher.AesGcm16, 16, Mac.None));
        lab.RightVpn.Proposals[0].CipherKeyBytes = 32;
        lab.Start();
        lab.Network.RunSeconds(5);
        Assert.Contains(lab.Right.Failures(), f => f.Message
            == "phase 2 encryption does not match: they offer aes-128-gcm, we accept aes-256-gcm (security ipsec policy ipol proposals)");
    }

    [Fact]
    public void Responder_takes_the_first_of_the_initiators_proposals_that_it_supports()
    {
        Lab lab = new();
        lab.LeftGateway.Proposals.Clear();
        lab.LeftGateway.Proposals.Add(Lab.Phase1(Cipher.AesCbc, 32, Hash.Sha256, 14));
        lab.LeftGateway.Proposals.Add(Lab.Phase1(Cipher.TripleDesCbc, 24, Hash.Md5, 2));
        lab.LeftGateway.Proposals.Add(Lab.Phase1(Cipher.DesCbc, 8, Hash.Md5, 1));
        lab.RightGateway.Proposals.Clear();
        lab.RightGateway.Proposals.Add(Lab.Phase1(Cipher.DesCbc, 8, Hash.Md5, 1));
        lab.RightGateway.Proposals.Add(Lab.Phase1(Cipher.TripleDesCbc, 24, Hash.Md5, 2));
        lab.LeftVpn.Proposals.Add(Lab.Phase2(Cipher.TripleDesCbc, 24, Mac.HmacMd596));
        lab.RightVpn.Proposals.Insert(0, Lab.Phase2(Cipher.TripleDesCbc, 24, Mac.HmacMd596));
        lab.Up();
        Assert.Equal(Cipher.TripleDesCbc, lab.Left.Phase1()[0].Proposal.Cipher);
        Assert.Equal(Cipher.AesCbc, lab.Left.Phase2()[0].Proposal.Cipher);
    }

    [Fact]
    public void Traffic_brings_the_tunnel_up_where_it_is_not_established_immediately()
    {
        Lab lab = new();
        lab.Left.Start(lab.LeftIntent);
        lab.Right.Start(lab.RightIntent);
        lab.Network.RunSeconds(60);
        Assert.Empty(lab.Network.Sent);
        lab.Right.Module.Send(1);
        lab.Network.RunSeconds(1);
        Assert.True(lab.IsUp, lab.Explain());
        Assert.False(lab.Left.Phase1()[0].Initiator);
        Assert.Equal(0, lab.Traffic(1));
    }

    [Fact]
    public void Both_sides_may_start_at_once()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            Lab lab = new(seed);
            lab.RightVpn.EstablishImmediately = true;
            lab.Up();
            lab.Network.RunSeconds(120);
            Assert.Equal(0, lab.Traffic(5));
            Assert.Equal(lab.Left.UpPhase1().Count, lab.Right.UpPhase1().Count);
            Assert.InRange(lab.Left.Phase2().Count, 1, 2);
            Assert.Equal(lab.Left.Phase2().Select(p => p.InboundSpi).Order(), lab.Right.Phase2().Select(p => p.OutboundSpi).Order());
        }
    }

    [Fact]
    public void Nothing_is_computed_for_a_peer_before_message_3_with_the_right_cookies()
    {
        Lab lab = new();
        lab.Network.Tap = d => d.Source == Lab.LeftAddress && !IsMessage1(d) ? null : d;
        lab.Start();
        lab.Network.RunSeconds(20);
        Assert.Equal(0, lab.Right.OwnStrand.Computations);
        // A message 3 with a made-up responder cookie finds nobody.
        byte[] forged = [.. lab.Network.Sent.Last(d => d.Source == Lab.LeftAddress).Payload];
        forged[8] ^= 0x55;
        lab.Network.Deliver(new(Lab.LeftAddress, Lab.RightAddress, 500, 500, forged));
        lab.Network.RunSeconds(1);
        Assert.Equal(0, lab.Right.OwnStrand.Computations);
    }

    [Fact]
    public void Inbound_sa_is_in_force_before_the_peer_may_use_it()
    {
        Lab lab = new();
        List<int> inbound = [];
        lab.Network.Tap = d =>
        {
            if (d.Exchange == 32)
            {
                inbound.Add(lab.Network.Find(d.Source)!.Module.Inbound.Count());
            }

            return d;
        };
        lab.Up();
        // Message 1 goes before, messages 2 and 3 after the own inbound SA is acknowledged.
        Assert.Equal([0, 1, 1], inbound);
    }

    [Fact]
    public void Every_message_avoids_the_tunnel_it_is_about()
    {
        Lab lab = new Lab().Up();
        Assert.All(lab.Network.Sent, d => Assert.Equal(1u, d.AvoidProtection));
    }

    [Fact]
    [Trait("rfc", "2407:4.6.3.1")]
    public void Shorter_lifetime_of_either_side_ends_the_sas()
    {
        Lab lab = new();
        lab.LeftGateway.Proposals[0].LifetimeSeconds = 1000;
        lab.RightGateway.Proposals[0].LifetimeSeconds = 600;
        lab.LeftVpn.Proposals[0].LifetimeSeconds = 3600;
        lab.RightVpn.Proposals[0].LifetimeSeconds = 300;
        lab.Up();
        lab.Network.RunSeconds(2);
        Assert.InRange(lab.Right.Phase1()[0].LifetimeRemainingSeconds, 590u, 600u);
        // The responder says so in an informational exchange behind main mode.
        Assert.InRange(lab.Left.Phase1()[0].LifetimeRemainingSeconds, 590u, 600u);
        Assert.InRange(lab.Right.Phase2()[0].HardRemainingSeconds, 290u, 300u);
        // The responder says so in message 2.
        Assert.InRange(lab.Left.Phase2()[0].HardRemainingSeconds, 290u, 300u);
    }

    [Theory]
    [InlineData(0u, 500u)]
    [InlineData(100_000u, 500u)]
    [InlineData(500u, 100_000u)]
    [InlineData(500u, 0u)]
    public void A_responder_says_its_shorter_limit_in_kilobytes_too(uint initiators, uint responders)
    {
        Lab lab = new();
        (lab.LeftVpn.Proposals[0].LifetimeKilobytes, lab.RightVpn.Proposals[0].LifetimeKilobytes) = (initiators, responders);
        lab.Up();
        Assert.Equal((500u * 1024, 500u * 1024), (lab.Left.Module.Outbound.Single().HardBytes, lab.Right.Module.Outbound.Single().HardBytes));
    }

    [Fact]
    public void A_pair_whose_bytes_run_out_within_seconds_is_left_before_they_do()
    {
        Lab lab = new Lab().With(i => i.Vpns[0].Proposals[0].LifetimeKilobytes = 1_000_000).Up();
        SaRow row = lab.Left.Module.Outbound.Single();
        lab.Network.RunSeconds(9);
        // Nine parts of ten in nine seconds: about one second is left, so the overlap of three is too long.
        lab.Left.Module.Raise(new() { Table = "sa-out", Key = $"1/{row.Spi}", Name = "soft-expired" });
        lab.Network.RunSeconds(1.8);
        Assert.NotEqual(row.Spi, lab.Left.Module.Protection(1)!.OutboundSpi);
        Assert.Contains(lab.Left.Module.Outbound, r => r.Spi == row.Spi);
    }

    [Fact]
    public void Kilobytes_become_byte_limits_and_their_events_rekey()
    {
        Lab lab = new Lab().With(i => i.Vpns[0].Proposals[0].LifetimeKilobytes = 1000).Up();
        SaRow row = lab.Left.Module.Outbound.Single();
        Assert.Equal(1024000ul, row.HardBytes);
        Assert.Equal(256000ul, row.SoftBytes);
        lab.Left.Module.Raise(new() { Table = "sa-out", Key = $"1/{row.Spi}", Name = "soft-expired" });
        lab.Network.RunSeconds(10);
        Assert.NotEqual(row.Spi, lab.Left.Module.Protection(1)!.OutboundSpi);
        lab.Left.Module.Raise(new() { Table = "sa-in", Key = lab.Left.Phase2()[0].InboundSpi.ToString(), Name = "hard-expired" });
        lab.Network.RunSeconds(5);
        Assert.DoesNotContain(lab.Left.Module.Outbound, r => r.Spi == row.Spi);
        Assert.Equal(0, lab.Traffic(1));
    }

    [Fact]
    [Trait("rfc", "2408:3.1")]
    public void Commit_bit_of_the_peer_makes_us_wait_but_not_for_ever()
    {
        Lab lab = new();
        lab.Network.Tap = d =>
        {
            // The flag is outside of what the HASH covers.
            byte[] copy = [.. d.Payload];
            copy[19] |= d.Exchange == 32 ? (byte)2 : (byte)0;
            return d with { Payload = copy };
        };
        lab.Start();
        lab.Network.RunSeconds(4);
        Assert.Equal((1, 1), (lab.Left.Module.Inbound.Count(), lab.Right.Module.Inbound.Count()));
        Assert.False(lab.IsUp);
        // No CONNECTED comes: the bit alone is anybody's.
        lab.Network.RunSeconds(2);
        Assert.True(lab.IsUp);
        Assert.Equal(0, lab.Traffic(1));
    }

    [Fact]
    [Trait("rfc", "2408:3.1")]
    public void Connected_ends_the_wait_for_it()
    {
        Lab lab = new();
        lab.Network.Tap = d =>
        {
            byte[] copy = [.. d.Payload];
            copy[19] |= d.Exchange == 32 ? (byte)2 : (byte)0;
            return d with { Payload = copy };
        };
        lab.Start();
        lab.Network.RunSeconds(1);
        Assert.Null(lab.Left.Phase2().FirstOrDefault(s => s.Current));
        Datagram quick = lab.Network.Sent.Last(d => d.Exchange == 32);
        IkeSaState state = JsonSerializer.Deserialize<IkeSaState>(lab.Right.Values.Values.Single(v => v.Key.StartsWith("phase1", StringComparison.Ordinal)).Value)!;
        Phase1Algorithms algorithms = new(state.Cipher, state.CipherKeyBytes, state.Hash, state.Group);
        IsakmpWriter writer = new(state.InitiatorCookie, state.ResponderCookie, ExchangeType.Informational, quick.Message);
        int hash = writer.Add(PayloadType.Hash, new byte[20]);
        writer.Add(PayloadType.Notification, NotificationPayload.Create(SecurityProtocol.Esp, NotifyType.Connected, [], []));
        writer.Patch(hash, Phase2Keys.Hash1(lab.Right.Mac, state.Hash, state.SkeyIdA, quick.Message, writer.Payloads[24..]));
        byte[] message = new MessageCipher(
            lab.Right.Cipher, algorithms, state.CipherKey, Phase1Keys.ExchangeIv(lab.Right.Mac, algorithms, state.LastBlock, quick.Message))
            .Encrypt(writer.Finish());
        lab.Left.Receive(new(Lab.RightAddress, Lab.LeftAddress, 500, 500, message));
        lab.Network.RunSeconds(0.1);
        Assert.NotNull(lab.Left.Phase2().FirstOrDefault(s => s.Current));
    }

    [Fact]
    public void Two_tunnels_share_one_phase_1()
    {
        Lab lab = new Lab().With(i =>
        {
            Vpn second = i.Vpns[0].Clone();
            second.Name = "vpn2";
            second.BindInterface = "st0.1";
            second.LocalSelector = second.RemoteSelector = string.Empty;
            i.Vpns.Add(second);
        });
        lab.LeftIntent.Vpns[1].EstablishImmediately = true;
        lab.Up();
        lab.Network.RunSeconds(2);
        Assert.Single(lab.Left.Phase1());
        Assert.Equal(["vpn1", "vpn2"], lab.Left.Phase2().Select(p => p.Vpn));
        Assert.Equal(["0.0.0.0/0"], lab.Right.Phase2().Where(p => p.Vpn == "vpn2").Select(p => p.LocalSelector));
        Assert.Equal([70u, 71u], ((uint[])[1, 2]).Select(id => lab.Left.Module.Protection(id)!.Interface));
    }

    [Fact]
    public void Second_address_of_the_peer_is_tried_when_the_first_is_silent()
    {
        Lab lab = new();
        lab.LeftGateway.RemoteAddresses.Insert(0, "198.51.100.77");
        lab.Up(120);
        Assert.Equal(0, lab.Traffic(1));
        Assert.Equal(Lab.RightAddress, lab.Left.Module.Protection(1)!.RemoteAddress);
    }

    [Fact]
    public void Names_identify_peers_where_the_configuration_says_so()
    {
        Lab lab = new();
        lab.LeftGateway.LocalIdentity = new Identity { Kind = Identity.Types.Kind.Fqdn, Value = "left.example" };
        lab.RightGateway.RemoteIdentity = new Identity { Kind = Identity.Types.Kind.Fqdn, Value = "LEFT.example" };
        lab.RightGateway.LocalIdentity = new Identity { Kind = Identity.Types.Kind.UserFqdn, Value = "right@example" };
        lab.LeftGateway.RemoteIdentity = new Identity { Kind = Identity.Types.Kind.UserFqdn, Value = "right@example" };
        lab.Up();
        Assert.Equal("left.example", lab.Right.Phase1()[0].PeerIdentity);
        Assert.Equal("right@example", lab.Left.Phase1()[0].PeerIdentity);
    }

    private static bool IsMessage1(Datagram datagram) => datagram.Payload.AsSpan(8, 8).IndexOfAnyExcept((byte)0) < 0;
}
