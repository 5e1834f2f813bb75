using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using RouterOS.Abstractions.Ports;
using RouterOS.Linux.Native;
using RouterOS.Linux.Offload;
using RouterOS.Packets;
using RouterOS.Unit.Crypto;

namespace RouterOS.Unit.Linux;

/// <summary>Packets merged for the device, against a naive device that cuts again.</summary>
public sealed unsafe class OutgoingBatchTests : IDisposable
{
    private readonly PacketPools _pools = new(512, 16);
    private readonly OutgoingBatch _ethernet = new(14);
    private readonly OutgoingBatch _raw = new(0);

    public void Dispose()
    {
        _ethernet.Dispose();
        _raw.Dispose();
        _pools.Dispose();
    }

    [Fact]
    public void What_is_merged_and_cut_again_is_the_same_packets_in_the_same_order() =>
        Check.One(Seeded.Config.WithMaxTest(400), Prop.ForAll(
            Arb.From(
                from seed in Gen.Choose(1, 1_000_000)
                from ethernet in Gen.Elements(true, false)
                from packets in Gen.Choose(0, 65_535).ArrayOf(40)
                select (seed, ethernet, packets)),
            c =>
            {
                List<byte[]> sent = Stream(c.packets, c.ethernet);
                Assert.Equal(sent, Through(c.ethernet ? _ethernet : _raw, sent, c.ethernet ? 14 : 0, out _));
            }));

    [Fact]
    public void A_flow_leaves_as_one_message_that_ends_with_its_short_packet()
    {
        List<byte[]> packets = [.. Enumerable.Range(0, 10).Select(i => Tcp(i * 1000, 1000, id: i)), Tcp(10_000, 400, id: 10), Tcp(10_400, 1000, id: 11)];
        Assert.Equal(packets, Through(_raw, packets, 0, out int[] held));
        Assert.Equal([11, 1], held);
    }

    [Fact]
    public void A_super_packet_leaves_whole_and_the_payload_is_not_copied()
    {
        byte[] super = Tcp(0, 5000, id: 1, flags: 0x98);
        nint handle = Packet(super);
        PacketBuffer.At(handle).SegmentBytes = 1448;
        PacketBuffer.At(handle).SegmentCount = 4;
        Assert.Equal(1, _raw.Fill([handle]));
        Assert.Equal(1, _raw.Count);
        Assert.Equal(1u, _raw.Messages[0].SliceCount);
        Assert.Equal((nint)PacketBuffer.At(handle).Start - 10, (nint)_raw.Messages[0].Slices->Start);
        List<byte[]> cut = Device(_raw.Messages[0], 0);
        Assert.Equal(4, cut.Count);
        Assert.Equal(super.Length - 40, cut.Sum(packet => packet.Length - 40));
        _pools.Return(handle);
    }

    public static TheoryData<string, int> Breaks => new()
    {
        // What changes in the second of three packets, and how many messages leave.
        { "nothing", 1 }, { "tos", 3 }, { "ttl", 3 }, { "df", 3 }, { "more-fragments", 3 }, { "source", 3 }, { "port", 3 }, { "sequence", 3 },
        { "ack", 3 }, { "window", 3 }, { "urgent", 3 }, { "option", 3 }, { "id", 3 }, { "syn", 3 }, { "rst", 3 }, { "ece", 3 }, { "cwr", 2 },
        { "push", 2 }, { "fin", 2 }, { "shorter", 2 }, { "longer", 2 }, { "checksum", 3 }, { "ip-checksum", 3 }, { "padding", 3 }, { "no-ack", 3 },
        { "first-checksum", 2 }, { "first-cwr", 1 }, { "first-push", 2 },
    };

    [Theory]
    [MemberData(nameof(Breaks))]
    public void A_difference_ends_the_train(string change, int messages)
    {
        byte[] first = Tcp(0, 100, id: 0, flags: change switch { "first-cwr" => 0x90, "first-push" => 0x18, _ => 0x10 }, options: 12);
        int flags = change switch { "push" => 0x18, "fin" => 0x11, "syn" => 0x12, "rst" => 0x14, "ece" => 0x50, "cwr" => 0x90, "no-ack" => 0, _ => 0x10 };
        int payload = change switch { "shorter" => 99, "longer" => 101, _ => 100 };
        byte[] second = Tcp(change == "sequence" ? 101 : 100, payload, id: change == "id" ? 7 : 1, flags: flags, options: 12);
        (int at, byte bit) = change switch
        {
            "tos" => (1, (byte)4), "ttl" => (8, (byte)1), "df" => (6, (byte)0x40), "more-fragments" => (6, (byte)0x20), "source" => (15, (byte)1),
            "port" => (21, (byte)1), "ack" => (31, (byte)1), "window" => (35, (byte)1), "urgent" => (39, (byte)1), "option" => (43, (byte)1),
            _ => (0, (byte)0),
        };
        second[at] ^= bit;
        Checksums(second);
        first[first.Length - 1] ^= (byte)(change == "first-checksum" ? 1 : 0);
        second[second.Length - 1] ^= (byte)(change == "checksum" ? 1 : 0);
        second[11] ^= (byte)(change == "ip-checksum" ? 1 : 0);
        second = change == "padding" ? [.. second, 0] : second;
        List<byte[]> packets = [first, second, Tcp(100 + payload, 100, id: 2, options: 12)];
        Assert.Equal(packets, Through(_raw, packets, 0, out int[] held));
        Assert.Equal(messages, held.Length);
    }

