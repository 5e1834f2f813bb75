using System.Buffers.Binary;
using Google.Protobuf;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;
using RouterOS.Unit.Crypto;

namespace RouterOS.Unit.Esp;

public sealed class EspTunnelTests : IDisposable
{
    private readonly CryptoEngines _engines = CryptoEngines.Open();
    private readonly List<EspRig> _rigs = [];

    public static TheoryData<CipherAlgorithm, int, MacAlgorithm> Suites
    {
        get
        {
            TheoryData<CipherAlgorithm, int, MacAlgorithm> suites = [];
            foreach (MacAlgorithm mac in Enum.GetValues<MacAlgorithm>())
            {
                foreach ((CipherAlgorithm cipher, int bytes) in ((CipherAlgorithm, int)[])
                    [(CipherAlgorithm.Null, 0), (CipherAlgorithm.DesCbc, 8), (CipherAlgorithm.TripleDesCbc, 24),
                     (CipherAlgorithm.AesCbc, 16), (CipherAlgorithm.AesCbc, 24), (CipherAlgorithm.AesCbc, 32)])
                {
                    if (mac != MacAlgorithm.None || cipher != CipherAlgorithm.Null)
                    {
                        suites.Add(cipher, bytes, mac);
                    }
                }
            }

            return suites;
        }
    }

