using System.Buffers.Binary;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;
using RouterOS.Unit.Crypto;

namespace RouterOS.Unit.Esp;

public sealed class EspSuperPacketTests : IDisposable
{
    private readonly CryptoEngines _engines = CryptoEngines.Open();
    private readonly EspRig _sender;
    private readonly EspRig _receiver;

    public EspSuperPacketTests()
    {
        _sender = new EspRig(_engines).AsSender(EspPackets.AesSha1, DfBit.Copy);
        _receiver = new EspRig(_engines).AsReceiver(EspPackets.AesSha1, 960);
    }

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
        _engines.Dispose();
    }

    [Theory]
    [InlineData(1000, 5400)]
    [InlineData(1400, 60000)]
    [InlineData(100, 101)]
    [InlineData(1, 700)]
    public void Every_packet_of_it_is_sealed_by_itself(int segment, int payload)
    {
        byte[] whole = Tcp(payload);
        int free = _sender.FakeWorker.Pools.SmallFree;
        int large = _sender.FakeWorker.Pools.LargeFree;
        List<byte[]> outers = _sender.EncryptSuper(whole, segment);
        Assert.Equal((payload + segment - 1) / segment, outers.Count);
        Assert.Equal((free, large), (_sender.FakeWorker.Pools.SmallFree, _sender.FakeWorker.Pools.LargeFree));
        Assert.True(SuperPacket.TryParse(whole, segment, out SuperPacket super));
        for (int i = 0; i < outers.Count; i++)
        {
            byte[] expected = new byte[super.LengthOf(i)];
            super.Write(whole, i, expected);
            Assert.Equal((uint)i + 1, BinaryPrimitives.ReadUInt32BigEndian(outers[i].AsSpan(24)));
            Assert.Equal(expected, _receiver.Decrypt(outers[i]));
        }

        SaState state = _sender.Read<SaState>("sa-out", "3/4096");
        Assert.Equal(((ulong)outers.Count, (ulong)outers.Sum(o => o.Length)), (state.Packets, state.Bytes));
    }

    [Fact]
    public void With_df_the_sender_is_told_once_what_fits()
    {
        _sender.SetLinkMtu(1400);
        nint packet = _sender.RentSuper(Tcp(20000, dontFragment: true), 1400);
        Assert.Equal(GraphEdge.IcmpError, _sender.RunOne("esp-encrypt", packet).Edge);
        Assert.Equal((0x0304, 1342), (PacketBuffer.At(packet).IcmpReply, PacketBuffer.At(packet).IcmpMtu));
        Assert.Empty(_sender.FakeWorker.Enqueued);
        Assert.Equal(15ul, _sender.Dropped("too-big"));
        _sender.Free(packet);
    }

    [Fact]
    public void Without_df_what_does_not_fit_is_cut_again()
    {
        _sender.SetLinkMtu(1400);
        byte[] whole = Tcp(4000);
        List<byte[]> outers = _sender.EncryptSuper(whole, 1400);
        // Two packets of 1440 in two fragments each, one of 1240 whole.
        Assert.Equal(5, outers.Count);
        Assert.All(outers, o => Assert.True(o.Length <= 1400));
        byte[][] inners = [.. outers.Select(o => _receiver.Decrypt(o)!)];
        Assert.True(SuperPacket.TryParse(whole, 1400, out SuperPacket super));
        for (int i = 0; i < 2; i++)
        {
            byte[] expected = new byte[super.LengthOf(i)];
            super.Write(whole, i, expected);
            Assert.Equal(expected.Skip(20), inners[2 * i].Skip(20).Concat(inners[(2 * i) + 1].Skip(20)));
        }
    }

    [Fact]
    public void Order_is_kept_between_packets_of_all_kinds()
    {
        _sender.SetLinkMtu(1400);
        nint[] batch =
        [
            _sender.Rent(EspPackets.Inner(100)), _sender.RentSuper(Tcp(3000), 1000), _sender.Rent(EspPackets.Inner(101)),
            _sender.Rent(EspPackets.Inner(1399)), _sender.Rent(EspPackets.Inner(102)),
        ];
        batch.CopyTo(_sender.Batch);
        _sender.Run("esp-encrypt", batch.Length);
        Assert.All(_sender.Edges[..5].ToArray(), e => Assert.Equal(GraphEdge.Consumed, e));
        Assert.Equal(
            Enumerable.Range(1, 8).Select(n => (uint)n),
            _sender.FakeWorker.Enqueued.Select(e => BinaryPrimitives.ReadUInt32BigEndian(PacketBuffer.At(e.Packet).Data[24..])));
        _sender.FreeEnqueued();
    }

    [Fact]
    public void A_flood_of_them_takes_turns_so_that_buffers_last()
    {
        byte[] whole = Tcp(60000);
        int free = _sender.FakeWorker.Pools.SmallFree;
        for (int i = 0; i < 12; i++)
        {
            _sender.Batch[i] = _sender.RentSuper(whole, 100);
        }

        _sender.Run("esp-encrypt", 12);
        uint next = 0;
        int turns = 0;
        for (; _sender.FakeWorker.Enqueued.Count > 0; turns++)
        {
            Assert.True(_sender.FakeWorker.Enqueued.Count <= 2000);
            foreach ((_, nint packet) in _sender.FakeWorker.Enqueued)
            {
                Assert.Equal(++next, BinaryPrimitives.ReadUInt32BigEndian(PacketBuffer.At(packet).Data[24..]));
            }

            _sender.FreeEnqueued();
            _sender.FakeWorker.RoundEnds.ForEach(a => a());
        }

        Assert.Equal(7200u, next);
        Assert.True(turns > 3);
        Assert.Equal(free, _sender.FakeWorker.Pools.SmallFree);
        Assert.Equal(0ul, _sender.DroppedInAll());
    }

    [Fact]
    public void While_input_waits_packets_gather_and_leave_in_order_a_round_later_at_most()
    {
        _sender.FakeWorker.MoreInput = true;
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(GraphEdge.Consumed, _sender.RunOne("esp-encrypt", _sender.Rent(EspPackets.Inner(100))).Edge);
            Assert.Empty(_sender.FakeWorker.Enqueued);
        }

        _sender.FakeWorker.RoundEnds.ForEach(a => a());
        Assert.Empty(_sender.FakeWorker.Enqueued);
        _sender.FakeWorker.Now++;
        _sender.FakeWorker.RoundEnds.ForEach(a => a());
        Assert.Equal([1u, 2u, 3u], Numbers());

        _sender.FreeEnqueued();
        _sender.RunOne("esp-encrypt", _sender.Rent(EspPackets.Inner(100)));
        _sender.FakeWorker.MoreInput = false;
        nint last = _sender.RunOne("esp-encrypt", _sender.Rent(EspPackets.Inner(100))).Packet;
        Assert.Equal([4u], Numbers());
        Assert.Equal(5u, BinaryPrimitives.ReadUInt32BigEndian(PacketBuffer.At(last).Data[24..]));
        _sender.Free(last);
        _sender.FreeEnqueued();
    }

    [Fact]
    public void Packets_that_wait_leave_before_their_sa_goes()
    {
        _sender.FakeWorker.MoreInput = true;
        _receiver.FakeWorker.MoreInput = true;
        byte[] inner = EspPackets.Inner(100);
        _sender.RunOne("esp-encrypt", _sender.Rent(inner));
        _sender.Remove("sa-out", "3/4096");
        (_, nint sealedPacket) = Assert.Single(_sender.FakeWorker.Enqueued);
        _receiver.RunOne("esp-decrypt", _receiver.Rent(PacketBuffer.At(sealedPacket).Data.ToArray()));
        Assert.Empty(_receiver.FakeWorker.Enqueued);
        _receiver.Remove("sa-in", "4096");
        (string node, nint opened) = Assert.Single(_receiver.FakeWorker.Enqueued);
        Assert.Equal(KernelNodes.Ip4Input, node);
        Assert.Equal(inner, PacketBuffer.At(opened).Data.ToArray());
        Assert.Equal(1ul, _receiver.Read<ProtectionState>("protection", "3").DecryptedPackets);
        _sender.FreeEnqueued();
        _receiver.FreeEnqueued();
    }

    [Fact]
    public void Lies_about_segments_are_dropped()
    {
        byte[] fragment = Tcp(3000);
        fragment[6] = 0x20;
        Assert.Empty(_sender.EncryptSuper(fragment, 1000));
        Assert.Equal(3ul, _sender.Dropped("bad-segments"));
    }

    [Fact]
    public void Nothing_is_allocated_per_packet()
    {
        byte[] whole = Tcp(60000);
        long allocated = Allocation.Of(() =>
        {
            for (int round = 0; round < 300; round++)
            {
                _sender.Batch[0] = _sender.RentSuper(whole, 1400);
                _sender.Run("esp-encrypt", 1);
                List<(string Node, nint Packet)> sent = _sender.FakeWorker.Enqueued;
                for (int i = 0; i < sent.Count; i++)
                {
                    _sender.Free(sent[i].Packet);
                }

                sent.Clear();
            }
        });
        Assert.Equal(0, allocated);
        Assert.Equal(0ul, _sender.DroppedInAll());
    }

    private static byte[] Tcp(int payload, bool dontFragment = false)
    {
        byte[] packet = new FixedRandom((ulong)payload).Bytes(40 + payload);
        Ipv4Header.Write(packet, packet.Length, IpProtocol.Tcp, 0x0A000001, 0x0A010001, 63, 7, dontFragment);
        packet[32] = 0x50;
        packet[33] = 0x18;
        return packet;
    }

    private IEnumerable<uint> Numbers() =>
        _sender.FakeWorker.Enqueued.Select(e => BinaryPrimitives.ReadUInt32BigEndian(PacketBuffer.At(e.Packet).Data[24..]));
}
