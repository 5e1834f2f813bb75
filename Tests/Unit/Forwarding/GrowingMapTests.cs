using FsCheck;
using FsCheck.Fluent;
using RouterOS.Forwarding.Tables;

namespace RouterOS.Unit.Forwarding;

public sealed class GrowingMapTests
{
    /// <summary>Few keys, many changes: tables that are on the move see every key in each of its places.</summary>
    [Fact]
    public void Table_agrees_with_a_dictionary()
    {
        Gen<(int Key, bool Add)[]> changes = Gen.Choose(1, 700).Zip(Gen.Frequency((3, Gen.Constant(true)), (2, Gen.Constant(false)))).ArrayOf(3000);
        Check.One(Seeded.Config.WithMaxTest(40), Prop.ForAll(Arb.From(changes), steps =>
        {
            GrowingMap table = new();
            Dictionary<ulong, nint> model = [];
            int value = 0;
            foreach ((int number, bool add) in steps)
            {
                ulong key = (ulong)number << 13;
                if (add && model.TryAdd(key, ++value))
                {
                    table.Set(key, value);
                }
                else if (!add)
                {
                    model.Remove(key);
                    table.Remove(key);
                }

                Assert.Equal(model.Count, table.Count);
                Assert.Equal(model.GetValueOrDefault(key), table.Find(key));
            }

            for (ulong number = 0; number <= 700; number++)
            {
                Assert.Equal(model.GetValueOrDefault(number << 13), table.Find(number << 13));
            }

            table.Free();
        }));
    }

    [Fact]
    public void A_hundred_thousand_keys_come_and_go()
    {
        GrowingMap table = new();
        for (uint key = 1; key <= 100_000; key++)
        {
            table.Set(key * 256, (nint)key);
        }

        Assert.InRange(table.Bytes, 100_000 * 32, 100_000 * 96);
        for (uint key = 1; key <= 100_000; key++)
        {
            Assert.Equal((nint)key, table.Find(key * 256));
            table.Remove(key * 256);
            Assert.Equal(0, table.Find(key * 256));
        }

        Assert.Equal(0, table.Count);
        table.Free();
    }
}
