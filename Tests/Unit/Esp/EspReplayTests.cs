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
    /// few places of the ring (of 1024) lap after lap, on the edges of its blocks and of the window, and repeat themselves.
    /// </summary>
    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(960)]
    public void Window_agrees_with_a_naive_model(int window)
    {
        int[] steps =
        [
            .. from center in (int[])[0, 32, 64, 128, 960, 1024, 2048, window]
               from sign in (int[])[-1, 1]
               from drift in (int[])[-1, 0, 1]
               select (sign * center) + drift,
        ];
        Gen<(bool AtEnd, int[] Steps)> walks =
            from atEnd in Gen.Elements(false, false, true)
            from walk in Gen.Elements(steps).ArrayOf(150)
            select (atEnd, walk);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(Arb.From(walks), walk =>
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
