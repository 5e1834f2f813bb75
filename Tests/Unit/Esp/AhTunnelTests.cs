using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;
using RouterOS.Unit.Crypto;
using EspProtocol = RouterOS.Proto.Esp.V1.Protocol;

namespace RouterOS.Unit.Esp;

public sealed class AhTunnelTests : IDisposable
{
    private readonly CryptoEngines _engines = CryptoEngines.Open();
    private readonly List<EspRig> _rigs = [];

    public void Dispose()
    {
        _rigs.ForEach(r => r.Dispose());
        _engines.Dispose();
    }

    [Theory]
    [InlineData(MacAlgorithm.HmacMd5, 44)]
    [InlineData(MacAlgorithm.HmacSha1, 44)]
    [InlineData(MacAlgorithm.HmacSha256, 48)]
    public void Packets_of_all_lengths_arrive_as_they_were_sent(MacAlgorithm mac, int overhead)
    {
        EspRig sender = Rig().AsAhSender(mac);
        EspRig receiver = Rig().AsAhReceiver(mac);
        ulong bytes = 0;
        ulong count = 0;
        for (int length = 20; length <= 1500; length += length < 80 ? 1 : 71)
        {
            byte[] inner = EspPackets.Inner(length);
            byte[] outer = Assert.Single(sender.Encrypt(inner));
            Assert.Equal(length + overhead, outer.Length);
            Assert.True(Ipv4Header.TryParse(outer, out Ipv4Header header, out _));
            Assert.Equal((IpProtocol.Ah, EspRig.LocalAddress, EspRig.RemoteAddress, 64), (header.Protocol, header.Source, header.Destination, header.Ttl));
            Assert.Equal(0, InternetChecksum.Compute(outer.AsSpan(0, 20)));
            Assert.Equal(inner, receiver.DecryptAh(outer));
            bytes += (ulong)length;
            count++;
        }

        SaState sent = sender.Read<SaState>("sa-out", "3/4096");
        SaState received = receiver.Read<SaState>("sa-in", "4096");
        Assert.Equal((count, count, bytes + (count * (ulong)overhead)), (sent.Packets, sent.Sequence, sent.Bytes));
        Assert.Equal((count, count, bytes), (received.Packets, received.Sequence, received.Bytes));
    }

    [Fact]
    public void Vectors()
    {
        foreach (Dictionary<string, string> vector in VectorFile.Read("rfc4302/ah4.txt"))
        {
            EspRig receiver = Rig();
            Assert.Null(receiver.Set("protection", "3", EspRig.Protection(outboundSpi: 0, mirrored: true)));
            Assert.Null(receiver.Set("sa-in", "4096", new SaRow
            {
                Spi = 0x1000, Protection = 3, Protocol = EspProtocol.Ah, MacKey = ByteString.CopyFrom(vector.Bytes("key")), ReplayWindow = 64,
                Mac = (vector["mac"], vector["tag"]) switch
                {
                    ("md5", _) => Mac.HmacMd596,
                    ("sha1", _) => Mac.HmacSha196,
                    (_, "16") => Mac.HmacSha256128,
                    _ => Mac.HmacSha25696,
                },
            }));
            byte[]? inner = receiver.DecryptAh(vector.Bytes("packet"));
            Assert.True(inner is not null, vector["name"]);
            if (vector["name"] == "HMAC-SHA1-96")
            {
                // Its outer header says "congestion experienced", but the inner packet takes no part in ECN.
                Assert.Equal(0, inner[1]);
            }

            Assert.Equal(vector.Bytes("inner"), inner);
        }
    }

