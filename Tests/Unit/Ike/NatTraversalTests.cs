using System.Buffers.Binary;
using System.Security.Cryptography;
using RouterOS.Ike.Control;
using RouterOS.Ike.Wire;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

public sealed class NatTraversalTests
{
    private const uint Inside = 0x0a000005; // 10.0.0.5
    private const uint OtherInside = 0x0a000006;

    private static readonly byte[] s_rfc = Convert.FromHexString("4a131c81070358455c5728f20e95452f");

    [Fact]
    public void Ah_does_not_start_behind_a_nat_and_the_failure_says_why()
    {
        Lab lab = BehindNat(out _).With(i =>
        {
            Phase2Proposal proposal = i.Vpns[0].Proposals[0];
            (proposal.Protocol, proposal.Cipher, proposal.CipherKeyBytes) = (RouterOS.Proto.Esp.V1.Protocol.Ah, Cipher.Null, 0);
        });
        lab.Start();
        lab.Network.RunSeconds(30);
        Failure failure = Assert.Single(lab.Left.Failures(), f => f.Phase == 2);
        Assert.Equal(Failure.Types.Kind.Proposal, failure.Kind);
        Assert.Contains("use protocol esp", failure.Message, StringComparison.Ordinal);
        Assert.Empty(lab.Right.Phase2());
    }

    [Fact]
    [Trait("rfc", "3947:4")]
    public void Initiator_behind_a_nat_floats_and_its_esp_goes_inside_udp()
    {
        Lab lab = BehindNat(out SimulatedNat nat).Up();
        Assert.Equal(0, lab.Traffic(2));
        Phase1Sa left = Assert.Single(lab.Left.Phase1());
        Phase1Sa right = Assert.Single(lab.Right.Phase1());
        Assert.Equal((4500u, 4500u, true, false), (left.LocalPort, left.RemotePort, left.NatLocal, left.NatRemote));
        Assert.Equal((4500u, 20001u, false, true), (right.LocalPort, right.RemotePort, right.NatLocal, right.NatRemote));
        Assert.Equal("10.0.0.5", right.PeerIdentity);
        Assert.Equal("198.51.100.1", right.RemoteAddress);
        ProtectionRow there = lab.Left.Module.Protection(1)!;
        ProtectionRow here = lab.Right.Module.Protection(1)!;
        Assert.Equal((Inside, Lab.RightAddress, 4500u, 4500u), (there.LocalAddress, there.RemoteAddress, there.LocalPort, there.RemotePort));
        Assert.Equal((Lab.RightAddress, nat.Address, 4500u, 20001u), (here.LocalAddress, here.RemoteAddress, here.LocalPort, here.RemotePort));
        Phase2Sa pair = Assert.Single(lab.Right.Phase2());
        Assert.Equal((4500u, 20001u, 20001u), (pair.LocalUdpPort, pair.RemoteUdpPort, pair.RemotePort));

        // Messages 1 to 4 are on the old port, everything after them behind the marker on the new one.
        List<Datagram> sent = lab.Network.Sent;
        Assert.All(sent.Take(4), d => Assert.False(d.HasMarker || d.SourcePort == 4500 || d.DestinationPort == 4500));
        Assert.All(sent.Skip(4).Where(d => !d.IsKeepalive), d => Assert.True(d is { HasMarker: true, IsEncrypted: true, SourcePort: 4500 }));
        Assert.Equal(0ul, lab.Left.AllDrops() + lab.Right.AllDrops());
    }

