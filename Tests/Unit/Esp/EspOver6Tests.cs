using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;
using EspProtocol = RouterOS.Proto.Esp.V1.Protocol;

namespace RouterOS.Unit.Esp;

/// <summary>Transport mode, bundles and UDP between IPv6 addresses.</summary>
public sealed class EspOver6Tests : IDisposable
{
    private const string Local = "2001:db8:f::1";
    private const string Remote = "2001:db8:f::2";
    private const string Nat = "2001:db8:aa::7";
    private const ushort NatPort = 31007;

    private readonly CryptoEngines _engines = CryptoEngines.Open();
    private readonly List<EspRig> _rigs = [];

    public static TheoryData<CipherAlgorithm, int, MacAlgorithm, EspProtocol> Suites { get; } = new()
    {
        { CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha1, EspProtocol.Esp },
        { CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacMd5, EspProtocol.Esp },
        { CipherAlgorithm.AesGcm, 20, MacAlgorithm.None, EspProtocol.Esp },
        { CipherAlgorithm.Null, 0, MacAlgorithm.HmacSha256, EspProtocol.Esp },
        { CipherAlgorithm.Null, 0, MacAlgorithm.HmacSha1, EspProtocol.Ah },
        { CipherAlgorithm.Null, 0, MacAlgorithm.HmacSha256, EspProtocol.Ah },
    };

