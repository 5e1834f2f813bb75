using RouterOS.Ike.Control;
using RouterOS.Ike.Wire;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

public sealed class FragmentationTests
{
    private static readonly PeerEndpoints s_ends = new(Lab.RightAddress, 500, Lab.LeftAddress, 500);

    private DateTimeOffset _now = SimulatedClock.Start;

    [Fact]
    public void Fragments_make_a_message_in_any_order_and_with_repetitions()
    {
        SimulatedRandom random = new(3);
        for (int run = 0; run < 200; run++)
        {
            FragmentBook book = new(() => _now);
            byte[] message = Message((int)(random.Next() % 3000) + 1);
            List<byte[]> datagrams = [.. FragmentPayload.Split(message, 100, (ushort)random.Next())];
            byte[]? whole = null;
            List<byte[]> left = [.. datagrams];
            while (left.Count > 0)
            {
                Assert.Null(whole);
                int at = (int)(random.Next() % (ulong)left.Count);
                whole = Take(book, left[at], out bool accepted);
                Assert.True(accepted);
                left.RemoveAt(at);
                if (left.Count > 0 && random.Next() % 2 == 0)
                {
                    Assert.Null(Take(book, datagrams.Except(left).First(), out accepted));
                    Assert.True(accepted);
                }
            }

            Assert.Equal(message, whole);
            Assert.Equal(0, book.Count);
        }
    }

    [Fact]
    public void Overlapping_fragments_do_not_change_what_came_first()
    {
        FragmentBook book = new(() => _now);
        byte[] message = Message(150);
        IReadOnlyList<byte[]> datagrams = FragmentPayload.Split(message, 100, 7);
        Assert.Null(Take(book, datagrams[0], out _));
        byte[] other = [.. datagrams[0]];
        other.AsSpan(IsakmpHeader.Length + 20).Fill(0xee);
        Assert.Null(Take(book, other, out bool accepted));
        Assert.True(accepted);
        Assert.Equal(message, Take(book, datagrams[1], out _));
    }

    // Found by fuzzing: a length of 0x29ae where 28 bytes were left. It stopped the plugin, and anybody can send it in a peer's name.
    [Theory]
    [InlineData("ac5e41bf30609b5a3cc69a465e22ba3284102001b0c50b890000003cb9a932f17c94a9ffff29ae2d019d61abef07eb716add044c8943c1181cf8d664")]
    [InlineData("ac5e41bf30609b5a3cc69a465e22ba3284102001b0c50b890000001c")]
    [InlineData("ac5e41bf30609b5a3cc69a465e22ba3284102001b0c50b89000000240000000400000004")]
    [InlineData("ac5e41bf30609b5a3cc69a465e22ba3284102001b0c50b8900000028000000080001010184000004")]
    public void What_only_claims_to_be_a_fragment_is_refused(string datagram)
    {
        Assert.Null(Take(new FragmentBook(() => _now), Convert.FromHexString(datagram), out bool accepted));
        Assert.False(accepted);
        Lab lab = new();
        lab.Right.Start(lab.RightIntent);
        lab.Right.Receive(new(Lab.LeftAddress, Lab.RightAddress, 500, 500, Convert.FromHexString(datagram)));
        lab.Network.RunSeconds(1);
        Assert.Equal(1ul, lab.Right.AllDrops());
    }

    [Fact]
    public void Fragments_that_contradict_each_other_go_all_together()
    {
        FragmentBook book = new(() => _now);
        IReadOnlyList<byte[]> three = FragmentPayload.Split(Message(250), 100, 7);
        IReadOnlyList<byte[]> two = FragmentPayload.Split(Message(150), 100, 7);
        Assert.Null(Take(book, three[2], out bool accepted));
        Assert.True(accepted);
        // A second last one.
        Assert.Null(Take(book, two[1], out accepted));
        Assert.False(accepted);
        Assert.Equal(0, book.Count);
        Assert.Null(Take(book, two[1], out _));
        // One behind the last one.
        Assert.Null(Take(book, three[2], out accepted));
        Assert.False(accepted);
    }