    /// <summary>Whatever routers may change is free to change; a change of any other bit is found.</summary>
    [Fact]
    public void Mutable_fields_may_change_and_nothing_else()
    {
        EspRig receiver = Rig().AsAhReceiver(MacAlgorithm.HmacSha1, window: 960);
        (byte[], bool)[] known =
        [
            ([148, 4, 0, 0], false), ([130, 11, 1, 2, 3, 4, 5, 6, 7, 8, 9], false), ([1], false), ([134, 6, 0, 0, 0, 1], false),
            ([7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0], true), ([68, 12, 5, 0, 1, 2, 3, 4, 5, 6, 7, 8], true), ([82, 4, 9, 9], true),
            ([222, 3, 7], true),
        ];
        uint sequence = 0;
        Arbitrary<(int, int, int, byte, int)> changes = Arb.From(
            from first in Gen.Choose(0, known.Length)
            from second in Gen.Choose(0, known.Length)
            from place in Gen.Choose(0, 100_000)
            from bits in Gen.Choose(1, 255)
            from length in Gen.Choose(20, 200)
            select (first, second, place, (byte)bits, length));
        int verified = 0;
        Check.One(Seeded.Config.WithMaxTest(4000), Prop.ForAll(changes, change =>
        {
            (int first, int second, int place, byte bits, int length) = change;
            (byte[], bool)[] options = [.. new[] { first, second }.Where(i => i < known.Length).Select(i => known[i])];
            byte[] inner = EspPackets.Inner(length);
            byte[] outer = AhPackets.Sealed(++sequence, inner, options, out bool[] mutable);
            byte[] changed = [.. outer];
            // Half of the changes near the front: that is where the mutable fields are.
            int at = place % 2 == 0 ? place / 2 % outer.Length : place / 2 % 60 % outer.Length;
            changed[at] ^= bits;
            bool isKindOrLength = at >= 20 && at < ((outer[0] & 15) * 4) && !mutable[at];
            byte[]? got = receiver.DecryptAh(changed);
            if (mutable[at])
            {
                Assert.Equal(inner, got);
                verified++;
            }
            else if (!isKindOrLength || !options.Any(o => o.Item2))
            {
                Assert.Null(got);
                Assert.Equal(inner, receiver.DecryptAh(outer));
            }
        }));
        Assert.True(verified > 200);
    }

    [Fact]
    public void Replayed_and_late_packets_are_dropped_and_counted()
    {
        EspRig sender = Rig().AsAhSender(MacAlgorithm.HmacSha1);
        EspRig receiver = Rig().AsAhReceiver(MacAlgorithm.HmacSha1, window: 64);
        List<byte[]> outer = [.. Enumerable.Range(0, 100).Select(_ => sender.Encrypt(EspPackets.Inner(60)).Single())];
        Assert.NotNull(receiver.DecryptAh(outer[99]));
        Assert.Null(receiver.DecryptAh(outer[99]));
        Assert.Null(receiver.DecryptAh(outer[35]));
        Assert.NotNull(receiver.DecryptAh(outer[36]));
        Assert.Equal(2ul, receiver.Read<SaState>("sa-in", "4096").Replayed);
        Assert.Equal(2ul, receiver.Dropped("replayed"));
    }

    [Fact]
    public void Same_number_twice_in_a_batch_is_taken_once()
    {
        EspRig sender = Rig().AsAhSender(MacAlgorithm.HmacSha1);
        EspRig receiver = Rig().AsAhReceiver(MacAlgorithm.HmacSha1);
        byte[] outer = sender.Encrypt(EspPackets.Inner(60)).Single();
        receiver.Batch[0] = receiver.Rent(outer);
        receiver.Batch[1] = receiver.Rent(outer);
        receiver.Run("ah-decrypt", 2);
        Assert.Equal((0, GraphEdge.Drop), (receiver.Edges[0], receiver.Edges[1]));
        Assert.Equal(1ul, receiver.Dropped("replayed"));
    }

    [Fact]
    public void Failures_are_told_apart()
    {
        EspRig receiver = Rig().AsAhReceiver(MacAlgorithm.HmacSha1);
        byte[] outer = AhPackets.Sealed(1, EspPackets.Inner(60), [], out _);
        outer[^1] ^= 1;
        Assert.Null(receiver.DecryptAh(outer));
        Assert.Equal(1ul, receiver.Dropped("authentication-failed"));
        Assert.Null(receiver.DecryptAh(AhPackets.Sealed(2, EspPackets.Inner(60), [], out _, next: 17)));
        Assert.Equal(1ul, receiver.Dropped("bad-trailer"));
        Assert.Null(receiver.DecryptAh(AhPackets.Sealed(3, [9, 9, 9, 9], [], out _)));
        Assert.Equal(1ul, receiver.Dropped("decryption-failed"));
        outer[23 + 4] ^= 1;
        Assert.Null(receiver.DecryptAh(outer));
        Assert.Equal(1ul, receiver.Dropped("unknown-spi"));
        SaState state = receiver.Read<SaState>("sa-in", "4096");
        Assert.Equal((1ul, 1ul, 1ul), (state.AuthenticationFailed, state.BadTrailer, state.DecryptionFailed));
    }

