using FsCheck;
using FsCheck.Fluent;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Unit.Forwarding;

public sealed class FibTests
{
    // Few distinct bytes and all lengths, so that prefixes nest, neighbour and return.
    private static readonly Gen<uint> s_address =
        from bytes in Gen.Elements<byte>(0, 1, 2, 127, 128, 255).ArrayOf(4)
        select ((uint)bytes[0] << 24) | ((uint)bytes[1] << 16) | ((uint)bytes[2] << 8) | bytes[3];

    private static readonly Gen<(bool Add, uint Prefix, byte Length, uint Gateway)[]> s_changes =
        (from add in Gen.Frequency((3, Gen.Constant(true)), (2, Gen.Constant(false)))
         from address in s_address
         from length in Gen.Choose(0, 32)
         from gateway in Gen.Choose(1, 1000)
         select (add, address & Ipv4Address.Mask(length), (byte)length, (uint)gateway)).ArrayOf();

    [Fact]
    public void Longest_match_agrees_with_trying_every_prefix() =>
        Check.One(
            Seeded.Config.WithMaxTest(300).WithEndSize(60),
            Prop.ForAll(s_changes.ToArbitrary(), s_address.ArrayOf(20).ToArbitrary(), (changes, addresses) =>
            {
                using var set = new FibSet(workers: 1);
                Fib fib = set.Make(0);
                var model = new Dictionary<(uint, byte), uint>();
                foreach ((bool add, uint prefix, byte length, uint gateway) in changes)
                {
                    if (add)
                    {
                        Put(set, fib, prefix, length, gateway);
                        model[(prefix, length)] = gateway;
                    }
                    else
                    {
                        Assert.Equal(model.Remove((prefix, length)), Take(set, fib, prefix, length));
                    }

                    Assert.Equal(model.Count, fib.Count);
                    Agree(fib, model, prefix);
                    Agree(fib, model, prefix | ~Ipv4Address.Mask(length));
                    Agree(fib, model, prefix - 1);
                }

                foreach (uint address in addresses)
                {
                    Agree(fib, model, address);
                }

                foreach ((uint prefix, byte length) in model.Keys)
                {
                    Assert.True(Take(set, fib, prefix, length));
                }

                // Memory goes back too: nothing is left but the root.
                Assert.Equal((0, 0, 0), (fib.Count, set.Plies.Count, set.NextHops.Count));
                Assert.Equal(RouteKind.None, fib.Lookup(0x01020304).Kind);
            }));

    [Fact]
    public void Replacing_a_route_changes_what_it_says_at_once()
    {
        using var set = new FibSet(workers: 1);
        Fib fib = set.Make(0);
        Put(set, fib, 0x0A000000, 12, 1);
        Put(set, fib, 0x0A000000, 12, 2);
        Assert.Equal(2u, fib.Lookup(0x0A010203).Gateway);
        Assert.Equal((1, 1), (fib.Count, set.NextHops.Count));
    }

    [Fact]
    public void A_hundred_thousand_routes_fit_and_go_again()
    {
        using var set = new FibSet(workers: 1);
        Fib fib = set.Make(0);
        for (uint i = 0; i < 100_000; i++)
        {
            Put(set, fib, 0x0B000000 + (i << 8), 24, i + 1);
        }

        Assert.Equal(77_778u, fib.Lookup(0x0B000000 + (77_777 << 8) + 9).Gateway);
        for (uint i = 0; i < 100_000; i++)
        {
            Take(set, fib, 0x0B000000 + (i << 8), 24);
        }

        Assert.Equal((0, 0, 0), (fib.Count, set.Plies.Count, set.NextHops.Count));
    }

    [Fact]
    public void What_is_taken_out_is_used_again_only_when_every_worker_has_passed_a_round()
    {
        using var set = new FibSet(workers: 2);
        Fib fib = set.Make(0);
        Put(set, fib, 0x0A010200, 24, 1);
        int plies = set.Plies.Count;
        set.Grace.Enter(1);
        Take(set, fib, 0x0A010200, 24);
        // The other worker's round, which may have seen the ply and the next hop, goes on.
        Put(set, fib, 0x0A020300, 24, 2);
        Assert.Equal(plies + 1, set.Plies.Count);
        set.Grace.Leave(1);
        Take(set, fib, 0x0A020300, 24);
        Put(set, fib, 0x0A030400, 24, 3);
        Take(set, fib, 0x0A030400, 24);
        Put(set, fib, 0x0A040500, 24, 4);
        Assert.True(set.Plies.Count <= plies + 2);
        Assert.Equal(4u, fib.Lookup(0x0A040501).Gateway);
    }

