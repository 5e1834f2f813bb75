using FsCheck;
using FsCheck.Fluent;
using RouterOS.Sdk.Storage;

namespace RouterOS.Unit.Sdk;

public sealed class RecentBookTests
{
    [Fact]
    public void What_was_written_longest_ago_makes_room() => Check.One(Seeded.Config, Prop.ForAll<(byte Key, bool Removes)[]>(
        ArbMap.Default.ArbFor<(byte, bool)[]>(),
        steps =>
        {
            RecentBook<int, int> book = new(5);
            List<(int Key, int Value)> model = [];
            for (int i = 0; i < steps.Length; i++)
            {
                int key = steps[i].Key % 9;
                bool known = model.Exists(m => m.Key == key);
                Assert.Equal(known, book.TryGet(key, out int before));
                Assert.Equal(known ? model.Find(m => m.Key == key).Value : 0, before);
                _ = model.RemoveAll(m => m.Key == key);
                if (steps[i].Removes)
                {
                    Assert.Equal(known, book.Remove(key, out int removed));
                    Assert.Equal(before, removed);
                }
                else
                {
                    book.Set(key, i);
                    model.Add((key, i));
                    model.RemoveRange(0, Math.Max(0, model.Count - 5));
                }

                Assert.Equal(model.Count, book.Count);
            }
        }));
}
