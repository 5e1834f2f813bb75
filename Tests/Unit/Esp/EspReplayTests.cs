using FsCheck;
using FsCheck.Fluent;
using RouterOS.Crypto;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Unit.Esp;

public sealed class EspReplayTests : IDisposable
{
    private static readonly byte[] s_text = EspPackets.Text(EspPackets.Inner(22));
    private readonly CryptoEngines _engines = new([new LibcryptoEngine()], []);

    public void Dispose() => _engines.Dispose();

    /// <summary>
    /// The window agrees with a list of everything seen. The orders walk from the highest number so far by steps that land on the same
    /// few places of the ring lap after lap, on the edges of its blocks and of the window, and repeat themselves.
    /// </summary>
    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(512)]
    [InlineData(960)]
    [InlineData(961)]
    [InlineData(1024)]
    [InlineData(4096)]
    [InlineData(8192)]
    public void Window_agrees_with_a_naive_model(int window)
    {
        int ring = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)window + 64);
        int[] steps =
        [
            .. from center in (int[])[0, 32, 64, 128, 960, 1024, window, ring, 2 * ring]
               from sign in (int[])[-1, 1]
               from drift in (int[])[-1, 0, 1]
               select (sign * center) + drift,
        ];
        Gen<(bool AtEnd, int[] Steps)> walks =
            from atEnd in Gen.Elements(false, false, true)
            from walk in Gen.Elements(steps).ArrayOf(150)
            select (atEnd, walk);
        Check.One(Seeded.Config.WithMaxTest(60), Prop.ForAll(Arb.From(walks), walk =>
        {
            using EspRig receiver = new EspRig(_engines).AsReceiver(EspPackets.NullMd5, (uint)window);
            HashSet<uint> seen = [];
            long start = walk.AtEnd ? uint.MaxValue - 20_000L : 1;
            uint top = 0;
            foreach (int step in walk.Steps)
            {
                uint number = (uint)Math.Clamp(Math.Max(top, start) + step, 0, uint.MaxValue);
                bool expected = number != 0 && number > (long)top - window && seen.Add(number);
                top = expected ? Math.Max(top, number) : top;
                Assert.Equal(expected, receiver.Decrypt(EspPackets.Sealed(number, s_text)) is not null);
            }

            SaState state = receiver.Read<SaState>("sa-in", "4096");
            Assert.Equal((top, (ulong)seen.Count, (ulong)(walk.Steps.Length - seen.Count)), (state.Sequence, state.Packets, state.Replayed));
        }));
    }

    /// <summary>
    /// The same for numbers of 64 bits, of which the packets carry 32: walks that cross 2^32 and 2^33. What is older than the window is
    /// taken for a later number, and its check value gives it away.
    /// </summary>
    [Theory]
    [InlineData(64)]
    [InlineData(1024)]
    [InlineData(4096)]
    public void Extended_window_agrees_with_a_naive_model(int window)
    {
        long[] steps =
        [
            .. from center in (long[])[0, 64, 1024, window, 2 * window, 1L << 31, (1L << 32) - window, -(1L << 32)]
               from sign in (int[])[-1, 1]
               from drift in (int[])[-1, 0, 1]
               select (sign * center) + drift,
        ];
        Gen<(long Start, long[] Steps)> walks =
            from start in Gen.Elements(1L, (1L << 32) - 5, (1L << 33) - 1000, 1L << 40)
            from walk in Gen.Elements(steps).ArrayOf(120)
            select (start, walk);
        Check.One(Seeded.Config.WithMaxTest(60), Prop.ForAll(Arb.From(walks), walk =>
        {
            using HeapArena arena = new();
            SaRow row = EspRig.Sa(EspPackets.NullMd5, window: (uint)window);
            row.ExtendedSequence = true;
            using EspRig receiver = new(_engines, arena);
            Assert.Null(receiver.Set("protection", "3", EspRig.Protection(outboundSpi: 0, mirrored: true)));
            Assert.Null(receiver.Set("sa-in", "4096", row));
            long top = walk.Start;
            arena.Sequence("sa-in", 4096) = (ulong)top;
            HashSet<long> seen = [];
            foreach (long step in walk.Steps)
            {
                long number = Math.Max(top + step, 0);
                bool known = number != 0 && number > top - window && number < Math.Max(top - window + 1, 0) + (1L << 32);
                bool expected = known && seen.Add(number);
                Assert.Equal(expected, receiver.Decrypt(EspPackets.SealedExtended((ulong)number, s_text)) is not null);
                top = expected ? Math.Max(top, number) : top;
            }

            Assert.Equal((ulong)top, receiver.Read<SaState>("sa-in", "4096").Sequence);
        }));
    }

    [Fact]
    public void A_window_that_changes_forgets_nothing_that_it_had()
    {
        using EspRig receiver = new EspRig(_engines).AsReceiver(EspPackets.NullMd5);
        uint top = 100_000;
        HashSet<uint> seen = [];
        void Take(uint number, uint window) => Assert.Equal(
            (number > top || top - number < window) && seen.Add(number), receiver.Decrypt(EspPackets.Sealed(number, s_text)) is not null);
        Take(top, 64);
        foreach (uint window in (uint[])[64, 4096, 960, 2048, 8192, 32, 4096, 64])
        {
            receiver.AsReceiver(EspPackets.NullMd5, window);
            foreach (uint back in (uint[])[0, 1, 31, 63])
            {
                // Each a second time now.
                Take(top - back, window);
                Take(top - back, window);
            }

            uint next = top + 70;
            Take(next, window);
            top = next;
        }
    }

    [Fact]
    public void A_window_too_large_to_survive_the_process_lets_nothing_pass_twice_after_it()
    {
        using HeapArena arena = new();
        EspRig receiver = new EspRig(_engines, arena).AsReceiver(EspPackets.NullMd5, 4096);
        Assert.NotNull(receiver.Decrypt(EspPackets.Sealed(1000, s_text)));
        Assert.NotNull(receiver.Decrypt(EspPackets.Sealed(998, s_text)));
        using EspRig next = new EspRig(_engines, arena).AsReceiver(EspPackets.NullMd5, 4096);
        Assert.Null(next.Decrypt(EspPackets.Sealed(1000, s_text)));
        Assert.Null(next.Decrypt(EspPackets.Sealed(998, s_text)));
        Assert.NotNull(next.Decrypt(EspPackets.Sealed(1001, s_text)));
    }

    [Fact]
    public void Rows_that_no_window_can_serve_are_refused()
    {
        using EspRig rig = new(_engines);
        SaRow row = EspRig.Sa(EspPackets.NullMd5, window: 0);
        row.ExtendedSequence = true;
        Assert.Contains("no replay window", rig.Set("sa-in", "4096", row), StringComparison.Ordinal);
        Assert.Null(rig.Set("sa-out", "3/4096", row));
        row = EspRig.Sa(EspPackets.AesSha1 with { Mac = RouterOS.Abstractions.Crypto.MacAlgorithm.None });
        row.ExtendedSequence = true;
        Assert.Contains("no integrity", rig.Set("sa-in", "4096", row), StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_that_comes_twice_in_one_batch_passes_once()
    {
        using EspRig receiver = new EspRig(_engines).AsReceiver(EspPackets.NullMd5);
        for (int i = 0; i < 4; i++)
        {
            receiver.Batch[i] = receiver.Rent(EspPackets.Sealed(9, s_text));
        }

        receiver.Run("esp-decrypt", 4);
        Assert.Equal([0, 0xfffe, 0xfffe, 0xfffe], receiver.Edges[..4].ToArray());
        Assert.Equal(3ul, receiver.Dropped("replayed"));
        for (int i = 0; i < 4; i++)
        {
            receiver.Free(receiver.Batch[i]);
        }
    }

    [Fact]
    public void A_forged_number_does_not_move_the_window()
    {
        using EspRig receiver = new EspRig(_engines).AsReceiver(EspPackets.NullMd5);
        byte[] forged = EspPackets.Sealed(100_000, s_text);
        forged[^1] ^= 1;
        Assert.Null(receiver.Decrypt(forged));
        Assert.NotNull(receiver.Decrypt(EspPackets.Sealed(1, s_text)));
        SaState state = receiver.Read<SaState>("sa-in", "4096");
        Assert.Equal((1ul, 1ul, 0ul), (state.Sequence, state.AuthenticationFailed, state.Replayed));
    }

    [Fact]
    public void Window_of_zero_packets_lets_replays_pass_and_still_shows_the_highest_number()
    {
        using EspRig receiver = new EspRig(_engines).AsReceiver(EspPackets.NullMd5, window: 0);
        Assert.NotNull(receiver.Decrypt(EspPackets.Sealed(7, s_text)));
        Assert.NotNull(receiver.Decrypt(EspPackets.Sealed(7, s_text)));
        Assert.NotNull(receiver.Decrypt(EspPackets.Sealed(5, s_text)));
        Assert.Equal(7ul, receiver.Read<SaState>("sa-in", "4096").Sequence);
    }
}
