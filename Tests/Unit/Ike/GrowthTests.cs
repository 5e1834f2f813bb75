using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

/// <summary>What an engine that runs for years must not collect. Alone, because the heap is everybody's.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class GrowthTests
{
    [Fact]
    public void Rekeys_leave_nothing_behind()
    {
        Lab lab = new Lab().WithPhase1(Lab.Phase1(Cipher.AesCbc, 16, Hash.Sha1, 1, lifetime: 300)).WithPhase2(Lab.Phase2(Cipher.AesCbc, 16, Mac.HmacSha196, lifetime: 180)).Up();
        // The short books of message IDs and the like are full by then.
        long before = Heap(lab, 300);
        Assert.InRange(Heap(lab, 600) - before, long.MinValue, 100_000);
    }

    // Bytes in use after so many rekeys of phase 2, without what the simulation remembers.
    private static long Heap(Lab lab, int rekeys)
    {
        for (int done = 0; done < rekeys;)
        {
            uint before = lab.Left.Phase2().First(s => s.Current).InboundSpi;
            lab.Network.RunSeconds(20);
            done += lab.Left.Phase2().First(s => s.Current).InboundSpi == before ? 0 : 1;
        }

        lab.Network.Sent.Clear();
        lab.Network.Sent.Capacity = 0;
        foreach (SimulatedRouter router in (SimulatedRouter[])[lab.Left, lab.Right])
        {
            router.Lines.Clear();
            router.Lines.Capacity = 0;
            router.Writer.Journal.Clear();
            router.Writer.Journal.Capacity = 0;
        }

        return GC.GetTotalMemory(true);
    }
}
