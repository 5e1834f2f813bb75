using RouterOS.Forwarding;
using RouterOS.Forwarding.Arena;

namespace RouterOS.Fuzz.Forwarding;

/// <summary>The file of run-time rows that a killed process leaves behind, damaged: it opens, and no two keys get one row.</summary>
public sealed class ArenaTests : IDisposable
{
    private const int Capacity = 9;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"routeros-fuzz-{Guid.NewGuid():n}");

    [Fact]
    public void Damaged_files()
    {
        using (FileRuntimeArena arena = new(_path, Capacity))
        {
            for (ulong key = 0; key < 5; key++)
            {
                Assert.NotEqual(0, arena.Attach("sa-in", key, 1, out _));
            }
        }

        byte[] sound = File.ReadAllBytes(_path);
        ByteMutator mutator = new([sound]);
        // Header and slots lie in the first page and the 32 bytes a row behind it.
        int[] places = [.. Enumerable.Range(0, 24), .. Enumerable.Range(4096, Capacity * 32)];
        FuzzLoop.Run("arena", 150, (random, input) =>
        {
            byte[] bytes = input.Bytes = random.OneIn(10) ? mutator.Next(random) : [.. sound];
            for (int left = random.Next(6); left >= 0 && bytes.Length == sound.Length; left--)
            {
                int at = random.Pick(places);
                bytes[at] = random.OneIn(2) ? (byte)random.Edge() : bytes[random.Pick(places)];
            }

            File.WriteAllBytes(_path, bytes);
            using FileRuntimeArena arena = new(_path, Capacity);
            Assert.InRange(arena.Count, 0, Capacity);
            HashSet<nint> rows = [];
            for (ulong key = 0; key < Capacity + 3; key++)
            {
                nint row = arena.Attach("sa-in", key, 1, out _);
                Assert.True(row == 0 || rows.Add(row), "two keys have one row");
            }

            Assert.InRange(arena.Count, rows.Count, Capacity);
            arena.Sweep();
            Assert.Equal(rows.Count, arena.Count);
            for (ulong key = 0; key < Capacity + 3; key++)
            {
                arena.Release("sa-in", key);
            }

            Assert.Equal(0, arena.Count);
        });
    }

    public void Dispose() => File.Delete(_path);
}