    [Fact]
    [Trait("rfc", "3947:3.2")]
    public void Responder_behind_a_nat_is_found_too()
    {
        // The right router is reached by two ports that its NAT forwards.
        Lab lab = new();
        SimulatedRouter right = lab.Network.Add(Inside, "right");
        lab.Network.Nat = new SimulatedNat(lab.Network, Lab.RightAddress, Inside);
        lab.Network.Nat.Forward(Inside, 500);
        lab.Network.Nat.Forward(Inside, 4500);
        lab.LeftGateway.RemoteIdentity = Named("10.0.0.5");
        lab.LeftVpn.EstablishImmediately = true;
        right.Start(lab.RightIntent);
        lab.Left.Start(lab.LeftIntent);
        lab.Network.RunSeconds(5);
        Assert.Equal((true, 4500u), (Assert.Single(lab.Left.Phase1()).NatRemote, lab.Left.Phase1()[0].RemotePort));
        Assert.True(Assert.Single(right.UpPhase1()).NatLocal);
        lab.Left.Module.Send(1);
        right.Module.Send(1);
        lab.Network.RunSeconds(1);
        Assert.Equal((1, 1), (lab.Left.Module.Received, right.Module.Received));
        // Rekeying of both phases, by either side, stays on the mapped ports.
        lab.Network.RunSeconds(30000);
        Assert.Contains(lab.Left.UpPhase1(), s => s.RemotePort == 4500);
        right.Module.Send(1);
        lab.Network.RunSeconds(1);
        Assert.Equal(2, lab.Left.Module.Received);
    }

