using RouterOS.Ike.Control;
using RouterOS.Ike.Wire;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

public sealed class BoundsTests
{
    [Fact]
    public void Flood_of_first_messages_from_the_peers_address_takes_constant_memory_and_does_not_lock_it_out()
    {
        Lab lab = new();
        lab.Right.Start(lab.RightIntent);
        Datagram first = FirstMessage(lab);
        for (int i = 0; i < 5000; i++)
        {
            lab.Network.Deliver(WithCookie(first, (ulong)i + 1));
            if (i % 50 == 0)
            {
                lab.Network.RunSeconds(0.01);
            }
        }

        lab.Network.RunSeconds(1);
        Assert.Equal(IkeSession.MaximumHalfOpen, lab.Right.Phase1().Count);
        Assert.Equal(0, lab.Right.OwnStrand.Computations);
        lab.LeftVpn.EstablishImmediately = true;
        lab.Left.Start(lab.LeftIntent);
        // The flood goes on at 100 messages a second meanwhile.
        for (int i = 0; i < 500 && !lab.IsUp; i++)
        {
            lab.Network.Deliver(WithCookie(first, (ulong)i + 10000));
            lab.Network.RunSeconds(0.01);
        }

        Assert.True(lab.IsUp, lab.Explain());
        lab.Network.RunSeconds(60);
        Assert.Single(lab.Right.Phase1());
    }

    [Fact]
    public void Flood_that_answers_is_bounded_before_anything_is_computed()
    {
        Lab lab = new();
        lab.Right.Start(lab.RightIntent);
        Datagram first = FirstMessage(lab);
        byte[] third = ThirdMessage(lab);
        // An attacker who can receive at the peer's address answers every message 2.
        lab.Network.Tap = d =>
        {
            if (d.Source == Lab.RightAddress && d.Exchange == 2 && !d.IsEncrypted && d.Payload[16] == 1)
            {
                byte[] copy = [.. third];
                d.Payload.AsSpan(0, 16).CopyTo(copy);
                lab.Network.Deliver(first with { Payload = copy });
            }

            return null;
        };
        for (int i = 0; i < 1000; i++)
        {
            lab.Network.Deliver(WithCookie(first, (ulong)i + 1));
            lab.Network.RunSeconds(0.02);
        }

        Assert.Equal(IkeSession.MaximumComputing, lab.Right.OwnStrand.Computations);
        Assert.True(lab.Right.Drops(IkeDrop.Limit) > 0);
    }

    [Fact]
    public void Strangers_fill_the_book_once()
    {
        Lab lab = new();
        lab.Right.Start(lab.RightIntent);
        Datagram first = FirstMessage(lab);
        for (uint i = 0; i < 5000; i++)
        {
            lab.Right.Receive(first with { Source = 0xcb007100 + i });
        }

        lab.Network.RunSeconds(1);
        Assert.Equal(FailureBook.MaximumStrangers, lab.Right.Failures().Count);
        Assert.Equal(FailureBook.MaximumStrangers, lab.Right.Lines.Count);
        Assert.Equal(5000ul, lab.Right.Drops(IkeDrop.UnknownPeer));
        Assert.DoesNotContain(lab.Network.Sent, d => d.Source == Lab.RightAddress);
    }

    [Fact]
    public void Refusals_in_the_clear_are_few()
    {
        Lab lab = new();
        lab.RightGateway.Proposals[0].DhGroup = 14;
        lab.Right.Start(lab.RightIntent);
        Datagram first = FirstMessage(lab);
        for (int i = 0; i < 1000; i++)
        {
            lab.Right.Receive(WithCookie(first, (ulong)i + 1));
            lab.Network.RunSeconds(0.01);
        }

        Assert.InRange(lab.Network.Sent.Count(d => d.Source == Lab.RightAddress), 9, 12);
        Assert.Empty(lab.Right.Phase1());
    }

    [Fact]
    public void Half_open_exchanges_end_by_themselves()
    {
        Lab lab = new();
        lab.Right.Start(lab.RightIntent);
        lab.Network.Deliver(FirstMessage(lab));
        lab.Network.RunSeconds(1);
        Assert.Equal("main-mode message 2 sent", Assert.Single(lab.Right.Phase1()).State);
        lab.Network.RunSeconds(31);
        Assert.Empty(lab.Right.Phase1());
        Assert.Empty(lab.Right.Failures());
        Assert.Single(lab.Network.Sent, d => d.Source == Lab.RightAddress);
    }

    [Fact]
    [Trait("rfc", "2409:5.5")]
    public void Message_ids_are_accepted_once()
    {
        Lab lab = new Lab().Up();
        Datagram quick = lab.Network.Sent.First(d => d.Exchange == 32);
        lab.Network.RunSeconds(100);
        // After the exchange is forgotten its first message is a replay, not a new exchange.
        lab.Right.Receive(quick);
        lab.Network.RunSeconds(10);
        Assert.Equal(1ul, lab.Right.Drops(IkeDrop.Replayed));
        Assert.Single(lab.Right.Phase2());
        // The same holds after a crash.
        lab.Right.Kill();
        lab.Right.Start(lab.RightIntent);
        lab.Network.RunSeconds(1);
        lab.Right.Receive(quick);
        lab.Network.RunSeconds(1);
        Assert.Equal(1ul, lab.Right.Drops(IkeDrop.Replayed));
        Assert.Single(lab.Right.Module.Inbound);
    }

    [Fact]
    public void Book_of_message_ids_stays_bounded()
    {
        Lab lab = new Lab().Up();
        Phase1Sa phase1 = lab.Left.Phase1()[0];
        IkeSa sa = new(
            new() { InitiatorCookie = phase1.InitiatorCookie, Cipher = Abstractions.Crypto.CipherAlgorithm.DesCbc }, null!, new TrafficCount());
        for (uint i = 1; i <= 100_000; i++)
        {
            _ = sa.TryUseOnce(i);
        }

        Assert.True(sa.TryUseOnce(1));
        Assert.False(sa.TryUseOnce(100_000));
        Assert.False(sa.TryUse(0));
        for (uint i = 0; i < IkeSa.MaximumMessageIds; i++)
        {
            Assert.False(sa.IsExhausted);
            Assert.True(sa.TryUse(i + 1_000_000));
        }

        Assert.True(sa.IsExhausted);
    }

    private static Datagram FirstMessage(Lab lab) => new(
        Lab.LeftAddress, Lab.RightAddress, 500, 500, Build(lab, PayloadType.SecurityAssociation));

    private static byte[] ThirdMessage(Lab lab) => Build(lab, PayloadType.KeyExchange);

    private static byte[] Build(Lab lab, PayloadType type)
    {
        IsakmpWriter writer = new(1, 0, ExchangeType.IdentityProtection);
        if (type == PayloadType.SecurityAssociation)
        {
            writer.Add(type, RouterOS.Ike.Control.Policy.Phase1Negotiation.Offer(
                RouterOS.Ike.Control.Policy.IkeIntentReader.Read(lab.LeftGateway).Proposals));
        }
        else
        {
            byte[] value = new byte[128];
            value[^1] = 7;
            writer.Add(type, value);
            writer.Add(PayloadType.Nonce, new byte[16]);
        }

        return writer.Finish();
    }

    private static Datagram WithCookie(Datagram datagram, ulong cookie)
    {
        byte[] copy = [.. datagram.Payload];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(copy, cookie);
        return datagram with { Payload = copy };
    }
}
