using System.Buffers.Binary;
using RouterOS.Crypto;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Unit.Esp;

public sealed class EspLimitTests : IDisposable
{
    private readonly CryptoEngines _engines = new([new LibcryptoEngine()], []);

    public void Dispose() => _engines.Dispose();

    [Fact]
    public void Sequence_numbers_end_before_they_wrap()
    {
        using EspRig sender = new EspRig(_engines).AsSender(EspPackets.NullMd5);
        ref ulong sequence = ref sender.HeapArena.Sequence("sa-out", (3ul << 32) | 0x1000);
        sequence = 0xEFFFFFFF;
        Assert.Single(sender.Encrypt(EspPackets.Inner(60)));
        Assert.Empty(sender.FakeWorker.Events);
        Assert.Single(sender.Encrypt(EspPackets.Inner(60)));
        Assert.Equal(["sa-out 3/4096 soft-expired"], sender.FakeWorker.Events);
        sequence = 0xFFFFFFFE;
        byte[] last = Assert.Single(sender.Encrypt(EspPackets.Inner(60)));
        Assert.Equal(0xFFFFFFFF, BinaryPrimitives.ReadUInt32BigEndian(last.AsSpan(24)));
        Assert.Empty(sender.Encrypt(EspPackets.Inner(60)));
        Assert.Empty(sender.Encrypt(EspPackets.Inner(60)));
        Assert.Equal(["sa-out 3/4096 soft-expired", "sa-out 3/4096 hard-expired"], sender.FakeWorker.Events);
        Assert.Equal(2ul, sender.Dropped("sequence-exhausted"));
        Assert.Equal(0xFFFFFFFFul, sequence);
    }

    [Fact]
    public void Byte_limits_are_told_once_and_the_hard_one_stops_the_sa()
    {
        SaRow row = EspRig.Sa(EspPackets.NullMd5);
        row.SoftBytes = 500;
        row.HardBytes = 1000;
        using EspRig sender = new EspRig(_engines).AsSender(EspPackets.NullMd5);
        using EspRig receiver = new EspRig(_engines).AsReceiver(EspPackets.NullMd5);
        List<byte[]> outers = [.. Enumerable.Range(0, 20).SelectMany(_ => sender.Encrypt(EspPackets.Inner(100)))];
        Assert.Null(receiver.Set("sa-in", "4096", row));
        Assert.Equal(10, outers.Count(o => receiver.Decrypt(o) is not null));
        Assert.Equal(["sa-in 4096 soft-expired", "sa-in 4096 nearly-expired", "sa-in 4096 hard-expired"], receiver.FakeWorker.Events);
        Assert.Equal(10ul, receiver.Dropped("hard-limit"));

        Assert.Null(sender.Set("sa-out", "3/4096", row));
        Assert.Empty(sender.Encrypt(EspPackets.Inner(100)));
        Assert.Equal(["sa-out 3/4096 soft-expired", "sa-out 3/4096 nearly-expired", "sa-out 3/4096 hard-expired"], sender.FakeWorker.Events);
    }

    [Fact]
    public void Too_big_with_df_is_answered_with_the_largest_packet_that_fits()
    {
        using EspRig sender = new EspRig(_engines).AsSender(EspPackets.AesSha1, DfBit.Copy);
        sender.SetLinkMtu(1500);
        // 1500 - 20 - 8 - 16 - 12 leaves 1444, 90 blocks, less the trailer: 1438.
        Assert.Equal(1496, Assert.Single(sender.Encrypt(EspPackets.Inner(1438, dontFragment: true))).Length);
        (nint packet, ushort edge) = sender.RunOne("esp-encrypt", sender.Rent(EspPackets.Inner(1439, dontFragment: true)));
        Assert.Equal(GraphEdge.IcmpError, edge);
        Assert.Equal((0x0304, 1438), (PacketBuffer.At(packet).IcmpReply, PacketBuffer.At(packet).IcmpMtu));
        Assert.Equal(EspPackets.Inner(1439, dontFragment: true), PacketBuffer.At(packet).Data.ToArray());
        Assert.Equal(1ul, sender.Dropped("too-big"));
        sender.Free(packet);
    }

    [Fact]
    public void Too_big_with_df_where_the_outer_df_is_clear_leaves_as_one_outer_packet()
    {
        using EspRig sender = new EspRig(_engines).AsSender(EspPackets.AesSha1, DfBit.Clear);
        sender.SetLinkMtu(1500);
        byte[] outer = Assert.Single(sender.Encrypt(EspPackets.Inner(1480, dontFragment: true)));
        Assert.True(Ipv4Header.TryParse(outer, out Ipv4Header header, out _));
        Assert.True(outer.Length > 1500 && !header.DontFragment);
    }

    [Theory]
    [InlineData(1439)]
    [InlineData(3000)]
    [InlineData(9000)]
    public void Too_big_without_df_is_cut_before_encryption(int length)
    {
        using EspRig sender = new EspRig(_engines).AsSender(EspPackets.AesSha1, DfBit.Set);
        using EspRig receiver = new EspRig(_engines).AsReceiver(EspPackets.AesSha1);
        sender.SetLinkMtu(1500);
        byte[] inner = EspPackets.Inner(length);
        int free = sender.FakeWorker.Pools.SmallFree;
        List<byte[]> outers = sender.Encrypt(inner);
        Assert.Equal(free, sender.FakeWorker.Pools.SmallFree);
        Assert.All(outers, o => Assert.True(o.Length <= 1500));
        byte[] joined = new byte[length - 20];
        int covered = 0;
        for (int i = 0; i < outers.Count; i++)
        {
            Assert.True(Ipv4Header.TryParse(receiver.Decrypt(outers[i]), out Ipv4Header fragment, out _));
            Assert.Equal(i < outers.Count - 1, fragment.MoreFragments);
            Assert.Equal((63, 7), (fragment.Ttl, fragment.Identification));
            fragment.Payload.CopyTo(joined.AsSpan(fragment.FragmentOffset));
            covered += fragment.Payload.Length;
        }

        Assert.Equal(inner[20..], joined);
        Assert.Equal(length - 20, covered);
    }