    [Fact]
    [Trait("rfc", "3947:3.1")]
    public void Without_a_nat_nothing_changes_but_two_payloads()
    {
        Lab lab = new Lab().Up();
        Assert.All(lab.Network.Sent, d => Assert.Equal((500, 500), (d.SourcePort, d.DestinationPort)));
        ProtectionRow row = lab.Left.Module.Protection(1)!;
        Assert.Equal((0u, 0u), (row.LocalPort, row.RemotePort));
        Assert.Equal(0u, lab.Left.Phase2()[0].LocalUdpPort);
        // NAT-D = hash(cookies | address | port): of the receiver first, then of the sender.
        Datagram third = lab.Network.Sent[2];
        byte[][] hashes = Bodies(third, PayloadType.NatDetection);
        Assert.Equal([NatD(third, Lab.RightAddress, 500), NatD(third, Lab.LeftAddress, 500)], hashes);
        Datagram fourth = lab.Network.Sent[3];
        Assert.Equal([NatD(fourth, Lab.LeftAddress, 500), NatD(fourth, Lab.RightAddress, 500)], Bodies(fourth, PayloadType.NatDetection));
        // The responder names what it has chosen and nothing else.
        Assert.Contains(Bodies(lab.Network.Sent[0], PayloadType.VendorId), v => v.AsSpan().SequenceEqual(s_rfc));
        Assert.Equal(4, Bodies(lab.Network.Sent[1], PayloadType.VendorId).Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_nat_traversal_on_one_side_leaves_everything_plain(bool left)
    {
        Lab lab = BehindNat(out _);
        (left ? lab.LeftGateway : lab.RightGateway).NoNatTraversal = true;
        lab.Up();
        Assert.All(lab.Network.Sent, d => Assert.False(d.HasMarker));
        Assert.Equal(0u, lab.Right.Module.Protection(1)!.RemotePort);
        Assert.Empty(Bodies(lab.Network.Sent[2], PayloadType.NatDetection));
        // Plain ESP cannot cross a NAT of ports.
        lab.Left.Module.Send(1);
        lab.Network.RunSeconds(1);
        Assert.Equal(0, lab.Right.Module.Received);
    }

    [Theory]
    [InlineData("7d9419a65310ca6f2c179d9215529d56", (byte)130, 61443u)]
    [InlineData("90cb80913ebb696e086381b5ec427b1f", (byte)130, 61443u)]
    [InlineData("cd60464335df21f87cfdb2fc68b6a448", (byte)130, 61443u)]
    [InlineData("8f8d83826d246b6fc7a8a6a428c11de8", (byte)15, 3u)]
    [InlineData("4df37928e9fc4fd1b3262170d515c662", (byte)15, 3u)]
    public void Peers_of_a_draft_are_spoken_to_in_its_numbers(string vendorId, byte payload, uint mode)
    {
        Lab lab = BehindNat(out _);
        // On the way, the RFC's vendor id becomes the draft's, and the others nothing that anybody knows.
        lab.Network.Tap = d => d.Exchange == 2 && !d.IsEncrypted && Bodies(d, PayloadType.VendorId).Length > 4 ? OnlyOffers(d, vendorId) : d;
        lab.Up();
        Assert.Equal(0, lab.Traffic(1));
        Assert.Equal(2, Bodies(lab.Network.Sent[2], (PayloadType)payload).Length);
        Assert.Equal(mode, (uint)NatTraversalDocument.All.Single(x => Convert.ToHexStringLower(x.VendorId) == vendorId).UdpTunnel);
        Assert.Equal(4500u, lab.Left.Module.Protection(1)!.RemotePort);
    }

    [Fact]
    [Trait("rfc", "3948:4")]
    public void Keepalives_hold_the_mapping_of_a_silent_tunnel_and_only_behind_the_nat()
    {
        Lab lab = BehindNat(out SimulatedNat nat, TimeSpan.FromSeconds(40)).Up();
        lab.Network.RunSeconds(600);
        Datagram[] keepalives = [.. lab.Network.Sent.Where(d => d.IsKeepalive)];
        Assert.InRange(keepalives.Length, 29, 31);
        Assert.All(keepalives, d => Assert.Equal((Inside, Lab.RightAddress, 4500, 4500), (d.Source, d.Destination, d.SourcePort, d.DestinationPort)));
        // The right router speaks first after the silence.
        lab.Right.Module.Send(1);
        lab.Network.RunSeconds(1);
        Assert.Equal((1, 0), (lab.Left.Module.Received, nat.Unmapped));

        // With a longer interval than the NAT's patience, the mapping is lost.
        lab.LeftGateway.NatKeepaliveSeconds = 300;
        lab.Left.Apply(lab.LeftIntent);
        lab.Network.RunSeconds(100);
        lab.Right.Module.Send(1);
        lab.Network.RunSeconds(1);
        Assert.Equal((1, 1), (lab.Left.Module.Received, nat.Unmapped));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("rfc", "3948:4")]
    public void Traffic_follows_a_peer_whose_nat_forgets_it(bool otherAddress)
    {
        Lab lab = BehindNat(out SimulatedNat nat).Up();
        Assert.Equal(0, lab.Traffic(1));
        int written = lab.Network.Sent.Count;
        nat.Rebind(otherAddress ? 0xc6336463 : null);
        lab.Left.Module.Send(1);
        lab.Network.RunSeconds(0.1);
        Assert.Equal(0, lab.Traffic(2));
        // One row changed, and nothing was negotiated.
        Assert.Equal((nat.Address, 21000u), (lab.Right.Module.Protection(1)!.RemoteAddress, lab.Right.Module.Protection(1)!.RemotePort));
        Assert.All(lab.Network.Sent.Skip(written), d => Assert.True(d.IsKeepalive));
        Assert.Equal(21000u, lab.Right.UpPhase1().Single().RemotePort);
        Assert.Single(lab.Right.Lines, l => l.Id == 1004);
        // What comes next, from rekeying to deleting, finds the way.
        lab.Network.RunSeconds(3600);
        Assert.Equal(0, lab.Traffic(1));
        Assert.Equal(0, nat.Unmapped);
    }

    [Fact]
    public void An_authentic_message_of_ike_moves_the_peer_and_a_copy_of_it_does_not()
    {
        Lab lab = BehindNat(out SimulatedNat nat).WithLiveness(RouterOS.Proto.Ike.V1.DeadPeerDetection.Types.Probe.AlwaysSend).Up();
        nat.Rebind();
        lab.Network.RunSeconds(25);
        Assert.Equal(21000u, lab.Right.Module.Protection(1)!.RemotePort);
        Assert.Equal(0, lab.Traffic(1));
        Datagram probe = lab.Network.Sent.Last(d => d.Source == Inside && d.IsEncrypted);
        lab.Right.Receive(probe with { Source = 0xcb007163, SourcePort = 999 });
        lab.Network.RunSeconds(1);
        Assert.Equal((nat.Address, 21000u), (lab.Right.Module.Protection(1)!.RemoteAddress, lab.Right.Module.Protection(1)!.RemotePort));
        Assert.Equal(1ul, lab.Right.Drops(IkeDrop.Replayed));
    }

    [Fact]
    public void A_peer_that_is_not_behind_a_nat_never_moves()
    {
        Lab lab = BehindNat(out _).WithLiveness(RouterOS.Proto.Ike.V1.DeadPeerDetection.Types.Probe.AlwaysSend).Up();
        // The left router's peer has an address of its own: what comes from elsewhere is nobody's.
        lab.Network.Tap = d => d.Source == Lab.RightAddress ? d with { SourcePort = 4600 } : d;
        lab.Network.RunSeconds(15);
        Assert.Equal(4500u, lab.Left.Module.Protection(1)!.RemotePort);
        Assert.NotEqual(0ul, lab.Left.Drops(IkeDrop.UnknownSa));
    }

    [Fact]
    public void Both_sides_reauthenticate_through_the_mapping()
    {
        Lab lab = BehindNat(out SimulatedNat nat).With(i => i.Gateways[0].Proposals[0].LifetimeSeconds = 600);
        lab.RightVpn.EstablishImmediately = true;
        lab.Up();
        // The right router's own first attempt, to the port that has no mapping, takes its time to fail.
        lab.Network.RunSeconds(60);
        (int unmapped, int sent) = (nat.Unmapped, lab.Network.Sent.Count);
        int lost = 0;
        for (int i = 0; i < 40; i++)
        {
            lab.Network.RunSeconds(60);
            lost += lab.Traffic(0.5);
        }

        Assert.True(lost == 0, lab.Explain());
        Assert.Equal(unmapped, nat.Unmapped);
        Datagram[] first = [.. lab.Network.Sent.Skip(sent).Where(d => d.Exchange == 2 && BinaryPrimitives.ReadUInt64BigEndian(d.Isakmp.AsSpan(8)) == 0)];
        Assert.True(first.Length > 3);
        Assert.All(first, d => Assert.Equal((4500, true), (d.SourcePort, d.HasMarker)));
    }

    [Fact]
    public void A_restart_keeps_ports_and_keepalives()
    {
        Lab lab = BehindNat(out SimulatedNat nat, TimeSpan.FromSeconds(40)).Up();
        lab.Right.Kill();
        lab.Left.Kill();
        lab.Network.RunSeconds(5);
        lab.Right.Start(lab.RightIntent);
        lab.Left.Start(lab.LeftIntent);
        lab.Network.RunSeconds(100);
        Assert.Equal(20001u, lab.Right.Module.Protection(1)!.RemotePort);
        Assert.Equal((4500u, 20001u), (lab.Right.Phase1()[0].LocalPort, lab.Right.Phase1()[0].RemotePort));
        Assert.Equal(0, lab.Traffic(1));
        Assert.Equal(0, nat.Unmapped);
        Assert.Single(lab.Right.Phase2());
    }

    [Fact]
    public void Two_peers_behind_one_nat_are_told_apart_by_identity_and_port()
    {
        Lab lab = BehindNat(out _);
        SimulatedRouter other = lab.Network.Add(OtherInside, "other");
        lab.Network.Nat = new SimulatedNat(lab.Network, Lab.LeftAddress, Inside, OtherInside);
        lab.RightGateway.RemoteIdentity = Named("10.0.0.5");
        Gateway second = lab.RightGateway.Clone();
        second.Name = "gw2";
        second.RemoteIdentity = Named("10.0.0.6");
        lab.RightIntent.Gateways.Add(second);
        Vpn vpn = lab.RightVpn.Clone();
        (vpn.Name, vpn.Gateway, vpn.BindInterface) = ("vpn2", "gw2", "st0.1");
        lab.RightIntent.Vpns.Add(vpn);
        lab.Up();
        IkeIntent otherIntent = lab.LeftIntent.Clone();
        other.Start(otherIntent);
        lab.Network.RunSeconds(10);
        Assert.Equal(["gw1", "gw2"], lab.Right.UpPhase1().Select(s => s.Gateway).Order());
        Assert.Equal(2, lab.Right.UpPhase1().Select(s => s.RemotePort).Distinct().Count());
        Assert.Equal(["vpn1", "vpn2"], lab.Right.Phase2().Select(s => s.Vpn).Order());
        // Equal inner addresses, equal outer address: the port and the SPI lead to the right one.
        lab.Right.Module.Send(1);
        lab.Right.Module.Send(2);
        lab.Right.Module.Send(2);
        lab.Left.Module.Send(1);
        other.Module.Send(1);
        lab.Network.RunSeconds(1);
        Assert.Equal((1, 2, 2), (lab.Left.Module.Received, other.Module.Received, lab.Right.Module.Received));
        // A restart of one says INITIAL-CONTACT for itself alone.
        other.Kill();
        other.Values.Values.Clear();
        other.Module.Rows.Clear();
        other.Start(otherIntent);
        lab.Network.RunSeconds(10);
        Assert.Single(lab.Right.Phase2(), p => p.Vpn == "vpn1");
        Assert.Equal(0, lab.Traffic(1));
    }

    [Fact]
    [Trait("rfc", "3947:4")]
    public void On_the_old_port_message_5_is_old_and_on_the_new_one_ike_has_a_marker()
    {
        Lab lab = BehindNat(out SimulatedNat nat);
        Datagram? fifth = null;
        lab.Network.Tap = d => d.Source == Inside && d.IsEncrypted ? (fifth ??= d, (Datagram?)null).Item2 : d;
        lab.Start();
        lab.Network.RunSeconds(3);
        Assert.NotNull(fifth);
        lab.Right.Receive(new(nat.Address, Lab.RightAddress, 20000, 500, fifth.Isakmp));
        lab.Right.Receive(new(nat.Address, Lab.RightAddress, 20001, 4500, fifth.Isakmp));
        lab.Right.Receive(new(nat.Address, Lab.RightAddress, 20001, 4500, [0xff]));
        lab.Right.Receive(new(nat.Address, Lab.RightAddress, 20001, 4500, [0, 0, 0]));
        lab.Network.RunSeconds(1);
        Assert.Empty(lab.Right.UpPhase1());
        Assert.Equal((1ul, 3ul), (lab.Right.Drops(IkeDrop.Unexpected), lab.Right.Drops(IkeDrop.NoMarker)));
        lab.Right.Receive(new(nat.Address, Lab.RightAddress, 20001, 4500, fifth.Payload));
        lab.Network.RunSeconds(1);
        Assert.Single(lab.Right.UpPhase1());
    }

    [Fact]
    public void An_identity_that_the_nat_contradicts_is_named()
    {
        Lab lab = BehindNat(out _);
        lab.RightGateway.RemoteIdentity = null;
        lab.Start();
        lab.Network.RunSeconds(10);
        Assert.False(lab.IsUp);
        Failure failure = lab.Right.Failures()[0];
        Assert.Equal("identity does not match: they say address 10.0.0.5, we expect address 198.51.100.1 (security ike gateway gw1)", failure.Message);
    }

    [Fact]
    public void Loss_and_repetition_are_no_obstacle()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            Lab lab = BehindNat(out _, seed: seed);
            (lab.Network.Loss, lab.Network.Duplication, lab.Network.Delay) = (0.2, 0.2, 0.2);
            lab.Start();
            Assert.True(lab.Network.RunUntil(() => lab.IsUp, 240), $"{seed}\n{lab.Explain()}");
            lab.Network.RunSeconds(1);
            Assert.NotEqual(0u, lab.Right.Module.Protection(1)!.RemotePort);
        }
    }

