using RouterOS.Linux.Datagram;
using RouterOS.Linux.Host;
using RouterOS.Linux.Native;
using RouterOS.Linux.Wire;

namespace RouterOS.Unit.Linux;

/// <summary>What leaves by UDP sockets, and what the ports that use them are told.</summary>
public sealed unsafe class DatagramTests : IDisposable
{
    private const uint Peer = 0xc0000201;

    private readonly DatagramBatch _batch = new();
    private readonly byte[] _payload = GC.AllocateArray<byte>(65536, pinned: true);

    public void Dispose() => _batch.Dispose();

    [Fact]
    public void Datagrams_of_one_size_to_one_peer_join_until_a_shorter_one()
    {
        Add(100, 100, 100, 60, 100);
        Assert.Equal([(4, 100), (1, 0)], Messages());
        ref readonly MessageHeader first = ref _batch[0];
        Assert.Equal((ushort)Libc.AfInet, *(ushort*)first.Address);
        Assert.Equal([0x11, 0x94, 192, 0, 2, 1], new ReadOnlySpan<byte>((byte*)first.Address + 2, 6).ToArray());
    }

    [Fact]
    public void A_larger_one_another_peer_or_another_service_starts_anew()
    {
        Add(100, 101, 101);
        Assert.True(TryAdd(101, Peer + 1, 4500, 0));
        Assert.True(TryAdd(101, Peer + 1, 4501, 0));
        Assert.True(TryAdd(101, Peer + 1, 4501, 0xb8));
        Assert.Equal([(1, 0), (2, 101), (1, 0), (1, 0), (1, 0)], Messages());
        Assert.Equal(0xb8, *(int*)((byte*)_batch[4].Control + 16));
    }

    [Fact]
    public void A_message_holds_64_datagrams_and_less_than_64_kilobytes()
    {
        Add([.. Enumerable.Repeat(10, 65)]);
        Assert.Equal([(64, 10), (1, 0)], Messages());
        Assert.Equal(0, Empty());
        Add([.. Enumerable.Repeat(1400, 47)]);
        Assert.Equal([(46, 1400), (1, 0)], Messages());
    }

    [Fact]
    public void A_full_batch_says_so_and_every_datagram_that_was_not_sent_is_lost()
    {
        int added = 0;
        while (TryAdd(100 + (added % 2), Peer + (uint)added, 9, 0))
        {
            added++;
        }

        Assert.Equal(64, added);
        Assert.Equal(64, _batch.Send(-1));
        Assert.Equal(0, _batch.Count);
        Assert.True(TryAdd(1, Peer, 9, 0));
    }

    [Fact]
    public void Joining_allocates_nothing()
    {
        Add(100, 100, 100);
        Assert.Equal(3, _batch.Send(-1));
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                _ = TryAdd(100, Peer, 9, 0) && TryAdd(100, Peer, 9, 0);
                _ = _batch.Send(-1);
            }
        }));
    }

    [Fact]
    public void What_the_kernel_says_beside_a_datagram_is_read()
    {
        // IP_TOS 0xb8, then UDP_GRO 1400.
        byte[] control =
        [
            17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0xb8, 0, 0, 0, 0, 0, 0, 0,
            20, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0, 0, 104, 0, 0, 0, 0x78, 5, 0, 0, 0, 0, 0, 0,
        ];
        DatagramIntake.ReadControl(control, out int segmentBytes, out byte service);
        Assert.Equal((1400, 0xb8), (segmentBytes, service));
        DatagramIntake.ReadControl(control.AsSpan(0, 43), out segmentBytes, out service);
        Assert.Equal((0, 0xb8), (segmentBytes, service));
    }

    [Theory]
    [InlineData("eth0", "500 4500")]
    [InlineData("eth0,udp=1701", "1701")]
    [InlineData("eth0,udp=500+4500+1701", "500 4500 1701")]
    [InlineData("eth0,udp=", null)]
    [InlineData("eth0,udp=0", null)]
    [InlineData("eth0,udp=65536", null)]
    [InlineData("eth0,udp=500+500", null)]
    [InlineData("eth0,tcp=22", null)]
    [InlineData("eth0,udp=500,udp=1", null)]
    public void Claims_of_a_shared_address(string text, string? ports)
    {
        HostPortClaims? claims = HostPortClaims.Parse(text, out string reason);
        Assert.Equal(ports, claims is null ? null : string.Join(' ', claims.UdpPorts));
        Assert.Equal(claims is null, reason.Length > 0);
    }

    [Theory]
    [InlineData("7001@192.0.2.1:7002", true)]
    [InlineData("7001@192.0.2.1", false)]
    [InlineData("@192.0.2.1:7002", false)]
    [InlineData("0@192.0.2.1:7002", false)]
    [InlineData("7001@192.0.2:7002", false)]
    [InlineData("7001@2001:db8::1:7002", false)]
    [InlineData("7001@host:7002", false)]
    [InlineData("", false)]
    public void Ends_of_a_wire_in_udp(string text, bool isGood) =>
        Assert.Equal(isGood ? new UdpWireEnds(7001, Peer, 7002) : null, UdpWireEnds.Parse(text));

    private void Add(params int[] sizes) => Array.ForEach(sizes, size => Assert.True(TryAdd(size, Peer, 4500, 0)));

    private bool TryAdd(int bytes, uint address, ushort port, byte service)
    {
        fixed (byte* payload = _payload)
        {
            return _batch.TryAdd(payload, bytes, address, port, service);
        }
    }

    // Nothing is sent through a descriptor that is none.
    private int Empty()
    {
        _ = _batch.Send(-1);
        return _batch.Count;
    }

    // Datagrams of each message, and the size that the kernel is told to cut at.
    private List<(int Datagrams, int Segment)> Messages()
    {
        List<(int, int)> seen = [];
        for (int i = 0; i < _batch.Count; i++)
        {
            ref readonly MessageHeader message = ref _batch[i];
            seen.Add(((int)message.SliceCount, message.ControlBytes == 48 ? *(ushort*)((byte*)message.Control + 24 + 16) : 0));
        }

        return seen;
    }
}