    public void Dispose()
    {
        _rigs.ForEach(r => r.Dispose());
        _engines.Dispose();
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Packets_of_all_lengths_arrive_as_they_were_sent(CipherAlgorithm cipher, int keyBytes, MacAlgorithm mac)
    {
        CryptoSuite suite = new(cipher, keyBytes, mac);
        EspRig sender = Rig().AsSender(suite);
        EspRig receiver = Rig().AsReceiver(suite);
        for (int length = 20; length <= 1500; length += length < 80 ? 1 : 71)
        {
            byte[] inner = EspPackets.Inner(length);
            byte[] outer = Assert.Single(sender.Encrypt(inner));
            Assert.Equal(inner, receiver.Decrypt(outer));
        }

        SaState sent = sender.Read<SaState>("sa-out", "3/4096");
        SaState received = receiver.Read<SaState>("sa-in", "4096");
        Assert.Equal(sent.Packets, received.Packets);
        Assert.Equal(sent.Sequence, received.Sequence);
        Assert.Equal(0ul, sender.DroppedInAll() + receiver.DroppedInAll());
    }

    /// <summary>The vendor's own figures: an 84-byte ping is 136 bytes of ESP with 3DES and MD5, and counts as such.</summary>
    [Fact]
    public void Encrypted_bytes_are_the_outer_and_decrypted_bytes_the_inner_packet()
    {
        EspRig sender = Rig().AsSender(EspPackets.TripleDesMd5);
        EspRig receiver = Rig().AsReceiver(EspPackets.TripleDesMd5);
        for (int i = 0; i < 56; i++)
        {
            byte[] outer = Assert.Single(sender.Encrypt(EspPackets.Inner(84, protocol: IpProtocol.Icmp)));
            Assert.Equal(136, outer.Length);
            Assert.Equal(84, receiver.Decrypt(outer)!.Length);
        }

        ProtectionState sent = sender.Read<ProtectionState>("protection", "3");
        ProtectionState received = receiver.Read<ProtectionState>("protection", "3");
        Assert.Equal((56ul, 7616ul, 0ul, 0ul), (sent.EncryptedPackets, sent.EncryptedBytes, sent.DecryptedPackets, sent.DecryptedBytes));
        Assert.Equal((56ul, 4704ul, 0ul, 0ul), (received.DecryptedPackets, received.DecryptedBytes, received.EncryptedPackets, received.EncryptedBytes));
        Assert.Equal("vpn-a", sent.Name);
    }

    [Fact]
    public void Published_tunnel_packets_open()
    {
        foreach (Dictionary<string, string> stanza in VectorFile.Read("rfc3602/esp.txt").Where(s => s["next"] == "04"))
        {
            EspRig receiver = Rig();
            SaRow row = EspRig.Sa(new CryptoSuite(CipherAlgorithm.AesCbc, 16, MacAlgorithm.None), spi: 0x8765);
            row.CipherKey = ByteString.CopyFrom(stanza.Bytes("key"));
            Assert.Null(receiver.Set("protection", "3", EspRig.Protection(outboundSpi: 0)));
            Assert.Null(receiver.Set("sa-in", $"{0x8765}", row));
            byte[] esp = stanza.Bytes("packet");
            byte[] outer = new byte[20 + esp.Length];
            Ipv4Header.Write(outer, outer.Length, IpProtocol.Esp, EspRig.RemoteAddress, EspRig.LocalAddress);
            esp.CopyTo(outer, 20);
            Assert.Equal(stanza.Bytes("payload"), receiver.Decrypt(outer));
        }
    }

    [Fact]
    public void Outer_header_has_the_protections_addresses_and_the_inner_tos()
    {
        EspRig sender = Rig().AsSender(EspPackets.NullMd5);
        byte[] outer = Assert.Single(sender.Encrypt(EspPackets.Inner(99, tos: 0xB8)));
        Assert.True(Ipv4Header.TryParse(outer, out Ipv4Header header, out _));
        Assert.Equal((EspRig.LocalAddress, EspRig.RemoteAddress), (header.Source, header.Destination));
        Assert.Equal((IpProtocol.Esp, 0xB8, 64), (header.Protocol, header.Tos, header.Ttl));
        Assert.Equal(outer.Length, header.TotalLength);
        Assert.Equal((0x1000u, 1u), (BinaryPrimitives.ReadUInt32BigEndian(outer.AsSpan(20)), BinaryPrimitives.ReadUInt32BigEndian(outer.AsSpan(24))));

        // NULL encryption shows the padding: 99 + 2 is padded to 104 by 1, 2, 3.
        Assert.Equal([1, 2, 3, 3, 4], outer[(28 + 99)..(28 + 104)]);
        Assert.Equal(20 + 8 + 104 + 12, outer.Length);
    }

    [Fact]
    public void Outer_packet_is_the_routers_own_and_may_not_come_back_into_its_tunnel()
    {
        EspRig sender = Rig().AsSender(EspPackets.AesSha1);
        (nint packet, ushort edge) = sender.RunOne("esp-encrypt", sender.Rent(EspPackets.Inner(100)));
        ref PacketBuffer outer = ref PacketBuffer.At(packet);
        Assert.Equal(0, edge);
        Assert.Equal(PacketFlags.LocallyOriginated | PacketFlags.TunnelOuter, outer.Flags);
        Assert.Equal((3u, 0u, 0u), (outer.AvoidProtection, outer.IngressInterface, outer.EgressInterface));

        outer.EgressInterface = EspRig.TunnelInterface;
        Assert.Equal(GraphEdge.Drop, sender.RunOne("esp-encrypt", packet).Edge);
        Assert.Equal(1ul, sender.Dropped("wrong-tunnel"));
        outer.AvoidProtection = 0;
        outer.RequiredProtection = 4;
        Assert.Equal(GraphEdge.Drop, sender.RunOne("esp-encrypt", packet).Edge);
        Assert.Equal(1ul, sender.Dropped("no-protection"));
        sender.Free(packet);
    }

    [Fact]
    public void Inner_packet_comes_from_the_tunnel_interface_under_its_protection()
    {
        EspRig sender = Rig().AsSender(EspPackets.AesSha1);
        EspRig receiver = Rig().AsReceiver(EspPackets.AesSha1);
        nint packet = receiver.Rent(Assert.Single(sender.Encrypt(EspPackets.Inner(100))));
        PacketBuffer.At(packet).IngressInterface = 5;
        PacketBuffer.At(packet).Flags = PacketFlags.Reassembled;
        Assert.Equal(0, receiver.RunOne("esp-decrypt", packet).Edge);
        ref PacketBuffer inner = ref PacketBuffer.At(packet);
        Assert.Equal((3u, EspRig.TunnelInterface, PacketFlags.None), (inner.Protection, inner.IngressInterface, inner.Flags));
        receiver.Free(packet);
    }

    [Theory]
    [InlineData(DfBit.Clear, true, false)]
    [InlineData(DfBit.Clear, false, false)]
    [InlineData(DfBit.Copy, true, true)]
    [InlineData(DfBit.Copy, false, false)]
    [InlineData(DfBit.Set, false, true)]
    [InlineData(DfBit.Set, true, true)]
    public void Outer_df_follows_the_protection(DfBit policy, bool inner, bool outer)
    {
        EspRig sender = Rig().AsSender(EspPackets.AesSha1, policy);
        byte[] packet = Assert.Single(sender.Encrypt(EspPackets.Inner(100, dontFragment: inner)));
        Assert.True(Ipv4Header.TryParse(packet, out Ipv4Header header, out _));
        Assert.Equal(outer, header.DontFragment);
    }

    [Fact]
    public void Vectors_and_identifications_are_never_repeated()
    {
        EspRig sender = Rig().AsSender(EspPackets.AesSha1);
        HashSet<string> vectors = [];
        HashSet<ushort> identifications = [];
        byte[] inner = EspPackets.Inner(60);
        for (int i = 0; i < 5000; i++)
        {
            byte[] outer = Assert.Single(sender.Encrypt(inner));
            Assert.True(vectors.Add(Convert.ToHexString(outer, 28, 16)));
            Assert.True(identifications.Add(BinaryPrimitives.ReadUInt16BigEndian(outer.AsSpan(4))));
        }
    }

    [Fact]
    public void Without_an_sa_packets_are_dropped_and_negotiation_is_asked_for()
    {
        EspRig sender = Rig();
        Assert.Null(sender.Set("protection", "3", EspRig.Protection(outboundSpi: 0)));
        for (int i = 0; i < 10; i++)
        {
            Assert.Empty(sender.Encrypt(EspPackets.Inner(100)));
        }

        Assert.Equal(["protection 3 acquire"], sender.FakeWorker.Events);
        sender.FakeWorker.Now += 1_000_000_000;
        Assert.Empty(sender.Encrypt(EspPackets.Inner(100)));
        Assert.Equal(2, sender.FakeWorker.Events.Count);
        Assert.Equal(11ul, sender.Dropped("no-sa"));
        Assert.Equal(11ul, sender.Read<ProtectionState>("protection", "3").NoSa);

        // The SA may come before or after the row that names it.
        Assert.Null(sender.Set("protection", "3", EspRig.Protection()));
        Assert.Empty(sender.Encrypt(EspPackets.Inner(100)));
        Assert.Null(sender.Set("sa-out", "3/4096", EspRig.Sa(EspPackets.AesSha1)));
        Assert.Single(sender.Encrypt(EspPackets.Inner(100)));
    }

    [Fact]
    public void Interface_without_a_protection_drops()
    {
        EspRig sender = Rig();
        Assert.Empty(sender.Encrypt(EspPackets.Inner(100)));
        Assert.Equal(1ul, sender.Dropped("no-protection"));
    }

    [Fact]
    public void Selectors_hold_in_both_directions()
    {
        Selector selector = new()
        {
            SourceFirst = 0x0A000000, SourceLast = 0x0A0000FF, DestinationFirst = 0x0A010000, DestinationLast = 0x0A0100FF,
            Protocol = 17, DestinationPort = 2000,
        };
        SaRow narrow = EspRig.Sa(EspPackets.NullMd5);
        narrow.Selector = selector;
        EspRig sender = Rig().AsSender(EspPackets.NullMd5);
        EspRig receiver = Rig().AsReceiver(EspPackets.NullMd5);
        Assert.Null(receiver.Set("sa-in", "4096", narrow));
        byte[][] outside =
        [
            EspPackets.Inner(60, source: 0x0A000100), EspPackets.Inner(60, destination: 0x0A010100),
            EspPackets.Inner(60, source: 0x09FFFFFF), EspPackets.Inner(60, protocol: IpProtocol.Tcp),
            EspPackets.Inner(60, destinationPort: 2001), EspPackets.Inner(22),
        ];
        foreach (byte[] packet in outside)
        {
            Assert.Null(receiver.Decrypt(Assert.Single(sender.Encrypt(packet))));
        }

        Assert.Equal(6ul, receiver.Read<SaState>("sa-in", "4096").SelectorMismatch);
        Assert.NotNull(receiver.Decrypt(Assert.Single(sender.Encrypt(EspPackets.Inner(60)))));

        Assert.Null(sender.Set("sa-out", "3/4096", narrow));
        foreach (byte[] packet in outside)
        {
            Assert.Empty(sender.Encrypt(packet));
        }

        Assert.Equal(6ul, sender.Dropped("outbound-selector"));
        Assert.Single(sender.Encrypt(EspPackets.Inner(60)));
    }

    [Fact]
    public void Congestion_met_on_the_way_reaches_an_inner_packet_that_takes_part()
    {
        EspRig receiver = Rig().AsReceiver(EspPackets.NullMd5);
        byte[]? marked = receiver.Decrypt(EspPackets.Sealed(1, EspPackets.Text(EspPackets.Inner(60, tos: 2)), tos: 3));
        Assert.True(Ipv4Header.TryParse(marked, out Ipv4Header header, out _));
        Assert.Equal(3, header.Tos);
        byte[]? plain = receiver.Decrypt(EspPackets.Sealed(2, EspPackets.Text(EspPackets.Inner(60, tos: 0)), tos: 3));
        Assert.Equal(0, plain![1]);
    }

    [Fact]
    public void A_packet_without_room_around_it_is_sealed_in_another_buffer()
    {
        EspRig sender = Rig().AsSender(EspPackets.AesSha1);
        EspRig receiver = Rig().AsReceiver(EspPackets.AesSha1);
        byte[] inner = EspPackets.Inner(1500);
        nint packet = sender.Rent(inner);
        PacketBuffer.At(packet).Offset = 10;
        inner.CopyTo(PacketBuffer.At(packet).Data);
        int free = sender.FakeWorker.Pools.SmallFree;
        Assert.Equal(GraphEdge.Consumed, sender.RunOne("esp-encrypt", packet).Edge);
        (string node, nint outer) = Assert.Single(sender.FakeWorker.Enqueued);
        Assert.Equal(KernelNodes.Ip4LocalOut, node);
        Assert.Equal(free, sender.FakeWorker.Pools.SmallFree);
        Assert.Equal(inner, receiver.Decrypt(PacketBuffer.At(outer).Data.ToArray()));
        sender.Free(outer);
    }

    [Fact]
    public void Nothing_is_allocated_per_packet()
    {
        EspRig sender = Rig().AsSender(EspPackets.AesSha1);
        EspRig receiver = Rig().AsReceiver(EspPackets.AesSha1);
        byte[] inner = EspPackets.Inner(100);
        for (int i = 0; i < 64; i++)
        {
            sender.Batch[i] = sender.Rent(inner);
        }

        ulong rounds = 0;
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int round = 0; round < 10_000; round++, rounds++)
            {
                for (int i = 0; i < 64; i++)
                {
                    ref PacketBuffer packet = ref PacketBuffer.At(sender.Batch[i]);
                    packet.EgressInterface = EspRig.TunnelInterface;
                    packet.AvoidProtection = 0;
                }

                sender.Run("esp-encrypt", 64);
                sender.Batch[..64].CopyTo(receiver.Batch);
                receiver.Run("esp-decrypt", 64);
            }
        }));
        Assert.Equal(64 * rounds, receiver.Read<SaState>("sa-in", "4096").Packets);
    }

    private EspRig Rig()
    {
        _rigs.Add(new EspRig(_engines));
        return _rigs[^1];
    }
}