    [Fact]
    public void Neither_garbage_nor_copies_from_anywhere_move_a_peer()
    {
        Lab lab = BehindNat(out SimulatedNat nat).WithLiveness(RouterOS.Proto.Ike.V1.DeadPeerDetection.Types.Probe.AlwaysSend).Up();
        lab.Network.RunSeconds(35);
        Datagram[] corpus = [.. lab.Network.Sent.Where(d => d.Source == Inside && d.HasMarker)];
        int changes = lab.Right.Module.Changes;
        SimulatedRandom random = new(9);
        for (int i = 0; i < 10_000; i++)
        {
            byte[] bytes = [.. corpus[random.Next() % (ulong)corpus.Length].Payload];
            // One in four is a copy as it was; message 5 repeated is answered, the others are replays.
            for (int change = (int)(random.Next() % 4); change > 0; change--)
            {
                bytes[20 + (int)(random.Next() % (ulong)(bytes.Length - 20))] ^= (byte)(1 + (random.Next() % 255));
            }

            lab.Right.Receive(new(0xcb007100 + (uint)(random.Next() % 4), Lab.RightAddress, (ushort)(1024 + (random.Next() % 60000)), 4500, bytes));
        }

        lab.Network.RunSeconds(1);
        Assert.Equal(changes, lab.Right.Module.Changes);
        Assert.Equal((nat.Address, 20001u), (lab.Right.Module.Protection(1)!.RemoteAddress, lab.Right.Module.Protection(1)!.RemotePort));
        Assert.Equal(20001u, lab.Right.UpPhase1().Single().RemotePort);
        Assert.Equal(0, lab.Traffic(1));
    }

