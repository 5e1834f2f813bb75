using FsCheck;
using FsCheck.Fluent;
using RouterOS.Forwarding.Workers;

namespace RouterOS.Unit.Forwarding;

public sealed class HandOffRingTests
{
    [Fact]
    public void It_is_a_queue_that_holds_so_many_and_no_more()
    {
        // Positive: write so many; negative: read so many.
        Gen<int[]> orders = Gen.Choose(-700, 700).ArrayOf(60);
        Prop.ForAll(orders.ToArbitrary(), steps =>
        {
            using var ring = new HandOffRing();
            var model = new Queue<nint>();
            nint next = 1;
            foreach (int step in steps)
            {
                if (step >= 0)
                {
                    nint[] packets = [.. Enumerable.Range(0, step).Select(i => next + i)];
                    int fit = Math.Min(step, HandOffRing.Capacity - model.Count);
                    Assert.Equal(fit, ring.Write(packets));
                    packets.Take(fit).ToList().ForEach(model.Enqueue);
                    next += fit;
                }
                else
                {
                    var into = new nint[-step];
                    int count = ring.Read(into);
                    Assert.Equal(Math.Min(-step, model.Count), count);
                    Assert.All(into.Take(count), packet => Assert.Equal(model.Dequeue(), packet));
                }

                Assert.Equal(model.Count > 0, ring.HasWaiting);
            }
        }).Check(Seeded.Config);
    }

    [Fact]
    [Trait("kind", "stress")]
    public void Two_threads_lose_and_reorder_nothing()
    {
        const int Packets = 2_000_000;
        using var ring = new HandOffRing();
        var reader = new Thread(() =>
        {
            Span<nint> into = stackalloc nint[256];
            nint expected = 1;
            while (expected <= Packets)
            {
                int count = ring.Read(into);
                for (int i = 0; i < count; i++)
                {
                    if (into[i] != expected++)
                    {
                        Environment.FailFast("out of order");
                    }
                }

                if (count == 0)
                {
                    Thread.Yield();
                }
            }
        });
        reader.Start();
        Span<nint> batch = stackalloc nint[100];
        for (nint next = 1; next <= Packets;)
        {
            int length = (int)Math.Min(batch.Length, Packets - next + 1);
            for (int i = 0; i < length; i++)
            {
                batch[i] = next + i;
            }

            int written = ring.Write(batch[..length]);
            next += written;
            if (written == 0)
            {
                Thread.Yield();
            }
        }

        reader.Join();
        Assert.False(ring.HasWaiting);
    }
}