    [Fact]
    public void Fragments_carry_only_the_options_that_are_to_be_copied()
    {
        using EspRig sender = new EspRig(_engines).AsSender(EspPackets.NullMd5);
        using EspRig receiver = new EspRig(_engines).AsReceiver(EspPackets.NullMd5);
        sender.SetLinkMtu(1500);
        byte[] inner = EspPackets.Inner(2000);
        // Record route (not copied) of 7 bytes, a no-operation, router alert (copied).
        byte[] options = [7, 7, 4, 0, 0, 0, 0, 1, 0x94, 4, 0, 0];
        options.CopyTo(inner, 20);
        inner[0] = 0x48;
        inner[10] = inner[11] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(inner.AsSpan(10), InternetChecksum.Compute(inner.AsSpan(0, 32)));
        List<byte[]> outers = sender.Encrypt(inner);
        Assert.Equal(2, outers.Count);
        Assert.True(Ipv4Header.TryParse(receiver.Decrypt(outers[0]), out Ipv4Header first, out _));
        Assert.Equal(options, first.Options.ToArray());
        Assert.True(Ipv4Header.TryParse(receiver.Decrypt(outers[1]), out Ipv4Header second, out _));
        Assert.Equal([0x94, 4, 0, 0], second.Options.ToArray());
    }

    [Fact]
    public void Reported_path_mtu_counts_until_it_is_old()
    {
        using EspRig sender = new EspRig(_engines).AsSender(EspPackets.AesSha1, DfBit.Copy);
        sender.SetLinkMtu(1500);
        byte[] big = EspPackets.Inner(1438, dontFragment: true);
        byte[] sent = Assert.Single(sender.Encrypt(big));
        Assert.True(sender.Icmp(FragmentationNeeded(sent, 1400)));
        Assert.Equal(1400u, sender.Read<ProtectionState>("protection", "3").PathMtu);
        Assert.Empty(sender.Encrypt(big));
        Assert.Single(sender.Encrypt(EspPackets.Inner(1326, dontFragment: true)));

        // A larger report changes nothing, and a smaller one than every host must take is not believed.
        Assert.True(sender.Icmp(FragmentationNeeded(sent, 1450)));
        Assert.Equal(1400u, sender.Read<ProtectionState>("protection", "3").PathMtu);
        Assert.True(sender.Icmp(FragmentationNeeded(sent, 68)));
        Assert.Equal(576u, sender.Read<ProtectionState>("protection", "3").PathMtu);

        sender.FakeWorker.Now += 599_000_000_000;
        sender.FakeWorker.Timers.ForEach(t => t());
        Assert.Empty(sender.Encrypt(big));
        sender.FakeWorker.Now += 2_000_000_000;
        sender.FakeWorker.Timers.ForEach(t => t());
        Assert.Single(sender.Encrypt(big));
        Assert.Equal(0u, sender.Read<ProtectionState>("protection", "3").PathMtu);
    }

    [Fact]
    public void Router_that_names_no_mtu_gets_the_next_plateau()
    {
        using EspRig sender = new EspRig(_engines).AsSender(EspPackets.AesSha1, DfBit.Copy);
        sender.SetLinkMtu(1500);
        byte[] sent = Assert.Single(sender.Encrypt(EspPackets.Inner(1438, dontFragment: true)));
        Assert.True(sender.Icmp(FragmentationNeeded(sent, 0)));
        Assert.Equal(1492u, sender.Read<ProtectionState>("protection", "3").PathMtu);
    }

    [Fact]
    public void Reports_about_packets_that_were_never_sent_go_on_unread()
    {
        using EspRig sender = new EspRig(_engines).AsSender(EspPackets.AesSha1, DfBit.Copy);
        sender.SetLinkMtu(1500);
        byte[] sent = Assert.Single(sender.Encrypt(EspPackets.Inner(1000, dontFragment: true)));
        byte[] Changed(int at, byte value)
        {
            byte[] changed = [.. sent];
            changed[at] = value;
            return FragmentationNeeded(changed, 1400);
        }

        Assert.False(sender.Icmp(Changed(23, 1)));
        Assert.False(sender.Icmp(Changed(27, 2)));
        Assert.False(sender.Icmp(Changed(15, 99)));
        Assert.False(sender.Icmp(Changed(19, 99)));
        Assert.False(sender.Icmp(FragmentationNeeded(sent, 1400)[..50]));
        byte[] unreachable = FragmentationNeeded(sent, 1400);
        unreachable[21] = 1;
        Assert.False(sender.Icmp(unreachable));
        Assert.Equal(0u, sender.Read<ProtectionState>("protection", "3").PathMtu);
    }

    private static byte[] FragmentationNeeded(byte[] sent, ushort mtu)
    {
        byte[] icmp = new byte[20 + 8 + 28];
        Ipv4Header.Write(icmp, icmp.Length, IpProtocol.Icmp, 0xCB007101, EspRig.LocalAddress);
        icmp[20] = 3;
        icmp[21] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(icmp.AsSpan(26), mtu);
        sent.AsSpan(0, 28).CopyTo(icmp.AsSpan(28));
        return icmp;
    }
}
