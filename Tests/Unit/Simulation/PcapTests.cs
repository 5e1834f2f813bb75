using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using RouterOS.Abstractions.Ports;
using RouterOS.Packets;
using RouterOS.Simulation;
using RouterOS.Simulation.Pcap;

namespace RouterOS.Unit.Simulation;

/// <summary>Capture files: reading both kinds, replaying in time, writing.</summary>
public sealed class PcapTests
{
    private static readonly byte[] s_frame = [2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 8, 8, 0, 1, 2, 3];

    [Fact]
    public void What_is_written_is_read_again()
    {
        using MemoryStream stream = new();
        using (PcapWriter writer = new(stream, PortLink.RawIp))
        {
            writer.Write(DateTimeOffset.UnixEpoch.AddSeconds(7).AddTicks(15), [1, 2, 3]);
            writer.Write(DateTimeOffset.UnixEpoch.AddSeconds(8), [4]);
        }

        PcapFile file = Assert.IsType<PcapFile>(PcapFile.Read(stream.ToArray(), out _));
        Assert.Equal(PortLink.RawIp, file.Link);
        Assert.Equal([[1, 2, 3], [4]], file.Frames.Select(frame => file.BytesOf(frame).ToArray()));
        Assert.Equal([7_000_001_500, 8_000_000_000], file.Frames.Select(frame => frame.Nanoseconds));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Classic_files_of_either_order_and_resolution(bool big, bool nano)
    {
        PcapFile file = Read(Classic(big, nano, 1, (3, 5, s_frame), (4, 0, s_frame)));
        Assert.Equal([nano ? 3_000_000_005 : 3_000_005_000, 4_000_000_000], file.Frames.Select(frame => frame.Nanoseconds));
        Assert.All(file.Frames, frame => Assert.Equal(s_frame, file.BytesOf(frame).ToArray()));
    }

    [Theory]
    [InlineData(false, 6, 1_000_002_000)]
    [InlineData(true, 9, 1_000_002)]
    [InlineData(false, 0x80 | 20, 953_676_223)]
    public void Files_of_the_next_generation(bool big, int resolution, long nanoseconds)
    {
        byte[] bytes =
        [
            .. Block(big, 0x0a0d0d0a, [.. Number(big, 0x1a2b3c4d), .. Number(big, 1), 255, 255, 255, 255, 255, 255, 255, 255]),
            .. Block(big, 1, [.. Half(big, 1), 0, 0, 0, 0, 0, 0, .. Half(big, 9), .. Half(big, 1), (byte)resolution, 0, 0, 0, 0, 0, 0, 0]),
            .. Block(big, 0xbad, [1, 2, 3, 4]),
            .. Block(big, 6, [.. Number(big, 0), .. Number(big, 0), .. Number(big, 1_000_002), .. Number(big, 17), .. Number(big, 17), .. s_frame, 0, 0, 0]),
            .. Block(big, 3, [.. Number(big, 17), .. s_frame, 0, 0, 0]),
        ];
        PcapFile file = Read(bytes);
        Assert.Equal(2, file.Frames.Count);
        Assert.InRange(file.Frames[0].Nanoseconds, nanoseconds - 1, nanoseconds + 1);
        Assert.All(file.Frames, frame => Assert.Equal(s_frame, file.BytesOf(frame).ToArray()));
    }

    [Fact]
    public void What_is_no_capture_is_refused_with_a_reason()
    {
        Assert.Equal("is too short to be a capture", Reason([]));
        Assert.Equal("is neither pcap nor pcapng", Reason(new byte[100]));
        Assert.StartsWith("holds link type 105", Reason(Classic(false, false, 105)), StringComparison.Ordinal);
        byte[] whole = Classic(false, false, 1, (0, 0, s_frame));
        Assert.Equal("ends within its header", Reason(whole[..20]));
        Assert.Equal("ends within the header of frame 1", Reason(whole[..30]));
        Assert.Equal("ends within frame 1", Reason(whole[..^1]));
        Assert.StartsWith("has a block of wrong length", Reason([.. Block(false, 0x0a0d0d0a, [.. Number(false, 0x1a2b3c4d), 0, 0, 0, 0]), .. new byte[12]]), StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_files_never_make_it_read_outside() =>
        Check.One(Seeded.Config.WithMaxTest(3000), Prop.ForAll(
            Arb.From(
                from next in Gen.Elements(true, false)
                from changes in Gen.Choose(0, 65_535).Two().ArrayOf(4)
                from cut in Gen.Choose(0, 140)
                select (next, changes, cut)),
            c =>
            {
                byte[] bytes = c.next
                    ?
                    [
                        .. Block(false, 0x0a0d0d0a, [.. Number(false, 0x1a2b3c4d), .. Number(false, 1), 0, 0, 0, 0, 0, 0, 0, 0]),
                        .. Block(false, 1, [.. Half(false, 1), 0, 0, 0, 0, 0, 0, .. Half(false, 9), .. Half(false, 1), 6, 0, 0, 0]),
                        .. Block(false, 6, [.. Number(false, 0), .. Number(false, 0), .. Number(false, 5), .. Number(false, 17), .. Number(false, 17), .. s_frame, 0, 0, 0]),
                    ]
                    : Classic(false, false, 1, (1, 2, s_frame), (1, 2, s_frame));
                foreach ((int at, int value) in c.changes)
                {
                    bytes[at % bytes.Length] = (byte)value;
                }

                byte[] damaged = bytes[..Math.Min(bytes.Length, c.cut)];
                if (PcapFile.Read(damaged, out string reason) is { } file)
                {
                    Assert.All(file.Frames, frame => Assert.Equal(frame.Length, file.BytesOf(frame).Length));
                }
                else
                {
                    Assert.NotEqual("", reason);
                }
            }));

    [Fact]
    public void Frames_are_received_lap_after_lap_and_the_port_is_the_station_that_they_are_for()
    {
        using PcapPort port = new(Read(Classic(false, false, 1, (1, 0, s_frame), (9, 0, s_frame))), laps: 3, speed: 0, null, TimeProvider.System);
        Assert.Equal(s_frame[..6], port.LinkAddress.ToArray());
        Assert.Equal(6, Receive(port));
        Assert.Equal(0, Receive(port));
    }

    [Fact]
    public void With_a_speed_frames_come_when_they_are_due()
    {
        SimulatedClock clock = new();
        using PcapPort port = new(Read(Classic(false, false, 1, (1, 0, s_frame), (2, 0, s_frame))), laps: 2, speed: 0.5, null, clock);
        int woken = 0;
        port.WakeUp = () => woken++;
        Assert.Equal(1, Receive(port));
        Assert.Equal(0, Receive(port));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((0, 1), (Receive(port), woken));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, woken);
        // The second frame, and at once the first of the next lap.
        Assert.Equal(2, Receive(port));
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, Receive(port));
        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(0, Receive(port));
    }

    [Fact]
    public void The_driver_says_what_is_wrong_with_its_argument()
    {
        PcapPortDriver driver = new();
        Assert.Contains("cannot be read", Assert.Throws<PortException>(() => driver.Open("p", "/none/none.pcap")).Message, StringComparison.Ordinal);
        foreach (string option in (string[])["a,b,c", "a,loop=x", "a,speed=0", "a,speed=-1", "a,"])
        {
            Assert.Contains("is no option of pcap:", Assert.Throws<PortException>(() => driver.Open("p", option)).Message, StringComparison.Ordinal);
        }
    }

    private static int Receive(PcapPort port)
    {
        using PacketPools pools = new(16, 1);
        nint[] packets = new nint[16];
        int count = port.Receive(packets, pools);
        Assert.All(packets[..count], packet => Assert.Equal(s_frame, PacketBuffer.At(packet).Data.ToArray()));
        return count;
    }

    private static PcapFile Read(byte[] bytes) => PcapFile.Read(bytes, out string reason) ?? throw new InvalidOperationException(reason);

    private static string Reason(byte[] bytes)
    {
        Assert.Null(PcapFile.Read(bytes, out string reason));
        return reason;
    }

    private static byte[] Classic(bool big, bool nano, uint link, params (uint Seconds, uint Fraction, byte[] Frame)[] frames) =>
    [
        .. Number(big, nano ? 0xa1b23c4d : 0xa1b2c3d4), .. Half(big, 2), .. Half(big, 4), .. new byte[8], .. Number(big, 65535), .. Number(big, link),
        .. frames.SelectMany(frame => (byte[])[
            .. Number(big, frame.Seconds), .. Number(big, frame.Fraction), .. Number(big, (uint)frame.Frame.Length),
            .. Number(big, (uint)frame.Frame.Length), .. frame.Frame]),
    ];

    private static byte[] Block(bool big, uint type, byte[] body) =>
        [.. Number(big, type), .. Number(big, (uint)body.Length + 12), .. body, .. Number(big, (uint)body.Length + 12)];

    private static byte[] Number(bool big, uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, big ? BinaryPrimitives.ReverseEndianness(value) : value);
        return bytes;
    }

    private static byte[] Half(bool big, ushort value) => big ? [(byte)(value >> 8), (byte)value] : [(byte)value, (byte)(value >> 8)];
}
