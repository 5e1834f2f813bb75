using RouterOS.Packets;

namespace RouterOS.Unit.Packets;

public sealed class PacketPoolsTests
{
    [Fact]
    public void A_buffer_may_be_freed_by_another_worker()
    {
        using var first = new PacketPools(1024, 8);
        using PacketPools second = first.Share();
        var seen = new HashSet<nint>();
        // Every buffer passes from the first worker to the second, many times over.
        for (int round = 0; round < 100; round++)
        {
            var rented = new List<nint>();
            for (int i = 0; i < 300; i++)
            {
                nint handle = first.Rent(100);
                Assert.NotEqual(0, handle);
                rented.Add(handle);
                seen.Add(handle);
            }

            Assert.Equal(300, rented.Distinct().Count());
            rented.ForEach(second.Return);
        }

        Assert.Equal(1024, first.SmallFree + second.SmallKept);
        Assert.Equal(8, first.LargeFree);
        Assert.True(seen.Count > 300, "The store gives what has lain longest.");
    }

    [Fact]
    public void All_buffers_can_be_rented_but_those_that_another_worker_keeps()
    {
        using var first = new PacketPools(256, 4);
        using PacketPools second = first.Share();
        nint one = second.Rent(100);
        int count = 0;
        while (first.Rent(100) != 0)
        {
            count++;
        }

        Assert.Equal(256 - 1 - second.SmallKept, count);
        Assert.Equal(0, first.SmallFree);
        second.Return(one);
        Assert.Equal(second.SmallKept, second.SmallFree);

        nint large = second.Rent(60_000);
        first.Return(large);
        Assert.Equal(4, first.LargeFree + second.LargeKept);
    }

    [Fact]
    [Trait("kind", "stress")]
    public void Two_threads_exchange_all_buffers_and_none_gets_lost_or_doubled()
    {
        using var first = new PacketPools(2048, 4);
        using PacketPools second = first.Share();
        var passed = new System.Collections.Concurrent.BlockingCollection<nint[]>(4);
        var other = new Thread(() =>
        {
            foreach (nint[] batch in passed.GetConsumingEnumerable())
            {
                foreach (nint handle in batch)
                {
                    // A buffer with two owners shows here.
                    if (Interlocked.Decrement(ref PacketBuffer.At(handle).Length) != 0)
                    {
                        Environment.FailFast("a buffer with two owners");
                    }

                    second.Return(handle);
                }
            }
        });
        other.Start();
        for (int round = 0; round < 5000; round++)
        {
            var batch = new List<nint>();
            for (int i = 0; i < 128 && first.Rent(100) is not 0 and var handle; i++)
            {
                Interlocked.Increment(ref PacketBuffer.At(handle).Length);
                batch.Add(handle);
            }

            passed.Add([.. batch]);
        }

        passed.CompleteAdding();
        other.Join();
        Assert.Equal(2048, first.SmallFree + second.SmallKept);
    }
}