    [Fact]
    [Trait("kind", "stress")]
    public void A_reader_beside_the_writer_sees_the_old_route_or_the_new_one_and_nothing_else()
    {
        using var set = new FibSet(workers: 2);
        Fib fib = set.Make(0);
        // Gateways tell the prefix they stand for: whatever an address finds must cover it.
        Put(set, fib, 0, 0, 0x80);
        Put(set, fib, 0x0A000000, 9, 0x0A000000 | 9);
        using var stop = new CancellationTokenSource();
        int wrong = 0;
        long looked = 0;
        var reader = new Thread(() =>
        {
            uint address = 0x0A000000;
            while (!stop.IsCancellationRequested)
            {
                set.Grace.Enter(1);
                Interlocked.MemoryBarrier();
                for (int i = 0; i < 256; i++)
                {
                    address = 0x0A000000 | ((address * 1664525 + 1013904223) & 0x0001ffff);
                    uint found = fib.Lookup(address).Gateway;
                    int length = (int)(found & 0x3f);
                    wrong += length < 9 || ((found ^ address) & Ipv4Address.Mask(length) & ~0x3fu) != 0 ? 1 : 0;
                }

                looked += 256;
                set.Grace.Leave(1);
            }
        });
        reader.Start();
        var random = new Random(5);
        var there = new HashSet<(uint, int)>();
        for (int i = 0; i < 20_000 || Volatile.Read(ref looked) < 100_000; i++)
        {
            // Lengths to 26, so that the low six bits are free to tell the length.
            int length = random.Next(10, 27);
            uint prefix = (0x0A000000 | (uint)random.Next(1 << 17)) & Ipv4Address.Mask(length);
            if (there.Add((prefix, length)))
            {
                Put(set, fib, prefix, (byte)length, prefix | (uint)length);
            }
            else
            {
                there.Remove((prefix, length));
                Take(set, fib, prefix, length);
            }
        }

        stop.Cancel();
        reader.Join();
        Assert.Equal(0, wrong);
        Assert.Equal(there.Count + 2, fib.Count);
    }

    [Fact]
    public void The_map_agrees_with_a_dictionary_while_it_grows_and_shrinks()
    {
        var map = new GrowingMap();
        var model = new Dictionary<ulong, nint>();
        var random = new Random(7);
        for (int i = 1; i < 200_000; i++)
        {
            ulong key = (ulong)random.Next(i < 100_000 ? 60_000 : 3_000) << 6;
            if (random.Next(i < 100_000 ? 3 : 2) != 0)
            {
                map.Set(key, i);
                model[key] = i;
            }
            else
            {
                model.Remove(key, out nint expected);
                Assert.Equal(expected, map.Remove(key));
            }

            Assert.Equal(model.Count, map.Count);
        }

        Assert.All(model, pair => Assert.Equal(pair.Value, map.Find(pair.Key)));
        Assert.Equal(0, map.Find(1));
        map.Free();
    }

    private static void Put(FibSet set, Fib fib, uint prefix, int length, uint gateway)
    {
        uint before = fib.Find(prefix, length);
        Assert.True(fib.Set(prefix, length, set.NextHops.Acquire(RouteKind.Forward, 1, gateway)));
        set.NextHops.Release(before);
    }

    private static bool Take(FibSet set, Fib fib, uint prefix, int length)
    {
        uint removed = fib.Remove(prefix, length);
        set.NextHops.Release(removed);
        return removed != 0;
    }

    private static void Agree(Fib fib, Dictionary<(uint Prefix, byte Length), uint> model, uint address)
    {
        uint expected = model
            .Where(route => ((route.Key.Prefix ^ address) & Ipv4Address.Mask(route.Key.Length)) == 0)
            .OrderByDescending(route => route.Key.Length).Select(route => route.Value).FirstOrDefault();
        Assert.Equal(expected, fib.Lookup(address).Gateway);
    }
}