    [Fact]
    public void Floods_of_fragments_take_constant_memory()
    {
        FragmentBook book = new(() => _now);
        byte[] message = Message(300);
        for (uint i = 0; i < 20_000; i++)
        {
            _ = Take(book, FragmentPayload.Split(message, 100, (ushort)i)[i % 2 == 0 ? 0 : 1], out _, s_ends with { Remote = i % 1000 });
            Assert.InRange(book.Count, 1, FragmentBook.MaximumMessages);
        }

        for (uint i = 0; i < 100; i++)
        {
            _ = Take(book, FragmentPayload.Split(message, 100, (ushort)i)[0], out _);
        }

        _now += TimeSpan.FromSeconds(20);
        _ = Take(book, FragmentPayload.Split(message, 100, 1)[0], out _);
        Assert.Equal(1, book.Count);
        // A message without an end, and one that is too long.
        byte[] large = new byte[60000];
        IsakmpHeader.Write(large, 1, 2, ExchangeType.IdentityProtection, IsakmpFlags.None, 0);
        bool refused = false;
        for (int i = 0; i < 40 && !refused; i++)
        {
            IsakmpWriter writer = new(5, 6, ExchangeType.IdentityProtection);
            writer.Add(PayloadType.Fragment, [0, 9, (byte)(i + 1), 0, .. new byte[1000]]);
            _ = Take(book, writer.Finish(), out bool accepted);
            refused = !accepted;
        }

        Assert.True(refused);
    }

    [Fact]
    public void Malformed_fragments_are_counted_and_nothing_else()
    {
        FragmentBook book = new(() => _now);
        foreach (byte[] body in (byte[][])[[], [0], [0, 1, 1, 1], [0, 1, 0, 1, 9], [0, 1, 65, 1, 9]])
        {
            IsakmpWriter writer = new(5, 6, ExchangeType.IdentityProtection);
            writer.Add(PayloadType.Fragment, body);
            Assert.Null(Take(book, writer.Finish(), out bool accepted));
            Assert.False(accepted);
        }

        Assert.Equal(0, book.Count);
        Lab lab = new();
        lab.Right.Start(lab.RightIntent);
        IsakmpWriter inner = new(5, 0, ExchangeType.IdentityProtection);
        inner.Add(PayloadType.Fragment, [0, 1, 1, 1, 9, 9]);
        // A fragment of a fragment.
        foreach (byte[] datagram in FragmentPayload.Split(inner.Finish(), 1000, 3))
        {
            lab.Right.Receive(new(Lab.LeftAddress, Lab.RightAddress, 500, 500, datagram));
        }

        lab.Network.RunSeconds(1);
        Assert.Equal(1ul, lab.Right.Drops(IkeDrop.BadFragment));
    }

    [Fact]
    public void Exchanges_work_when_every_message_of_the_peer_comes_in_fragments()
    {
        Lab lab = new();
        lab.Network.Tap = Cutting(lab, from: 1);
        lab.Up();
        lab.Network.Tap = d => d;
        Assert.Equal(0, lab.Traffic(0.5));
        Assert.Equal(0ul, lab.Right.AllDrops());
    }

    /// <summary>A peer at the left whose messages, from so many on, are cut into pieces of 64 bytes.</summary>
    internal static Func<Datagram, Datagram?> Cutting(Lab lab, int from)
    {
        ushort id = 0;
        int sent = 0;
        return d =>
        {
            if (d.Source != lab.Left.Address || d.Isakmp[16] == (byte)PayloadType.Fragment || ++sent < from)
            {
                return d;
            }

            foreach (byte[] part in FragmentPayload.Split(d.Isakmp, 64, ++id))
            {
                lab.Network.Deliver(d with { Payload = d.HasMarker ? [0, 0, 0, 0, .. part] : part });
            }

            return null;
        };
    }

    private static byte[] Message(int body)
    {
        byte[] message = new byte[IsakmpHeader.Length + body];
        new Random(body).NextBytes(message);
        IsakmpHeader.Write(message, 5, 6, ExchangeType.IdentityProtection, IsakmpFlags.None, 0);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(24), (uint)message.Length);
        return message;
    }

    private static byte[]? Take(FragmentBook book, byte[] datagram, out bool accepted, PeerEndpoints? ends = null)
    {
        Assert.True(IsakmpHeader.TryParse(datagram, out IsakmpHeader header, out _));
        return book.Take(ends ?? s_ends, header, out accepted);
    }
}