    [Fact]
    public void Datagrams_of_one_size_leave_as_one_up_to_64()
    {
        List<byte[]> packets = [.. Enumerable.Range(0, 100).Select(i => Udp(200, i, 53)), Udp(150, 100, 53), Udp(200, 101, 53)];
        Assert.Equal(packets, Through(_raw, packets, 0, out int[] held));
        Assert.Equal([64, 37, 1], held);
    }

    [Fact]
    public void Datagrams_without_checksum_leave_alone_but_for_esp_which_gets_one()
    {
        byte[][] plain = [.. Enumerable.Range(0, 3).Select(i => Udp(200, i, 4789, checksum: false))];
        Assert.Equal(plain, Through(_raw, [.. plain], 0, out int[] held));
        Assert.Equal([1, 1, 1], held);

        List<byte[]> esp = [.. Enumerable.Range(0, 3).Select(i => Udp(200, i, 4500, checksum: false))];
        List<byte[]> cut = Through(_raw, esp, 0, out held);
        Assert.Equal([3], held);
        Assert.Equal(esp.Select(packet => packet[28..]), cut.Select(packet => packet[28..]));
        Assert.All(cut, packet => Assert.True(RightTransport(packet)));
    }

    [Fact]
    public void Frames_to_different_stations_do_not_mix_and_other_protocols_leave_alone()
    {
        byte[] other = Frame(Tcp(100, 100, id: 1));
        other[5] ^= 1;
        byte[] tagged = Frame(Tcp(200, 100, id: 2));
        tagged[12] = 0x81;
        byte[] esp = Frame(Udp(100, 3, 9));
        esp[14 + 9] = 50;
        List<byte[]> frames = [Frame(Tcp(0, 100, id: 0)), other, tagged, esp, [.. esp], [1, 2, 3]];
        Assert.Equal(frames, Through(_ethernet, frames, 14, out int[] held));
        Assert.Equal(6, held.Length);
    }

    [Fact]
    public void A_device_without_offloads_gets_every_packet_alone()
    {
        using OutgoingBatch batch = new(0) { Offloads = PortOffloads.UdpSegmentation };
        List<byte[]> packets = [Tcp(0, 100, id: 0), Tcp(100, 100, id: 1), Udp(50, 0, 9), Udp(50, 1, 9)];
        Assert.Equal(packets, Through(batch, packets, 0, out int[] held));
        Assert.Equal([1, 1, 2], held);
        batch.Offloads = PortOffloads.None;
        Assert.Equal(packets, Through(batch, packets, 0, out held));
        Assert.Equal(4, held.Length);
    }

