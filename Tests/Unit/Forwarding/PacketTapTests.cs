using RouterOS.Forwarding;
using RouterOS.Forwarding.Local;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Simulation;

namespace RouterOS.Unit.Forwarding;

public sealed class PacketTapTests
{
    [Fact]
    public void A_second_s_share_goes_up_and_the_rest_is_counted()
    {
        List<PuntedPacket> copies = [];
        SimulatedClock clock = new();
        PacketTap tap = new(copies.Add, clock);
        Assert.False(tap.IsOn);
        tap.Offer(7, isOutbound: true, new byte[100]);
        Assert.Null(tap.Set("7", default));
        Assert.NotNull(tap.Set("x", default));
        for (int i = 0; i < 20_000; i++)
        {
            tap.Offer(7, isOutbound: true, new byte[100]);
            tap.Offer(8, isOutbound: true, new byte[100]);
            clock.Advance(TimeSpan.FromMicroseconds(50));
        }

        TapState state = Read(tap);
        Assert.Equal(20_000ul, state.Packets + state.Lost);
        Assert.InRange(state.Packets, 4_900ul, 5_100ul);
        Assert.Equal(state.Packets, (ulong)copies.Count);
        Assert.All(copies, c => Assert.Equal(("tap", 7u), (c.Channel, c.Protection)));

        // A row that comes again begins nothing anew.
        Assert.Null(tap.Set("7", default));
        Assert.Equal(20_000ul, Read(tap).Packets + Read(tap).Lost);
        tap.Remove("7");
        Assert.False(tap.IsOn);
    }

    private static TapState Read(PacketTap tap)
    {
        TapState? state = null;
        tap.Read("7", (_, row) => state = TapState.Parser.ParseFrom(row));
        return state!;
    }
}
