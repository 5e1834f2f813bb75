using Google.Protobuf;
using RouterOS.Ike.Control;
using RouterOS.Ike.Wire;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

public sealed class AggressiveModeTests
{
    private const uint Inside = 0x0a000005; // 10.0.0.5

    [Fact]
    [Trait("rfc", "2409:5.4")]
    public void Three_messages_bring_the_tunnel_up_and_the_third_is_encrypted()
    {
        Lab lab = Aggressive().Up();
        Assert.Equal(0, lab.Traffic(2));
        Datagram[] phase1 = [.. lab.Network.Sent.Where(d => d.Exchange == 4)];
        Assert.Equal([false, false, true], phase1.Select(d => d.IsEncrypted));
        Assert.DoesNotContain(lab.Network.Sent, d => d.Exchange == 2);
        foreach (SimulatedRouter router in (SimulatedRouter[])[lab.Left, lab.Right])
        {
            Phase1Sa sa = Assert.Single(router.Phase1());
            Assert.Equal((Mode.Aggressive, true, router == lab.Left), (sa.Mode, sa.Up, sa.Initiator));
            Assert.Equal(router == lab.Left ? "198.51.100.2" : "198.51.100.1", sa.PeerIdentity);
        }

        Assert.Equal(0ul, lab.Left.AllDrops() + lab.Right.AllDrops());
        Assert.Empty(lab.Right.Failures());
    }

    [Theory]
    [InlineData(Cipher.DesCbc, 8u, Hash.Md5, 1u)]
    [InlineData(Cipher.TripleDesCbc, 24u, Hash.Sha1, 2u)]
    [InlineData(Cipher.AesCbc, 32u, Hash.Sha256, 5u)]
    [InlineData(Cipher.AesCbc, 16u, Hash.Sha1, 14u)]
    public void Algorithms_and_groups_work_as_in_main_mode(Cipher cipher, uint keyBytes, Hash hash, uint group)
    {
        Lab lab = Aggressive().WithPhase1(Lab.Phase1(cipher, keyBytes, hash, group)).Up();
        Assert.Equal(0, lab.Traffic(1));
    }

    [Fact]
    public void A_third_message_in_the_clear_is_as_good()
    {
        // A peer that leaves it in the clear takes the IVs of what follows from the very first one: no block came before.
        Lab lab = Aggressive();
        ClearThirdMessage cipher = new(lab.Left.Cipher);
        lab.Left.Cipher = cipher;
        lab.Network.Tap = d => d is { Exchange: 4, IsEncrypted: true } ? InClear(d, cipher.First!) : d;
        lab.Up();
        Assert.Equal(0, lab.Traffic(1));
        Assert.Equal(Mode.Aggressive, Assert.Single(lab.Right.UpPhase1()).Mode);
        Assert.Equal(0ul, lab.Right.AllDrops());
    }