    public void Dispose()
    {
        _rigs.ForEach(r => r.Dispose());
        _engines.Dispose();
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Packets_of_transport_mode_arrive_as_they_were_sent(CipherAlgorithm cipher, int keyBytes, MacAlgorithm mac, EspProtocol protocol)
    {
        (EspRig sender, EspRig receiver) = Pair(Row(new(cipher, keyBytes, mac), SaMode.Transport, protocol));
        for (int length = 44; length <= 1400; length += length < 90 ? 1 : 71)
        {
            byte[] packet = Own(length);
            byte[] outer = Assert.Single(Seal(sender, packet));
            Assert.Equal(protocol == EspProtocol.Ah ? 51 : 50, outer[6]);
            Assert.Equal(packet[8..40], outer[8..40]);
            Assert.Equal(outer.Length - 40, BinaryPrimitives.ReadUInt16BigEndian(outer.AsSpan(4)));
            Assert.Equal(packet, Open(receiver, outer));
        }

        Assert.Equal(0ul, sender.DroppedInAll() + receiver.DroppedInAll());
        Assert.True(receiver.Read<SaState>("sa-in", "4096").Packets > 60);
    }

    [Theory]
    [InlineData(SaMode.Tunnel)]
    [InlineData(SaMode.Transport)]
    public void Bytes_are_counted_as_on_the_wire(SaMode mode)
    {
        (EspRig sender, EspRig receiver) = Pair(Row(EspPackets.AesSha1, mode, EspProtocol.Esp));
        byte[] v4 = EspPackets.Inner(100);
        ulong wire = 0;
        ulong inside = 0;
        foreach (byte[] packet in mode == SaMode.Tunnel ? (byte[][])[Own(100), v4] : [Own(100), Own(333)])
        {
            byte[] outer = Assert.Single(Seal(sender, packet));
            Assert.NotNull(receiver.Take("esp-input6", receiver.Rent(outer), packet == v4 ? "ip4-input" : "ip6-input").Single());
            wire += (uint)outer.Length;
            inside += (uint)packet.Length;
        }

        ProtectionState sent = sender.Read<ProtectionState>("protection", "3");
        ProtectionState received = receiver.Read<ProtectionState>("protection", "3");
        Assert.Equal((wire, inside), (sent.EncryptedBytes, sent.SentInnerBytes));
        Assert.Equal(inside, received.DecryptedBytes);
        Assert.Equal(wire, received.ReceivedOuterBytes);
    }

    [Theory]
    [InlineData(EspProtocol.Esp)]
    [InlineData(EspProtocol.Ah)]
    public void Transport_mode_refuses_what_is_changed_replayed_in_fragments_or_of_the_other_family(EspProtocol protocol)
    {
        CryptoSuite suite = protocol == EspProtocol.Ah ? AhPackets.Sha1 : EspPackets.AesSha1;
        (EspRig sender, EspRig receiver) = Pair(Row(suite, SaMode.Transport, protocol));
        byte[] outer = Assert.Single(Seal(sender, Own(100)));
        byte[] changed = [.. outer];
        changed[^20] ^= 1;
        Assert.Null(Open(receiver, changed));
        Assert.NotNull(Open(receiver, outer));
        Assert.Null(Open(receiver, outer));
        byte[] fragment = [.. Own(48)[..40], 17, 0, 0, 1, 0, 0, 0, 9, .. new byte[40]];
        (fragment[5], fragment[6]) = (48, 44);
        Assert.Empty(Seal(sender, fragment));
        Assert.Empty(Seal(sender, EspPackets.Inner(100)));
        Assert.Equal((1ul, 1ul), (receiver.Dropped("authentication-failed"), receiver.Dropped("replayed")));
    }

    [Fact]
    public void Ah_of_transport_mode_covers_the_addresses_and_leaves_extension_headers_in_front()
    {
        (EspRig sender, EspRig receiver) = Pair(Row(AhPackets.Sha1, SaMode.Transport, EspProtocol.Ah));
        byte[] plain = Own(100);
        byte[] packet = [.. plain[..40], 17, 0, 5, 2, 0, 0, 1, 0, .. plain[40..]];
        (packet[5], packet[6]) = ((byte)(packet[5] + 8), 0);
        byte[] outer = Assert.Single(Seal(sender, packet));
        Assert.Equal((0, 51), (outer[6], outer[40]));
        byte[] readdressed = [.. outer];
        readdressed[20] ^= 1;
        Assert.Null(Open(receiver, readdressed));
        byte[] passed = [.. outer];
        passed[7]--;
        packet[7]--;
        Assert.Equal(packet, Open(receiver, passed));
    }

    [Theory]
    [InlineData(SaMode.Tunnel, CipherAlgorithm.AesCbc, 16, MacAlgorithm.None)]
    [InlineData(SaMode.Tunnel, CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacMd5)]
    [InlineData(SaMode.Transport, CipherAlgorithm.AesCbc, 16, MacAlgorithm.None)]
    [InlineData(SaMode.Transport, CipherAlgorithm.AesGcm, 20, MacAlgorithm.None)]
    public void Packets_of_a_bundle_arrive_as_they_were_sent(SaMode mode, CipherAlgorithm cipher, int keyBytes, MacAlgorithm mac)
    {
        SaRow esp = Row(new(cipher, keyBytes, mac), mode, EspProtocol.Esp);
        esp.PartnerSpi = 0x2000;
        SaRow ah = EspRig.Sa(AhPackets.Sha1, 0x2000, fill: 9);
        (ah.Protocol, ah.PartnerSpi) = (EspProtocol.Ah, 0x1000);
        (EspRig sender, EspRig receiver) = Pair(esp);
        Assert.Empty(Seal(sender, Own(100)));
        Assert.Null(sender.Set("sa-out", "3/8192", ah));
        Assert.Null(receiver.Set("sa-in", "8192", ah));
        for (int length = 44; length <= 1400; length += length < 90 ? 1 : 71)
        {
            byte[] packet = Own(length);
            byte[] outer = Assert.Single(Seal(sender, packet));
            int bytes = (outer[41] + 2) * 4;
            Assert.Equal((51, 50, 24, 0x2000u, 0x1000u),
                (outer[6], outer[40], bytes, BinaryPrimitives.ReadUInt32BigEndian(outer.AsSpan(44)), BinaryPrimitives.ReadUInt32BigEndian(outer.AsSpan(40 + bytes))));
            Assert.Equal(packet, Open(receiver, outer));
        }

        // Without the AH around it ESP is worth nothing.
        (EspRig alone, _) = Pair(Row(new(cipher, keyBytes, mac), mode, EspProtocol.Esp));
        Assert.Null(Open(receiver, Assert.Single(Seal(alone, Own(100)))));
        Assert.Equal(1ul, receiver.Dropped("not-bundled"));
    }

    [Theory]
    [InlineData(SaMode.Tunnel)]
    [InlineData(SaMode.Transport)]
    public void Inside_udp_every_datagram_has_a_right_checksum(SaMode mode)
    {
        (EspRig sender, EspRig receiver) = Pair(Row(EspPackets.AesSha1, mode, EspProtocol.Esp), inUdp: true);
        for (int length = 48; length <= 1400; length += length < 90 ? 1 : 71)
        {
            byte[] packet = Checked(Own(length));
            byte[] outer = Assert.Single(Seal(sender, packet));
            Assert.Equal((6, 17), (outer[0] >> 4, outer[6]));
            Assert.True(UdpHeader.TryParse(outer.AsSpan(40), out UdpHeader udp, out _));
            Assert.Equal((4500, NatPort), (udp.SourcePort, udp.DestinationPort));
            Assert.True(udp.IsChecksumRight(outer.AsSpan(8, 32)));
            Assert.Equal(0x1000u, BinaryPrimitives.ReadUInt32BigEndian(udp.Payload));
            Assert.Equal(packet, Open(receiver, [.. outer, 1, 2, 3]));
        }

        Assert.Empty(receiver.FakeWorker.Events);
        Assert.Equal(0ul, receiver.DroppedInAll());
    }

    [Fact]
    public void Behind_a_nat_the_checksums_of_transport_mode_are_made_anew()
    {
        (EspRig sender, EspRig receiver) = Pair(Row(EspPackets.AesSha1, SaMode.Transport, EspProtocol.Esp), inUdp: true);
        foreach (byte protocol in (byte[])[6, 17, 58])
        {
            byte[] packet = Own(100);
            packet[6] = protocol;
            byte[] outer = Assert.Single(Seal(sender, Checked(packet)));
            byte[]? got = Open(receiver, From(outer, Nat, 1234));
            IPAddress.Parse(Nat).GetAddressBytes().CopyTo(packet, 8);
            Assert.Equal(Checked(packet), got);
        }

        Assert.Equal(["protection 3 peer-moved"], receiver.FakeWorker.Events);
    }

    [Fact]
    public void A_peer_that_has_moved_is_told_with_its_address()
    {
        (EspRig sender, EspRig receiver) = Pair(Row(EspPackets.AesSha1, SaMode.Tunnel, EspProtocol.Esp), inUdp: true);
        byte[][] outer = [.. Enumerable.Range(0, 3).Select(_ => Assert.Single(Seal(sender, Own(100))))];
        byte[] forged = From(outer[2], Nat, NatPort);
        forged[^1] ^= 1;
        Assert.Null(Open(receiver, forged));
        Assert.Empty(receiver.FakeWorker.Events);
        Assert.NotNull(Open(receiver, From(outer[1], Nat, NatPort)));
        Assert.Equal(["protection 3 peer-moved"], receiver.FakeWorker.Events);
        ProtectionState state = receiver.Read<ProtectionState>("protection", "3");
        Assert.Equal((0u, (uint)NatPort, IPAddress.Parse(Nat)), (state.PeerAddress, state.PeerPort, new IPAddress(state.PeerAddress6.Span)));
        // Late ones tell nothing; the newest one from the old place takes it back.
        Assert.NotNull(Open(receiver, outer[0]));
        Assert.False(receiver.Read<ProtectionState>("protection", "3").PeerAddress6.IsEmpty);
        Assert.NotNull(Open(receiver, outer[2]));
        Assert.True(receiver.Read<ProtectionState>("protection", "3").PeerAddress6.IsEmpty);
    }

    [Fact]
    public void Port_4500_is_split_by_what_comes_first()
    {
        (_, EspRig receiver) = Pair(Row(EspPackets.AesSha1, SaMode.Tunnel, EspProtocol.Esp), inUdp: true);
        byte[] ike = Udp([0, 0, 0, 0, 1, 2, 3, 4, 5]);
        Assert.Null(Open(receiver, ike));
        (string channel, byte[] punted) = Assert.Single(receiver.FakeWorker.Punted);
        Assert.Equal("udp:4500", channel);
        Assert.Equal(ike, punted);
        Assert.Null(Open(receiver, Udp([0xFF])));
        Assert.Equal(1ul, receiver.Dropped("keepalive"));
        foreach (byte[] wrong in (byte[][])[[], [0xFE], [0, 0, 0], [1, 2, 3, 4]])
        {
            Assert.Null(Open(receiver, Udp(wrong)));
        }

        Assert.Equal(4ul, receiver.Dropped("bad-header"));
        Assert.Null(Open(receiver, Udp([9, 9, 9, 9, 0, 0, 0, 1, 9, 9, 9, 9])));
        Assert.Equal(1ul, receiver.Dropped("unknown-spi"));
    }

    [Fact]
    public void What_the_router_itself_sends_and_receives_goes_by_its_protection_but_neighbour_discovery()
    {
        (EspRig rig, _) = Pair(Row(EspPackets.AesSha1, SaMode.Transport, EspProtocol.Esp));
        ProtectionRow row = EspRig.Protection6();
        row.Own = true;
        Assert.Null(rig.Set("protection", "3", row));
        Assert.Equal(3u, Required(rig, Own(100)));
        Assert.Equal(0u, Required(rig, EspFamilyTests.Inner6(100)));
        byte[] discovery = Own(100);
        (discovery[6], discovery[40]) = (58, 135);
        Assert.Equal(0u, Required(rig, discovery));
        Assert.Equal(GraphEdge.Drop, rig.RunOne("esp-own-in6", rig.Rent(Back(Own(100)))).Edge);
        Assert.Equal(GraphEdge.Continue, rig.RunOne("esp-own-in6", rig.Rent(Back(discovery))).Edge);
        Assert.Equal(GraphEdge.Continue, rig.RunOne("esp-own-in6", rig.Rent(EspFamilyTests.Inner6(100))).Edge);
    }

    [Fact]
    public void Of_two_peers_on_one_interface_the_next_hop_tells()
    {
        EspRig rig = Rig();
        foreach ((uint id, string hop) in ((uint, string)[])[(3, "2001:db8:2::64"), (4, "2001:db8:2::65")])
        {
            Assert.Null(rig.Set("sa-out", $"{id}/{id}000", EspRig.Sa(EspPackets.NullMd5, id * 1000, id)));
            ProtectionRow row = EspRig.Protection6(id, id * 1000);
            row.Name = $"vpn-{id}";
            row.NextHops6.Add(ByteString.CopyFrom(IPAddress.Parse(hop).GetAddressBytes()));
            Assert.Null(rig.Set("protection", $"{id}", row));
        }

        Assert.Equal(3000u, BinaryPrimitives.ReadUInt32BigEndian(Assert.Single(Seal(rig, EspFamilyTests.Inner6(100))).AsSpan(40)));
        Assert.Equal(4000u, BinaryPrimitives.ReadUInt32BigEndian(Assert.Single(Seal(rig, EspFamilyTests.Inner6(100, destination: "2001:db8:2::65"))).AsSpan(40)));
        Assert.Empty(Seal(rig, EspFamilyTests.Inner6(100, destination: "2001:db8:2::66")));
        Assert.Empty(Seal(rig, EspPackets.Inner(100)));
    }

    private static uint Required(EspRig rig, byte[] packet)
    {
        (nint handle, ushort edge) = rig.RunOne("esp-own-out6", rig.Rent(packet));
        Assert.Equal(GraphEdge.Continue, edge);
        uint required = PacketBuffer.At(handle).RequiredProtection;
        rig.Free(handle);
        return required;
    }

    private static SaRow Row(CryptoSuite suite, SaMode mode, EspProtocol protocol)
    {
        SaRow row = EspRig.Sa(suite);
        (row.Mode, row.Protocol) = (mode, protocol);
        return row;
    }

    private static byte[] Own(int length) => EspFamilyTests.Inner6(length, source: Local, destination: Remote);

    private static byte[] Back(byte[] packet)
    {
        byte[] back = [.. packet];
        packet.AsSpan(8, 16).CopyTo(back.AsSpan(24));
        packet.AsSpan(24, 16).CopyTo(back.AsSpan(8));
        return back;
    }

    // With the checksum that its addresses ask for, worked out another way than the product's.
    private static byte[] Checked(byte[] packet)
    {
        int at = 40 + (packet[6] == 6 ? 16 : packet[6] == 17 ? 6 : 2);
        packet.AsSpan(at, 2).Clear();
        if (packet[6] == 17)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(44), (ushort)(packet.Length - 40));
        }

