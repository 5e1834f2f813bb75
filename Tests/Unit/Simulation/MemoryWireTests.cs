using RouterOS.Abstractions.Ports;
using RouterOS.Packets;
using RouterOS.Simulation;

namespace RouterOS.Unit.Simulation;

public sealed class MemoryWireTests
{
    private readonly SimulatedClock _clock = new();

    [Fact]
    public void A_perfect_wire_keeps_content_and_order_both_ways()
    {
        using var pools = new PacketPools(64, 2);
        var wire = new MemoryWire("w");
        nint[] sent = new nint[10];
        for (int i = 0; i < sent.Length; i++)
        {
            sent[i] = pools.Rent(1400);
            PacketBuffer.At(sent[i]).Length = 60 + (i * 100);
            PacketBuffer.At(sent[i]).Data.Fill((byte)i);
        }

        int wakes = 0;
        wire.Right.WakeUp = () => wakes++;
        Assert.Equal(10, wire.Left.Transmit(sent));
        Assert.Equal(10, wakes);
        nint[] received = new nint[32];
        Assert.Equal(10, wire.Right.Receive(received, pools));
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(PacketBuffer.At(sent[i]).Data.ToArray(), PacketBuffer.At(received[i]).Data.ToArray());
        }

        Assert.Equal(0, wire.Left.Receive(received, pools));
        wire.Right.Send([1, 2, 3]);
        Assert.Equal([1, 2, 3], wire.Left.Take());
        Assert.Null(wire.Left.Take());
    }

    [Fact]
    public void Latency_holds_frames_until_their_time_and_then_wakes()
    {
        var wire = new MemoryWire("w", new MemoryWireOptions { Clock = _clock, Latency = TimeSpan.FromMilliseconds(5) });
        var wakes = new List<double>();
        wire.Right.WakeUp = () => wakes.Add(_clock.NowNanoseconds / 1e6);
        wire.Left.Send([1]);
        _clock.Advance(TimeSpan.FromMilliseconds(2));
        wire.Left.Send([2]);
        Assert.Null(wire.Right.Take());
        _clock.Advance(TimeSpan.FromMilliseconds(3));
        Assert.Equal([1], wire.Right.Take());
        Assert.Null(wire.Right.Take());
        _clock.Advance(TimeSpan.FromMilliseconds(2));
        Assert.Equal([2], wire.Right.Take());
        Assert.Equal([5, 7], wakes);
    }

    [Fact]
    public void Chance_is_the_same_for_the_same_seed()
    {
        Assert.Equal(Play(1), Play(1));
        Assert.NotEqual(Play(1), Play(2));
    }

    [Fact]
    public void Faults_happen_about_as_often_as_asked()
    {
        List<byte[]> frames = Play(3);
        int originals = frames.Select(Number).Where(number => number < 2000).Distinct().Count();
        Assert.InRange(originals, 1_650, 1_900);
        Assert.InRange(frames.Count, originals + 100, originals + 300);
        Assert.InRange(frames.Count(frame => frame.AsSpan(2).ContainsAnyExcept((byte)0)), 100, 300);
        int last = -1;
        int overtaken = 0;
        foreach (int number in frames.Select(Number).Where(number => number < 2000))
        {
            overtaken += number < last ? 1 : 0;
            last = Math.Max(last, number);
        }

        Assert.InRange(overtaken, 50, 1_000);

        static int Number(byte[] frame) => frame[0] | (frame[1] << 8);
    }

    [Fact]
    public void A_full_wire_takes_no_more()
    {
        using var pools = new PacketPools(64, 1);
        var wire = new MemoryWire("w", new MemoryWireOptions { QueueFrames = 3 });
        nint[] packets = [.. Enumerable.Range(0, 5).Select(_ => pools.Rent(60))];
        Assert.Equal(3, wire.Left.Transmit(packets));
        Assert.Equal(2ul, wire.Left.ReadCounters().TransmitDrops);
    }

    [Fact]
    public void Two_ports_that_name_a_wire_are_joined_and_a_third_is_refused()
    {
        var driver = new MemoryPortDriver();
        IPort left = driver.Open("ge-0/0/0", "x");
        Assert.False(left.IsUp);
        IPort right = driver.Open("ge-0/0/0", "x");
        Assert.True(left.IsUp && right.IsUp);
        Assert.NotEqual(left.LinkAddress.ToArray(), right.LinkAddress.ToArray());
        PortException refused = Assert.Throws<PortException>(() => driver.Open("ge-0/0/1", "x"));
        Assert.Contains("memory:x", refused.Message, StringComparison.Ordinal);
        Assert.Throws<PortException>(() => driver.Open("ge-0/0/1", ""));
        right.Dispose();
        Assert.False(left.IsUp);
        driver.Open("ge-0/0/0", "x");
        Assert.True(left.IsUp);
    }

    private List<byte[]> Play(ulong seed)
    {
        var wire = new MemoryWire("w", new MemoryWireOptions
        {
            Clock = _clock, Loss = 0.1, Duplicate = 0.1, Corrupt = 0.1, Reorder = 0.1, Latency = TimeSpan.FromMilliseconds(1), Seed = seed,
        });
        var frames = new List<byte[]>();
        for (int i = 0; i < 2000; i++)
        {
            // Zeros behind the number, and many of them: a turned bit shows nearly always there.
            byte[] frame = new byte[400];
            frame[0] = (byte)i;
            frame[1] = (byte)(i >> 8);
            wire.Left.Send(frame);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            Drain();
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        Drain();
        return frames;

        void Drain()
        {
            while (wire.Right.Take() is { } frame)
            {
                frames.Add(frame);
            }
        }
    }
}