    [Fact]
    [Trait("rfc", "3947:4")]
    public void Initiator_behind_a_nat_floats_with_message_3()
    {
        Lab lab = Aggressive(new Lab(1, Inside));
        lab.Network.Nat = new SimulatedNat(lab.Network, Lab.LeftAddress, Inside);
        lab.RightGateway.RemoteIdentity = new() { Kind = Identity.Types.Kind.Address, Value = "10.0.0.5" };
        lab.Up();
        Assert.Equal(0, lab.Traffic(2));
        Datagram[] phase1 = [.. lab.Network.Sent.Where(d => d.Exchange == 4)];
        Assert.Equal([(500, false), (500, false), (4500, true)], phase1.Select(d => ((int)d.SourcePort, d.HasMarker)));
        Assert.Equal((4500u, 20001u, true), (lab.Right.Phase1()[0].LocalPort, lab.Right.Phase1()[0].RemotePort, lab.Right.Phase1()[0].NatRemote));
        Assert.True(lab.Left.Phase1()[0].NatLocal);
        Assert.Equal(20001u, lab.Right.Module.Protection(1)!.RemotePort);
        Assert.Equal(0ul, lab.Left.AllDrops() + lab.Right.AllDrops());
        // Reauthentication stays on the mapped port.
        lab.Network.RunSeconds(30000);
        Assert.Equal(0, lab.Traffic(1));
        Assert.All(lab.Right.UpPhase1(), s => Assert.Equal(4500u, s.LocalPort));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_lost_message_is_sent_again(int number)
    {
        Lab lab = Aggressive();
        int seen = 0;
        lab.Network.Tap = d => d.Exchange == 4 && ++seen == number ? null : d;
        lab.Up();
        Assert.Equal(0, lab.Traffic(1));
        Assert.Single(lab.Right.UpPhase1());
        Assert.Single(lab.Left.UpPhase1());
    }

    [Fact]
    public void Rekeys_of_both_phases_lose_no_packet()
    {
        Lab lab = Aggressive().WithPhase1(Lab.Phase1(Cipher.AesCbc, 16, Hash.Sha1, 2, lifetime: 200)).WithPhase2(
            Lab.Phase2(Cipher.AesCbc, 16, Mac.HmacSha196, lifetime: 180)).Up();
        Assert.Equal(0, lab.Traffic(1000, 0.5));
        Assert.InRange(lab.Network.Sent.Count(d => d.Exchange == 4), 12, 30);
    }

    [Fact]
    public void Wrong_preshared_key_is_named_on_both_sides_and_ends_nothing()
    {
        Lab lab = Aggressive();
        lab.LeftGateway.PreSharedKey = ByteString.CopyFromUtf8("other");
        lab.Start();
        lab.Network.RunSeconds(60);
        foreach (SimulatedRouter router in (SimulatedRouter[])[lab.Left, lab.Right])
        {
            Failure failure = Assert.Single(router.Failures());
            Assert.Equal(Failure.Types.Kind.Key, failure.Kind);
            Assert.StartsWith("preshared key mismatch likely", failure.Message, StringComparison.Ordinal);
            Assert.Equal(12u, failure.Source.Line);
            Assert.Empty(router.UpPhase1());
        }
    }

    [Theory]
    [InlineData(true, "exchange mode does not match: they ask for aggressive mode, we accept main mode", "the peer refuses aggressive mode (InvalidExchangeType): it may want main mode")]
    [InlineData(false, "exchange mode does not match: they ask for main mode, we accept aggressive mode", "the peer refuses main mode (InvalidExchangeType): it may want aggressive mode")]
    public void The_wrong_mode_is_named_on_both_sides(bool initiatorAggressive, string there, string here)
    {
        Lab lab = new();
        (initiatorAggressive ? lab.LeftGateway : lab.RightGateway).Mode = Mode.Aggressive;
        lab.RightGateway.ModeSource = Lab.At("security ike policy pol1 mode", 9);
        lab.LeftGateway.ModeSource = Lab.At("security ike policy pol1 mode", 8);
        lab.Start();
        lab.Network.RunSeconds(60);
        Failure right = Assert.Single(lab.Right.Failures());
        Failure left = Assert.Single(lab.Left.Failures());
        Assert.Equal((Failure.Types.Kind.Mode, 9u), (right.Kind, right.Source.Line));
        Assert.Equal((Failure.Types.Kind.Mode, 8u), (left.Kind, left.Source.Line));
        Assert.Equal($"{there} (security ike policy pol1 mode)", right.Message);
        Assert.Equal($"{here} (security ike policy pol1 mode)", left.Message);
        Assert.Equal(0, lab.Right.OwnStrand.Computations);
    }

    [Fact]
    public void A_proposal_that_does_not_fit_is_named_on_both_sides_before_anything_is_computed()
    {
        Lab lab = Aggressive();
        lab.LeftGateway.Proposals[0] = Lab.Phase1(Cipher.TripleDesCbc, 24, Hash.Md5, 5);
        lab.Start();
        lab.Network.RunSeconds(60);
        Assert.Contains("they offer 3des-cbc/md5/group5, we accept aes-128-cbc/sha1/group2", Assert.Single(lab.Right.Failures()).Message, StringComparison.Ordinal);
        Assert.Contains("NoProposalChosen", Assert.Single(lab.Left.Failures()).Message, StringComparison.Ordinal);
        Assert.Equal(0, lab.Right.OwnStrand.Computations);
    }

    [Fact]
    public void An_unknown_identity_costs_nothing_and_is_named_on_both_sides()
    {
        Lab lab = Aggressive();
        lab.LeftGateway.LocalIdentity = new Identity { Kind = Identity.Types.Kind.Fqdn, Value = "branch.example" };
        lab.RightGateway.RemoteIdentity = new Identity { Kind = Identity.Types.Kind.Fqdn, Value = "main.example" };
        lab.Start();
        lab.Network.RunSeconds(60);
        Failure failure = Assert.Single(lab.Right.Failures());
        Assert.Equal(Failure.Types.Kind.Identity, failure.Kind);
        Assert.Contains("branch.example, we expect hostname main.example", failure.Message, StringComparison.Ordinal);
        Assert.Equal(Failure.Types.Kind.Identity, Assert.Single(lab.Left.Failures()).Kind);
        Assert.Equal(0, lab.Right.OwnStrand.Computations);
    }

    [Fact]
    public void A_responder_that_is_somebody_else_is_refused_by_the_initiator()
    {
        Lab lab = Aggressive();
        lab.RightGateway.LocalIdentity = new Identity { Kind = Identity.Types.Kind.KeyId, Value = "hub-2" };
        lab.LeftGateway.RemoteIdentity = new Identity { Kind = Identity.Types.Kind.KeyId, Value = "hub-1" };
        lab.Start();
        lab.Network.RunSeconds(60);
        Assert.Contains("they say key-id hub-2, we expect key-id hub-1", Assert.Single(lab.Left.Failures()).Message, StringComparison.Ordinal);
        lab.RightGateway.LocalIdentity.Value = "hub-1";
        lab.Right.Apply(lab.RightIntent);
        Assert.True(lab.Network.RunUntil(() => lab.IsUp, 120), lab.Explain());
    }

    [Fact]
    public void An_answer_of_somebody_else_ends_nothing_and_costs_a_bounded_number_of_computations()
    {
        Lab lab = Aggressive();
        lab.Right.Start(lab.RightIntent);
        Lab other = Aggressive(new Lab(9));
        other.RightGateway.PreSharedKey = ByteString.CopyFromUtf8("another");
        // Somebody on the way answers first, and often, with the wrong key; the right answer follows.
        int forged = 0;
        lab.Network.Tap = d =>
        {
            if (d is { Exchange: 4, IsEncrypted: false } && d.Source == Lab.RightAddress && forged++ == 0)
            {
                for (int i = 0; i < 40; i++)
                {
                    byte[] copy = [.. d.Payload];
                    copy[copy.Length - 1 - i] ^= 0x55;
                    copy[copy.AsSpan().IndexOf(d.Payload.AsSpan(8, 8)) + 7] ^= (byte)(i + 1);
                    lab.Network.Deliver(d with { Payload = copy });
                    lab.Network.RunSeconds(0.02);
                }

                return null;
            }

            return d;
        };
        lab.LeftVpn.EstablishImmediately = true;
        lab.Left.Start(lab.LeftIntent);
        Assert.True(lab.Network.RunUntil(() => lab.IsUp, 60), lab.Explain());
        Assert.InRange(lab.Left.OwnStrand.Computations, 2, 40);
    }

    [Fact]
    public void Initial_contact_clears_what_a_peer_has_lost()
    {
        Lab lab = Aggressive().Up();
        lab.Left.Kill();
        lab.Left.Values.Values.Clear();
        lab.Left.Module.Rows.Clear();
        lab.Left.Start(lab.LeftIntent);
        lab.Network.RunSeconds(10);
        Assert.True(lab.IsUp, lab.Explain());
        Assert.Single(lab.Right.UpPhase1());
        Assert.Single(lab.Right.Phase2());
    }

    [Fact]
    public void A_crash_changes_nothing()
    {
        Lab lab = Aggressive().Up();
        lab.Right.Kill();
        lab.Right.Start(lab.RightIntent);
        lab.Network.RunSeconds(2);
        Assert.Equal(Mode.Aggressive, Assert.Single(lab.Right.UpPhase1()).Mode);
        Assert.Equal(0, lab.Traffic(1));
    }

    [Fact]
    public void Flood_of_first_messages_is_bounded_and_does_not_lock_the_peer_out()
    {
        Lab lab = Aggressive();
        lab.Right.Start(lab.RightIntent);
        Datagram first = FirstMessage(lab);
        for (int i = 0; i < 2000; i++)
        {
            lab.Right.Receive(WithCookie(first, (ulong)i + 1));
            if (i % 100 == 0)
            {
                lab.Network.RunSeconds(0.001);
                Assert.InRange(lab.Right.Phase1().Count, 0, Phase1Table.MaximumAggressiveOfSource);
            }
        }

        lab.Network.RunSeconds(1);
        Assert.InRange(lab.Right.OwnStrand.Computations, 1, Phase1Table.MaximumAggressiveOfSource);
        Assert.True(lab.Right.Drops(IkeDrop.Limit) > 1500);
        lab.LeftVpn.EstablishImmediately = true;
        lab.Left.Start(lab.LeftIntent);
        for (int i = 0; i < 3000 && !lab.IsUp; i++)
        {
            lab.Right.Receive(WithCookie(first, (ulong)i + 10000));
            lab.Network.RunSeconds(0.01);
        }

        Assert.True(lab.IsUp, lab.Explain());
        lab.Network.RunSeconds(30);
        Assert.Single(lab.Right.Phase1());
    }

    [Fact]
    public void One_group_serves_all_proposals()
    {
        Lab lab = Aggressive();
        lab.LeftGateway.Proposals.Add(Lab.Phase1(Cipher.AesCbc, 32, Hash.Sha1, 5));
        Assert.Contains(
            IkeCommit.Validate(new([lab.LeftIntent])), f => f.Message.Contains("aggressive mode needs the same dh-group", StringComparison.Ordinal));
    }

    private static Lab Aggressive(Lab? lab = null) => (lab ?? new Lab()).With(i => i.Gateways[0].Mode = Mode.Aggressive);

    private static Datagram FirstMessage(Lab lab)
    {
        IsakmpWriter writer = new(1, 0, ExchangeType.Aggressive);
        writer.Add(PayloadType.SecurityAssociation, RouterOS.Ike.Control.Policy.Phase1Negotiation.Offer(
            RouterOS.Ike.Control.Policy.IkeIntentReader.Read(lab.LeftGateway).Proposals));
        byte[] value = new byte[128];
        value[^1] = 7;
        writer.Add(PayloadType.KeyExchange, value);
        writer.Add(PayloadType.Nonce, new byte[16]);
        writer.Add(PayloadType.Identification, IdentificationPayload.Create(IdentityType.Ipv4Address, 0, 0, [198, 51, 100, 1]));
        return new(Lab.LeftAddress, Lab.RightAddress, 500, 500, writer.Finish());
    }

    private static Datagram WithCookie(Datagram datagram, ulong cookie)
    {
        byte[] copy = [.. datagram.Payload];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(copy, cookie);
        return datagram with { Payload = copy };
    }

    private static Datagram InClear(Datagram datagram, byte[] text)
    {
        byte[] copy = [.. datagram.Payload[..28], .. text];
        copy[19] &= 0xfe;
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(copy.AsSpan(24), copy.Length);
        return datagram with { Payload = copy };
    }

    /// <summary>The cipher of a peer that does not encrypt its first message.</summary>
    private sealed class ClearThirdMessage(Abstractions.Control.ICipher cipher) : Abstractions.Control.ICipher
    {
        public byte[]? First { get; private set; }

        public void Encrypt(
            Abstractions.Crypto.CipherAlgorithm algorithm, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source,
            Span<byte> destination)
        {
            if (First is null)
            {
                First = source.ToArray();
                iv.CopyTo(destination[^iv.Length..]);
                return;
            }

            cipher.Encrypt(algorithm, key, iv, source, destination);
        }

        public void Decrypt(
            Abstractions.Crypto.CipherAlgorithm algorithm, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source,
            Span<byte> destination) => cipher.Decrypt(algorithm, key, iv, source, destination);
    }
}