    [Fact]
    public void Esp_packet_under_the_number_of_an_ah_association_is_unknown_and_the_other_way_round()
    {
        EspRig receiver = Rig().AsAhReceiver(MacAlgorithm.HmacMd5);
        Assert.Null(receiver.Decrypt(EspPackets.Sealed(1, EspPackets.Text(EspPackets.Inner(40)))));
        EspRig esp = Rig().AsReceiver(EspPackets.NullMd5);
        Assert.Null(esp.DecryptAh(AhPackets.Sealed(1, EspPackets.Inner(60), [], out _)));
        Assert.Equal((1ul, 1ul), (receiver.Dropped("unknown-spi"), esp.Dropped("unknown-spi")));
    }

    [Theory]
    [InlineData(DfBit.Clear, true, false)]
    [InlineData(DfBit.Copy, true, true)]
    [InlineData(DfBit.Copy, false, false)]
    [InlineData(DfBit.Set, false, true)]
    public void Outer_df_is_what_was_asked_for_and_tos_is_copied(DfBit df, bool inner, bool outer)
    {
        EspRig sender = Rig().AsAhSender(MacAlgorithm.HmacSha1, df);
        byte[] packet = sender.Encrypt(EspPackets.Inner(100, dontFragment: inner, tos: 0xb8)).Single();
        Assert.Equal((outer, 0xb8), ((packet[6] & 0x40) != 0, packet[1]));
        Assert.NotNull(Rig().AsAhReceiver(MacAlgorithm.HmacSha1).DecryptAh(packet));
    }

    [Fact]
    public void Too_big_is_cut_before_or_refused()
    {
        EspRig sender = Rig().AsAhSender(MacAlgorithm.HmacSha1, DfBit.Copy);
        EspRig receiver = Rig().AsAhReceiver(MacAlgorithm.HmacSha1);
        sender.SetLinkMtu(1500);
        Assert.Single(sender.Encrypt(EspPackets.Inner(1456, dontFragment: true)));
        (nint packet, ushort edge) = sender.RunOne("ah-encrypt", sender.Rent(EspPackets.Inner(1457, dontFragment: true)));
        Assert.Equal((GraphEdge.IcmpError, 1456), (edge, PacketBuffer.At(packet).IcmpMtu));
        sender.Free(packet);
        List<byte[]> pieces = sender.Encrypt(EspPackets.Inner(3000));
        Assert.Equal(3, pieces.Count);
        Assert.All(pieces, p => Assert.True(p.Length <= 1500 && receiver.DecryptAh(p) is not null));
    }

    [Fact]
    public void Path_mtu_is_learnt_from_a_message_about_an_ah_packet()
    {
        EspRig sender = Rig().AsAhSender(MacAlgorithm.HmacSha1, DfBit.Copy);
        byte[] outer = sender.Encrypt(EspPackets.Inner(1400, dontFragment: true)).Single();
        byte[] icmp = new byte[20 + 8 + 44];
        Ipv4Header.Write(icmp, icmp.Length, IpProtocol.Icmp, 0x01020304, EspRig.LocalAddress);
        icmp[20] = 3;
        icmp[21] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(icmp.AsSpan(26), 1200);
        outer.AsSpan(0, 44).CopyTo(icmp.AsSpan(28));
        Assert.True(sender.Icmp(icmp));
        Assert.Equal(1200u, sender.Read<ProtectionState>("protection", "3").PathMtu);
    }

