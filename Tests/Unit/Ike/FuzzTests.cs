using FsCheck;
using FsCheck.Fluent;
using RouterOS.Ike.Wire;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

public sealed class FuzzTests
{
    [Fact]
    public void Mutated_and_truncated_messages_change_nothing_in_an_established_peer()
    {
        Lab lab = new Lab().With(i => i.Vpns[0].PfsGroup = 2).Up();
        Datagram[] corpus = [.. lab.Network.Sent];
        lab.Network.RunSeconds(100);
        string before = State(lab.Right);
        int changes = lab.Right.Module.Changes;
        int sent = 0;
        SimulatedRandom random = new(4);
        for (int i = 0; i < 20_000; i++)
        {
            Datagram datagram = corpus[random.Next() % (ulong)corpus.Length];
            // Message 1 of main mode may open an exchange whatever its cookie is: it is the one thing anybody may do.
            byte[] bytes = Mutate(datagram.Payload, random, keepCookies: random.Next() % 4 != 0);
            bool opening = bytes.Length >= 28 && bytes.AsSpan(8, 8).IndexOfAnyExcept((byte)0) < 0;
            // A fragment of a message waits for the others, and is forgotten: that is no drop.
            bool fragment = bytes.Length > 16 && bytes[16] == (byte)PayloadType.Fragment;
            if (!bytes.AsSpan().SequenceEqual(datagram.Payload) && !opening && !fragment)
            {
                sent++;
                lab.Right.Receive(new(Lab.LeftAddress, Lab.RightAddress, 500, 500, bytes));
            }
        }

        ulong drops = lab.Right.AllDrops();
        lab.Network.RunSeconds(1);
        Assert.Equal(before, State(lab.Right));
        Assert.Equal(changes, lab.Right.Module.Changes);
        Assert.Equal((ulong)sent, lab.Right.AllDrops() - drops);
        Assert.Equal(0, lab.Traffic(1));
    }

    [Fact]
    public void Mutated_first_messages_never_throw_and_leave_nothing_for_long() =>
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            Lab lab = new();
            lab.Right.Start(lab.RightIntent);
            byte[] first = Message1(lab);
            SimulatedRandom random = new(seed);
            for (int i = 0; i < 200; i++)
            {
                lab.Right.Receive(new(Lab.LeftAddress, Lab.RightAddress, 500, 500, Mutate(first, random, keepCookies: false)));
            }

            lab.Network.RunSeconds(1);
            Assert.InRange(lab.Right.Phase1().Count, 0, RouterOS.Ike.Control.IkeSession.MaximumHalfOpen);
            lab.Network.RunSeconds(31);
            Assert.Empty(lab.Right.Phase1());
            Assert.Equal(0, lab.Right.OwnStrand.Computations);
        }).Check(Seeded.Config.WithMaxTest(30));

    [Fact]
    public void Negotiation_survives_garbage_between_its_messages() =>
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            Lab lab = new(seed);
            SimulatedRandom random = new(seed);
            lab.Network.Tap = d =>
            {
                for (int i = 0; i < 3 && random.Next() % 3 == 0; i++)
                {
                    lab.Network.Deliver(d with { Payload = Mutate(d.Payload, random, keepCookies: true) });
                }

                return d;
            };
            lab.Start();
            // A mutation of a message in the clear may be taken for it: then HASH_I ends that exchange, and a new one begins.
            Assert.True(lab.Network.RunUntil(() => lab.IsUp, 600), $"seed {seed}\n{lab.Explain()}");
            lab.Network.Tap = d => d;
            Assert.Equal(0, lab.Traffic(1));
        }).Check(Seeded.Config.WithMaxTest(30));

    [Fact]
    public void Every_parser_takes_any_bytes() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            _ = IsakmpHeader.TryParse(bytes, out _, out _);
            _ = SaPayload.TryParse(bytes, out _, out _);
            _ = ProposalPayload.TryParse(bytes, out _, out _);
            _ = TransformPayload.TryParse(bytes, out _, out _);
            _ = IdentificationPayload.TryParse(bytes, out _, out _);
            _ = NotificationPayload.TryParse(bytes, out _, out _);
            _ = DeletePayload.TryParse(bytes, out _, out _);
            _ = DataAttributes.TryParse(bytes, out _, out _);
            if (PayloadChain.TryParse(PayloadType.Hash, bytes, out PayloadChain chain, out _))
            {
                int length = 0;
                foreach (Payload payload in chain)
                {
                    length += payload.Whole.Length;
                }

                Assert.Equal(chain.Bytes.Length, length);
            }
        }).Check(Seeded.Config.WithMaxTest(2000));

    private static byte[] Message1(Lab lab)
    {
        IsakmpWriter writer = new(7, 0, ExchangeType.IdentityProtection);
        writer.Add(PayloadType.SecurityAssociation, RouterOS.Ike.Control.Policy.Phase1Negotiation.Offer(
            RouterOS.Ike.Control.Policy.IkeIntentReader.Read(lab.LeftGateway).Proposals));
        writer.Add(PayloadType.VendorId, VendorIds.DeadPeerDetection);
        return writer.Finish();
    }

    private static byte[] Mutate(byte[] message, SimulatedRandom random, bool keepCookies)
    {
        byte[] bytes = [.. message];
        if (random.Next() % 3 == 0)
        {
            bytes = bytes[..(int)(random.Next() % (ulong)bytes.Length)];
        }

        int start = keepCookies ? 16 : 0;
        for (int i = 0; i < 1 + (int)(random.Next() % 4) && bytes.Length > start; i++)
        {
            bytes[start + (int)(random.Next() % (ulong)(bytes.Length - start))] ^= (byte)(1 + (random.Next() % 255));
        }

        // Half of the time the length is right again, so that the bytes behind it are looked at.
        if (bytes.Length >= 28 && random.Next() % 2 == 0)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(24), (uint)bytes.Length);
        }

        return bytes;
    }

    private static string State(SimulatedRouter router) =>
        string.Join(';', router.Phase1().Select(p => $"{p.Index} {p.InitiatorCookie} {p.Up} {p.Phase2Created} {p.Phase2InProgress}"))
        + string.Join(';', router.Phase2().Select(p => $"{p.InboundSpi} {p.OutboundSpi} {p.Current}"));
}
