using System.Buffers.Binary;
using RouterOS.Abstractions.Ports;
using RouterOS.Forwarding;
using RouterOS.Simulation;

namespace RouterOS.Unit.Forwarding;

/// <summary>What is put together on its way leaves in fragments again, none larger than what came.</summary>
public sealed class Ip6RefragmentTests : IDisposable
{
    private const string Here = "2001:db8:1::9";
    private const string There = "2001:db8:2::9";

    private readonly SinkPort[] _ports = [new(PortLink.RawIp) { Keep = true }, new(PortLink.RawIp) { Keep = true }];
    private readonly Chassis _chassis;

    public Ip6RefragmentTests()
    {
        _chassis = new Chassis(
            new SimulatedClock(), [("p0", _ports[0]), ("p1", _ports[1])],
            new TestPackage(registry => registry.AddFeature(Arcs.PreRoute6, KernelNodes.Ip6ReassembleTransit)));
        _chassis.Interface6(1, "p0", "2001:db8:1::1/64");
        _chassis.Interface6(2, "p1", "2001:db8:2::1/64", mtu: 1400);
    }

    public void Dispose()
    {
        _chassis.AssertNothingLeaks();
        _chassis.Dispose();
    }

    [Theory]
    [InlineData(1232, 1280)]
    [InlineData(1400, 1400)]
    [InlineData(600, 648)]
    public void Fragments_leave_as_fragments(int cut, int largest)
    {
        byte[] whole = Build6.Udp(Here, There, 53, 4000);
        for (int done = 0; done < whole.Length - 40; done += cut)
        {
            int end = Math.Min(done + cut, whole.Length - 40);
            byte[] payload = [whole[6], 0, 0, 0, 0, 0, 0, 7, .. whole.AsSpan(40 + done, end - done)];
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(2), (ushort)(done | (end < whole.Length - 40 ? 1 : 0)));
            _chassis.Feed(KernelNodes.PortInput, Build6.Ip(Here, There, 44, payload));
        }

        byte[] together = new byte[whole.Length];
        whole.AsSpan(0, 40).CopyTo(together);
        together[7] = 63;
        foreach (byte[] piece in _ports[1].Frames)
        {
            Assert.True(piece.Length <= largest);
            Assert.Equal((44, 63, 17), (piece[6], piece[7], piece[40]));
            piece.AsSpan(48).CopyTo(together.AsSpan(40 + (BinaryPrimitives.ReadUInt16BigEndian(piece.AsSpan(42)) & 0xfff8)));
        }

        whole[7] = 63;
        Assert.Equal(whole, together);
        Assert.Empty(_ports[0].Frames);
    }
}
