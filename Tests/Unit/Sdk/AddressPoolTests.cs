using FsCheck;
using FsCheck.Fluent;
using RouterOS.Sdk.Network;

namespace RouterOS.Unit.Sdk;

public sealed class AddressPoolTests
{
    [Fact]
    public void Fresh_addresses_come_first_and_then_the_one_that_is_free_for_longest()
    {
        AddressPool pool = Pool((1, 3), (11, 11));
        Assert.Equal([1u, 2u, 3u, 11u, null], Enumerable.Range(0, 5).Select(_ => pool.Take()));
        pool.Return(3);
        pool.Return(1);
        pool.Return(99);
        Assert.Equal((4u, 2u), (pool.Size, pool.InUse));
        Assert.Equal([3u, 1u, null], Enumerable.Range(0, 3).Select(_ => pool.Take()));
    }

    [Fact]
    public void Who_comes_back_gets_the_address_it_had_while_that_is_free()
    {
        AddressPool pool = Pool((1, 4));
        Assert.Equal([1u, 2u], [pool.Take("alice"), pool.Take("bob")]);
        pool.Return(1, "alice");
        pool.Return(2, "bob");
        // Nobody had 3.
        Assert.Equal(3u, pool.Take("carol"));
        Assert.Equal(2u, pool.Take("bob"));
        Assert.Equal([4u, 1u], [pool.Take(), pool.Take()]);
        Assert.Null(pool.Take("alice"));
        pool.Return(3, "carol");
        // Alice's is another's.
        Assert.Equal(3u, pool.Take("alice"));
    }

    [Fact]
    public void What_others_use_is_passed_over_and_comes_to_its_turn_later()
    {
        AddressPool pool = Pool((1, 3));
        HashSet<uint> taken = [1];
        Assert.Equal([2u, 3u, null], Enumerable.Range(0, 3).Select(_ => pool.Take(isTaken: taken.Contains)));
        taken.Clear();
        Assert.Equal(1u, pool.Take(isTaken: taken.Contains));
        Assert.False(pool.TryTake(1));
        Assert.False(pool.TryTake(77));
    }

    [Fact]
    public void Ranges_that_stay_keep_what_they_have_given_and_those_that_go_give_nothing()
    {
        AddressPool pool = Pool((1, 2), (11, 12));
        Assert.Equal([1u, 2u, 11u], Enumerable.Range(0, 3).Select(_ => pool.Take()));
        pool.Return(2, "bob");
        pool.Apply([(11, 12), (21, 21)]);
        Assert.Equal((3u, 1u), (pool.Size, pool.InUse));
        Assert.Equal([12u, 21u, null], [pool.Take("bob"), pool.Take(), pool.Take()]);
        pool.Return(1);
        Assert.Null(pool.Take());
    }

    [Fact]
    public void Every_address_is_one_holders_at_a_time() => Prop.ForAll(
        Gen.Choose(0, 19).ListOf().ToArbitrary(),
        steps =>
        {
            AddressPool pool = Pool((1, 4), (9, 10));
            Dictionary<string, uint> held = [];
            foreach (int step in steps)
            {
                string holder = $"{step % 10}";
                if (held.Remove(holder, out uint address))
                {
                    pool.Return(address, holder);
                }
                else if (pool.Take(holder) is { } taken)
                {
                    Assert.DoesNotContain(taken, held.Values);
                    Assert.True(pool.Contains(taken));
                    held[holder] = taken;
                }
                else
                {
                    Assert.Equal(6, held.Count);
                }
            }

            return pool.InUse == held.Count;
        }).Check(Seeded.Config);

    private static AddressPool Pool(params (uint First, uint Last)[] ranges)
    {
        AddressPool pool = new();
        pool.Apply(ranges);
        return pool;
    }
}