    [Fact]
    public void Merging_allocates_nothing()
    {
        nint[] packets = [.. Enumerable.Range(0, 200).Select(i => Packet(Tcp(i * 1000, 1000, id: i)))];
        _ = _raw.Fill(packets);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                _ = _raw.Fill(packets);
            }
        }));
        Array.ForEach(packets, _pools.Return);
    }

    // Packets of a few flows, mostly in order; the low bits of each number say what is odd about one.
    private static List<byte[]> Stream(int[] choices, bool ethernet)
    {
        List<byte[]> packets = [];
        int[] sequence = new int[2];
        int[] id = [65_530, 65_530, 65_530, 65_530];
        foreach (int choice in choices)
        {
            int flow = choice & 1;
            int odd = (choice >> 4) & 31;
            int size = odd switch { 1 => 300, 2 => 700, 3 => 1, _ => 500 };
            byte[] packet;
            if ((choice & 6) != 0)
            {
                int flags = odd switch { 4 => 0x18, 5 => 0x11, 6 => 0x90, 7 => 0x12, 8 => 0x50, _ => 0x10 };
                packet = Tcp(sequence[flow], size, id[flow]++, flags, options: odd == 9 ? 12 : 0, port: 80 + flow);
                sequence[flow] += odd == 10 ? size + 1 : size;
            }
            else
            {
                packet = Udp(size, id[2 + flow]++, 80 + flow, checksum: odd != 11);
            }

            if (odd == 12)
            {
                packet[packet.Length - 1] ^= 0x40;
            }

            packets.Add(ethernet ? Frame(packet) : packet);
        }

        return packets;
    }

    private List<byte[]> Through(OutgoingBatch batch, List<byte[]> packets, int link, out int[] held)
    {
        nint[] handles = [.. packets.Select(Packet)];
        List<byte[]> seen = [];
        List<int> sizes = [];
        int done = 0;
        while (done < handles.Length)
        {
            int taken = batch.Fill(handles.AsSpan(done));
            Assert.True(taken > 0);
            for (int i = 0; i < batch.Count; i++)
            {
                seen.AddRange(Device(batch.Messages[i], link));
                sizes.Add(batch.PacketsOf(i));
            }

            done += taken;
        }

        Assert.Equal(packets.Count, sizes.Sum());
        Array.ForEach(handles, _pools.Return);
        held = [.. sizes];
        return seen;
    }

    // Joins the slices, and cuts as the virtio header says. The checksum field must hold the pseudo header's sum.
    private static List<byte[]> Device(in MessageHeader message, int link)
    {
        List<byte> joined = [];
        for (nuint i = 0; i < message.SliceCount; i++)
        {
            joined.AddRange(new ReadOnlySpan<byte>(message.Slices[i].Start, (int)message.Slices[i].Bytes).ToArray());
        }

        VirtioNetHeader header = new([.. joined]);
        byte[] frame = [.. joined[VirtioNetHeader.Length..]];
        if (header.Segmentation == SegmentationKind.None)
        {
            Assert.Equal(new byte[VirtioNetHeader.Length], joined[..VirtioNetHeader.Length]);
            return [frame];
        }

        byte[] ip = frame[link..];
        int transport = (ip[0] & 15) * 4;
        Assert.Equal(ip.Length, BinaryPrimitives.ReadUInt16BigEndian(ip.AsSpan(2)));
        Assert.Equal(0, InternetChecksum.Compute(ip.AsSpan(0, transport)));
        Assert.Equal((link + transport, ip[9] == 6 ? 16 : 6), (header.ChecksumStart, header.ChecksumOffset));
        Assert.True(header.LacksChecksum);
        Assert.Equal(ip[9] == 6 ? SegmentationKind.TcpIpv4 : SegmentationKind.Udp, header.Segmentation);
        Assert.True(FrameChecksum.TryComplete(ip, transport, header.ChecksumOffset));
        Assert.True(RightTransport(ip));
        Assert.True(SuperPacket.TryParse(ip, header.SegmentBytes, out SuperPacket super));
        List<byte[]> packets = [];
        for (int i = 0; i < super.Count; i++)
        {
            byte[] packet = new byte[super.LengthOf(i)];
            super.Write(ip, i, packet);
            packets.Add([.. frame[..link], .. packet]);
        }

        return packets;
    }

    private nint Packet(byte[] bytes)
    {
        nint handle = _pools.Rent(bytes.Length);
        PacketBuffer.At(handle).Length = bytes.Length;
        bytes.CopyTo(PacketBuffer.At(handle).Data);
        return handle;
    }

    private static byte[] Frame(byte[] ip) => [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, .. ip];

    private static byte[] Tcp(int sequence, int payload, int id, int flags = 0x10, int options = 0, int port = 80)
    {
        byte[] packet = Ip(20 + 20 + options + payload, IpProtocol.Tcp, id);
        new FixedRandom((ulong)sequence).Fill(packet.AsSpan(40 + options));
        Span<byte> tcp = packet.AsSpan(20);
        BinaryPrimitives.WriteUInt16BigEndian(tcp, 40_000);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], (ushort)port);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], (uint)sequence);
        tcp[12] = (byte)((20 + options) << 2);
        tcp[13] = (byte)flags;
        tcp[14] = 64;
        Checksums(packet);
        return packet;
    }

    private static byte[] Udp(int payload, int id, int port, bool checksum = true)
    {
        byte[] packet = Ip(28 + payload, IpProtocol.Udp, id);
        new FixedRandom((ulong)id).Fill(packet.AsSpan(28));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20), 9);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(22), (ushort)port);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), (ushort)(8 + payload));
        if (checksum)
        {
            Checksums(packet);
        }

        return packet;
    }

    private static byte[] Ip(int length, IpProtocol protocol, int id)
    {
        byte[] packet = new byte[length];
        Ipv4Header.Write(packet, length, protocol, 0xc0000201, 0xc6336401, identification: (ushort)id);
        return packet;
    }

    private static void Checksums(byte[] packet)
    {
        packet.AsSpan(10, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), InternetChecksum.Compute(packet.AsSpan(0, 20)));
        int at = 20 + (packet[9] == 6 ? 16 : 6);
        packet.AsSpan(at, 2).Clear();
        ushort sum = InternetChecksum.Compute(packet.AsSpan(20), Pseudo(packet));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(at), sum == 0 ? (ushort)0xffff : sum);
    }

    private static bool RightTransport(byte[] packet) => InternetChecksum.Compute(packet.AsSpan(20), Pseudo(packet)) == 0;

    private static uint Pseudo(byte[] packet) => InternetChecksum.PseudoHeader(
        BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(12)), BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(16)), packet[9], packet.Length - 20);
}
