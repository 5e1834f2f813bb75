using System.Runtime.InteropServices;
using RouterOS.Forwarding.Local;
using RouterOS.Packets;

namespace RouterOS.Unit.Forwarding;

public sealed unsafe class PuntPolicerTests : IDisposable
{
    private const int Room = 256;

    private readonly PacketBuffer* _packet = (PacketBuffer*)NativeMemory.AllocZeroed(PacketBuffer.MetadataBytes + Room);
    private readonly List<PuntedPacket> _passed = [];
    private readonly ControlPeers _peers = new();
    private readonly PuntPolicer _policer;

    public PuntPolicerTests() => _policer = new PuntPolicer(new PuntLimits(), _peers, _passed.Add);

    public void Dispose() => NativeMemory.Free(_packet);

    [Fact]
    public void Clients_of_one_address_have_a_share_for_each_protection()
    {
        _peers.Answered(0, Chassis.Ip("192.168.1.2"));
        for (uint protection = 1; protection <= 4; protection++)
        {
            Assert.Equal(200, Offer(600, protection));
        }

        // The channel is for all together.
        Assert.Equal(200, Offer(600, protection: 5));
        Assert.Equal(0, Offer(600, protection: 6));
    }

    [Fact]
    public void An_address_that_the_control_plane_answers_may_be_many_peers_and_takes_no_more_than_half_of_the_channel()
    {
        Assert.Equal(200, Offer(1000));
        _peers.Answered(0, Chassis.Ip("192.168.1.3"));
        Assert.Equal(500, Offer(1000, from: "192.168.1.3"));
        Assert.Null(_peers.Set($"{Chassis.Ip("192.168.1.4")}", []));
        Assert.Equal(300, Offer(1000, from: "192.168.1.4"));
    }

    [Fact]
    public void A_protection_makes_no_stranger_known()
    {
        int passed = 0;
        for (uint protection = 1; protection <= 1000; protection++)
        {
            passed += Offer(1, protection, $"10.0.{protection >> 8}.{protection & 255}");
        }

        Assert.Equal(300, passed);
    }

    private int Offer(int times, uint protection = 0, string from = "192.168.1.2")
    {
        int before = _passed.Count;
        byte[] bytes = Build.Udp(from, "192.0.2.1", 1701);
        for (int i = 0; i < times; i++)
        {
            bytes.CopyTo(new Span<byte>(_packet + 1, Room));
            (_packet->Capacity, _packet->Offset, _packet->Length, _packet->Protection) = (Room, 0, bytes.Length, protection);
            _policer.Offer(0, "udp:1701", ref *_packet);
        }

        return _passed.Count - before;
    }
}