    // The left router has a private address, and a NAT with its old one before it.
    private static Lab BehindNat(out SimulatedNat nat, TimeSpan? lifetime = null, ulong seed = 1)
    {
        Lab lab = new(seed, Inside);
        lab.Network.Nat = nat = new SimulatedNat(lab.Network, Lab.LeftAddress, Inside) { Lifetime = lifetime ?? TimeSpan.FromDays(1) };
        lab.RightGateway.RemoteIdentity = Named("10.0.0.5");
        return lab;
    }

    private static Identity Named(string address) => new() { Kind = Identity.Types.Kind.Address, Value = address };

    private static byte[][] Bodies(Datagram datagram, PayloadType type)
    {
        Assert.True(IsakmpHeader.TryParse(datagram.Isakmp, out IsakmpHeader header, out _));
        Assert.True(PayloadChain.TryParse(header.NextPayload, header.Body, out PayloadChain chain, out _));
        List<byte[]> bodies = [];
        foreach (Payload payload in chain)
        {
            if (payload.Type == type)
            {
                bodies.Add(payload.Body.ToArray());
            }
        }

        return [.. bodies];
    }

    private static byte[] NatD(Datagram datagram, uint address, ushort port)
    {
        byte[] input = [.. datagram.Isakmp[..16], 0, 0, 0, 0, (byte)(port >> 8), (byte)port];
        BinaryPrimitives.WriteUInt32BigEndian(input.AsSpan(16), address);
        return SHA1.HashData(input);
    }

    private static Datagram OnlyOffers(Datagram datagram, string vendorId)
    {
        byte[] bytes = [.. datagram.Payload];
        foreach (NatTraversalDocument document in NatTraversalDocument.All.Where(d => d.IsOffered))
        {
            int at = bytes.AsSpan().IndexOf(document.VendorId);
            (document.Name == "RFC 3947" ? Convert.FromHexString(vendorId) : new byte[16]).CopyTo(bytes, at);
        }

        return datagram with { Payload = bytes };
    }
}
