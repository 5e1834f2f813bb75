using RouterOS.Forwarding;
using RouterOS.Forwarding.Arena;

namespace RouterOS.Unit.Forwarding;

public sealed class ArenaTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"arena-{Guid.NewGuid():N}");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public unsafe void A_row_is_zero_when_new_keeps_its_place_and_is_zero_again_after_release(bool file)
    {
        using RuntimeArena arena = Make(file);
        nint row = arena.Attach("sa-out", 7, 1, out bool existed);
        Assert.False(existed);
        Assert.Equal(0, row % 64);
        Assert.False(new Span<byte>((void*)row, RuntimeArena.RowBytes).ContainsAnyExcept((byte)0));
        new Span<byte>((void*)row, RuntimeArena.RowBytes).Fill(0xee);
        Assert.Equal(row, arena.Attach("sa-out", 7, 1, out existed));
        Assert.True(existed);
        Assert.NotEqual(row, arena.Attach("sa-in", 7, 1, out existed));
        Assert.False(existed);
        Assert.Equal(2, arena.Count);
        arena.Release("sa-out", 7);
        Assert.Equal(1, arena.Count);
        nint again = arena.Attach("sa-out", 7, 1, out existed);
        Assert.False(existed);
        Assert.False(new Span<byte>((void*)again, RuntimeArena.RowBytes).ContainsAnyExcept((byte)0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public unsafe void A_row_of_another_version_is_discarded(bool file)
    {
        using RuntimeArena arena = Make(file);
        *(ulong*)arena.Attach("t", 1, 1, out _) = 5;
        nint row = arena.Attach("t", 1, 2, out bool existed);
        Assert.False(existed);
        Assert.Equal(0ul, *(ulong*)row);
        arena.Attach("t", 1, 2, out existed);
        Assert.True(existed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_full_arena_says_so_and_has_room_after_a_release(bool file)
    {
        using RuntimeArena arena = Make(file);
        for (ulong key = 0; key < 100; key++)
        {
            Assert.NotEqual(0, arena.Attach("t", key, 1, out _));
        }

        Assert.Equal(0, arena.Attach("t", 100, 1, out _));
        arena.Release("t", 50);
        Assert.NotEqual(0, arena.Attach("t", 100, 1, out _));
    }

    [Fact]
    public unsafe void Rows_survive_the_process_exactly_and_those_that_nobody_wants_are_swept()
    {
        using (RuntimeArena arena = Make(file: true))
        {
            for (ulong key = 0; key < 10; key++)
            {
                *(ulong*)arena.Attach("sa-out", key, 3, out _) = key * 1000;
            }
        }

        using RuntimeArena next = Make(file: true);
        Assert.Equal(10, next.Count);
        for (ulong key = 0; key < 5; key++)
        {
            Assert.Equal(key * 1000, *(ulong*)next.Attach("sa-out", key, 3, out bool existed));
            Assert.True(existed);
        }

        next.Sweep();
        Assert.Equal(5, next.Count);
        next.Attach("sa-out", 7, 3, out bool swept);
        Assert.False(swept);
    }

    [Fact]
    public unsafe void What_a_kill_leaves_at_any_byte_of_a_slot_is_a_whole_row_or_none()
    {
        byte[] empty;
        byte[] full;
        Make(file: true).Dispose();
        empty = File.ReadAllBytes(_path);
        using (RuntimeArena arena = Make(file: true))
        {
            *(ulong*)arena.Attach("sa-out", 0x1122334455667788, 3, out _) = 42;
        }

        full = File.ReadAllBytes(_path);

        // The order in which making a row stores: row, table, key, version, and state last. Cut anywhere in it.
        int slot = 4096;
        int rows = (4096 + (100 * 32) + 63) & ~63;
        int[] order = [.. Enumerable.Range(rows, 8), .. Enumerable.Range(slot + 8, 18), slot];
        byte[] state = [.. empty];
        foreach (int place in order)
        {
            File.WriteAllBytes(_path, state);
            using (RuntimeArena arena = Make(file: true))
            {
                Assert.Equal(0, arena.Count);
                nint row = arena.Attach("sa-out", 0x1122334455667788, 3, out bool existed);
                Assert.False(existed);
                Assert.Equal(0ul, *(ulong*)row);
            }

            int bytes = place == slot ? 8 : 1;
            full.AsSpan(place, bytes).CopyTo(state.AsSpan(place));
        }

        Assert.Equal(full, state);
        File.WriteAllBytes(_path, state);
        using RuntimeArena whole = Make(file: true);
        Assert.Equal(42ul, *(ulong*)whole.Attach("sa-out", 0x1122334455667788, 3, out bool there));
        Assert.True(there);
    }

    [Fact]
    public void A_file_of_another_layout_or_size_is_made_anew()
    {
        File.WriteAllBytes(_path, [.. Enumerable.Repeat((byte)0xff, 5000)]);
        using (RuntimeArena arena = Make(file: true))
        {
            Assert.Equal(0, arena.Count);
            arena.Attach("t", 1, 1, out _);
        }

        byte[] bytes = File.ReadAllBytes(_path);
        bytes[8] ^= 1;
        File.WriteAllBytes(_path, bytes);
        using RuntimeArena other = Make(file: true);
        Assert.Equal(0, other.Count);
    }

    [Fact]
    public void Two_processes_never_share_a_file()
    {
        using RuntimeArena arena = Make(file: true);
        Assert.ThrowsAny<IOException>(() => Make(file: true));
    }

    public void Dispose() => File.Delete(_path);

    private RuntimeArena Make(bool file) => file ? new FileRuntimeArena(_path, 100) : new MemoryRuntimeArena(100);
}
