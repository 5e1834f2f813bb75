using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using RouterOS.Flow.Nodes;

namespace RouterOS.Unit.Flow;

public sealed class SessionTableTests
{
    private const int Rows = 24;

    [Fact]
    public void A_session_is_two_cache_lines() => Assert.Equal(FlowSession.Bytes, Unsafe.SizeOf<FlowSession>());

    [Fact]
    public void A_table_agrees_with_a_dictionary()
    {
        // Few addresses and ports, so that keys meet again, meet their reverses, and are their own reverse; and an index that is
        // small enough for runs of entries that share and wrap.
        Gen<FlowKey> keys =
            from source in Gen.Choose(1, 3)
            from destination in Gen.Choose(1, 3)
            from to in Gen.Choose(1, 3)
            from at in Gen.Choose(1, 3)
            select new FlowKey((uint)source, (uint)destination, 0, (ushort)to, (ushort)at, 17);
        Gen<(FlowKey Key, bool Remove)[]> steps =
            (from key in keys from remove in Gen.Elements(true, false, false) select (key, remove)).ArrayOf().Resize(400);
        Prop.ForAll(
            steps.ToArbitrary(),
            Gen.Choose(0, 1000).ToArbitrary(),
            (walk, seed) =>
            {
                SessionTable table = new(Rows, (ulong)seed);
                Dictionary<FlowKey, int> model = [];
                return Array.TrueForAll(walk, step => Step(table, model, step.Key, step.Remove));
            }).Check(Seeded.Config);
    }

    [Fact]
    public void A_row_that_is_used_again_is_another_session()
    {
        SessionTable table = new(1, 7);
        FlowKey key = new(1, 2, 0, 3, 4, 17);
        int row = table.Add(key);
        ulong first = FlowSnapshots.IdOf(table[row], row);
        table.Remove(row);
        Assert.Equal(row, table.Add(key));
        Assert.NotEqual(first, FlowSnapshots.IdOf(table[row], row));
    }

    private static bool Step(SessionTable table, Dictionary<FlowKey, int> model, FlowKey key, bool remove)
    {
        bool known = model.ContainsKey(key) || model.ContainsKey(key.Reversed);
        int row = table.Find(key, out _);
        if ((row != SessionTable.NotFound) != known)
        {
            return false;
        }

        if (known && remove)
        {
            table.Remove(row);
            model.Remove(key);
            model.Remove(key.Reversed);
        }
        else if (!known && !remove)
        {
            int added = table.Add(key);
            if (added == SessionTable.NotFound)
            {
                return model.Count == Rows;
            }

            table[added].State = FlowSessionState.Established;
            model.Add(key, added);
        }

        return table.Count == model.Count && model.All(pair =>
            table.Find(pair.Key, out bool forward) == pair.Value && !forward
            && table.Find(pair.Key.Reversed, out bool reverse) == pair.Value && (reverse || pair.Key.Reversed == pair.Key));
    }
}