    [Fact]
    public void Without_row_or_selector_nothing_passes()
    {
        SaRow row = AhPackets.Sa(MacAlgorithm.HmacSha1);
        row.Selector = new Selector { SourceFirst = 0x0A000000, SourceLast = 0x0A0000FF, DestinationFirst = 0x0A010000, DestinationLast = 0x0A0100FF };
        EspRig sender = Rig();
        Assert.Null(sender.Set("sa-out", "3/4096", row));
        Assert.Null(sender.Set("protection", "3", EspRig.Protection()));
        Assert.Single(sender.Encrypt(EspPackets.Inner(100)));
        Assert.Empty(sender.Encrypt(EspPackets.Inner(100, source: 0x0B000001)));
        Assert.Equal(1ul, sender.Dropped("outbound-selector"));
        EspRig receiver = Rig();
        Assert.Null(receiver.Set("sa-in", "4096", row));
        Assert.Null(receiver.DecryptAh(AhPackets.Sealed(1, EspPackets.Inner(60), [], out _)));
        Assert.Null(receiver.Set("protection", "3", EspRig.Protection(outboundSpi: 0, mirrored: true)));
        Assert.NotNull(receiver.DecryptAh(AhPackets.Sealed(1, EspPackets.Inner(60), [], out _)));
        Assert.Null(receiver.DecryptAh(AhPackets.Sealed(2, EspPackets.Inner(60, source: 0x0B000001), [], out _)));
        Assert.Equal(1ul, receiver.Dropped("inbound-selector"));
    }

    [Fact]
    public void Rows_of_ah_with_a_cipher_or_without_a_hash_are_refused()
    {
        SaRow cipher = EspRig.Sa(EspPackets.AesSha1);
        cipher.Protocol = EspProtocol.Ah;
        Assert.Contains("no cipher", Rig().Set("sa-in", "4096", cipher), StringComparison.Ordinal);
        SaRow bare = AhPackets.Sa(MacAlgorithm.None);
        Assert.Contains("keyed hash", Rig().Set("sa-in", "4096", bare), StringComparison.Ordinal);
    }

    [Fact]
    public void Large_segments_are_cut_and_arrive()
    {
        EspRig sender = Rig().AsAhSender(MacAlgorithm.HmacSha1);
        EspRig receiver = Rig().AsAhReceiver(MacAlgorithm.HmacSha1);
        byte[] packet = EspPackets.Inner(28 + 5000);
        List<byte[]> pieces = sender.EncryptSuper(packet, 1000);
        Assert.Equal(5, pieces.Count);
        Assert.All(pieces, p => Assert.NotNull(receiver.DecryptAh(p)));
    }

    [Fact]
    public void No_bytes_at_all_crash_the_nodes()
    {
        EspRig receiver = Rig().AsAhReceiver(MacAlgorithm.HmacSha1);
        FixedRandom random = new(7);
        byte[] good = AhPackets.Sealed(1, EspPackets.Inner(60), [([7, 7, 4, 0, 0, 0, 0], true)], out _);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] mutated = good[..(1 + (int)(BitConverter.ToUInt32(random.Bytes(4)) % (uint)good.Length))];
            for (int change = i % 4; change >= 0; change--)
            {
                mutated[BitConverter.ToUInt32(random.Bytes(4)) % (uint)mutated.Length] = random.Bytes(1)[0];
            }

            receiver.DecryptAh(mutated);
        }
    }

    [Fact]
    public void Packets_cost_no_garbage()
    {
        EspRig sender = Rig().AsAhSender(MacAlgorithm.HmacSha1);
        EspRig receiver = Rig().AsAhReceiver(MacAlgorithm.HmacSha1);
        byte[] inner = EspPackets.Inner(200);
        nint[] packets = new nint[64];
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int round = 0; round < 20; round++)
            {
                for (int i = 0; i < packets.Length; i++)
                {
                    packets[i] = sender.FakeWorker.Pools.Rent(inner.Length);
                    ref PacketBuffer buffer = ref PacketBuffer.At(packets[i]);
                    buffer.Length = inner.Length;
                    inner.CopyTo(buffer.Data);
                    buffer.EgressInterface = EspRig.TunnelInterface;
                    sender.Batch[i] = packets[i];
                }

                sender.Run("ah-encrypt", packets.Length);
                packets.CopyTo(receiver.Batch);
                receiver.Run("ah-decrypt", packets.Length);
                sender.FakeWorker.Enqueued.Clear();
                foreach (nint packet in packets)
                {
                    sender.Free(packet);
                }
            }
        }));
        Assert.True(receiver.Read<SaState>("sa-in", "4096").Packets >= 1280);
    }

    private EspRig Rig()
    {
        _rigs.Add(new EspRig(_engines));
        return _rigs[^1];
    }
}