        byte[] pseudo = [.. packet[8..40], 0, 0, (byte)((packet.Length - 40) >> 8), (byte)(packet.Length - 40), 0, 0, 0, packet[6], .. packet[40..], 0];
        ulong sum = 0;
        for (int i = 0; i + 1 < pseudo.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(pseudo.AsSpan(i));
        }

        while (sum > 0xffff)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        ushort value = (ushort)~sum;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(at), value == 0 && packet[6] == 17 ? (ushort)0xffff : value);
        return packet;
    }

    private static byte[] From(byte[] outer, string source, ushort port)
    {
        byte[] moved = [.. outer];
        IPAddress.Parse(source).GetAddressBytes().CopyTo(moved, 8);
        BinaryPrimitives.WriteUInt16BigEndian(moved.AsSpan(40), port);
        return moved;
    }

    private static byte[] Udp(byte[] payload)
    {
        byte[] packet = [.. new byte[48], .. payload];
        Ipv6Header.Write(packet, 8 + payload.Length, 17, Ipv6Address.Read(IPAddress.Parse(Local).GetAddressBytes()), Ipv6Address.Read(IPAddress.Parse(Remote).GetAddressBytes()));
        UdpHeader.Write(packet.AsSpan(40), 4500, 4500, packet.AsSpan(8, 32));
        return packet;
    }

    private static List<byte[]> Seal(EspRig sender, byte[] packet) => sender.Take("esp-encrypt", sender.Rent(packet), "ip6-local-out");

    private static byte[]? Open(EspRig receiver, byte[] outer) => receiver.Take(
        outer[6] == 17 ? "esp-udp6" : outer[6] == 50 ? "esp-input6" : "ah-decrypt", receiver.Rent(outer), "ip6-input").SingleOrDefault();

    private (EspRig Sender, EspRig Receiver) Pair(SaRow row, bool inUdp = false)
    {
        EspRig sender = Rig();
        Assert.Null(sender.Set("sa-out", "3/4096", row));
        ProtectionRow out6 = EspRig.Protection6();
        ProtectionRow in6 = EspRig.Protection6(outboundSpi: 0, mirrored: true);
        if (inUdp)
        {
            (out6.LocalPort, out6.RemotePort) = (4500, NatPort);
            (in6.LocalPort, in6.RemotePort) = (NatPort, 4500);
        }

        Assert.Null(sender.Set("protection", "3", out6));
        EspRig receiver = Rig();
        Assert.Null(receiver.Set("protection", "3", in6));
        Assert.Null(receiver.Set("sa-in", "4096", row));
        return (sender, receiver);
    }

    private EspRig Rig()
    {
        _rigs.Add(new EspRig(_engines));
        return _rigs[^1];
    }
}
