using RouterOS.Ike.Control;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit;
using RouterOS.Unit.Ike.Simulation;
using static RouterOS.Fuzz.Ike.IkeRig;

namespace RouterOS.Fuzz.Ike;

/// <summary>The whole IKE plugin against a peer, or somebody on the way, that sends nonsense in the middle of live exchanges.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class IkeExchangeTests
{
    private const long MostBytes = 24 << 20;

    [Fact]
    public void Responder_against_changed_messages() => Exchanges("ike-responder-changed", hostileInitiator: true, forge: false);

    [Fact]
    public void Initiator_against_changed_messages() => Exchanges("ike-initiator-changed", hostileInitiator: false, forge: false);

    [Fact]
    public void Responder_against_a_peer_that_has_the_key() => Exchanges("ike-responder-forged", hostileInitiator: true, forge: true);

    [Fact]
    public void Initiator_against_a_peer_that_has_the_key() => Exchanges("ike-initiator-forged", hostileInitiator: false, forge: true);

    [Fact]
    public void Aggressive_responder_against_changed_messages() =>
        Exchanges("ike-aggressive-responder-changed", hostileInitiator: true, forge: false, Aggressive);

    [Fact]
    public void Aggressive_initiator_against_changed_messages() =>
        Exchanges("ike-aggressive-initiator-changed", hostileInitiator: false, forge: false, Aggressive);

    [Fact]
    public void Aggressive_responder_against_a_peer_that_has_the_key() =>
        Exchanges("ike-aggressive-responder-forged", hostileInitiator: true, forge: true, Aggressive);

    [Fact]
    public void Gateway_with_users_against_changed_messages() =>
        Exchanges("ike-users-gateway-changed", hostileInitiator: true, forge: false, Users(aggressive: false));

    [Fact]
    public void Gateway_with_users_against_a_client_that_has_the_key() =>
        Exchanges("ike-users-gateway-forged", hostileInitiator: true, forge: true, Users(aggressive: true));

    [Fact]
    public void Client_against_a_gateway_that_has_the_key() =>
        Exchanges("ike-users-client-forged", hostileInitiator: false, forge: true, Users(aggressive: false));

    [Fact]
    public void Flood_of_first_messages_of_aggressive_mode()
    {
        Lab lab = Make(1);
        lab.With(Aggressive);
        lab.Network.IsCut = true;
        lab.Left.Start(lab.LeftIntent);
        lab.Network.RunSeconds(0.1);
        lab.Left.Kill();
        byte[] first = lab.Network.Sent.Single().Payload;
        lab.Network.IsCut = false;
        lab.Right.Start(lab.RightIntent);
        int most = 0;
        ByteMutator mutator = new(Corpus.Bytes("isakmp"));
        FuzzLoop.Run("ike-aggressive-flood", 3_000, (random, input) =>
        {
            input.Bytes = random.OneIn(3) ? [.. first] : mutator.Mutate(first, random);
            if (input.Bytes.Length > 8)
            {
                input.Bytes[random.Next(8)] = (byte)random.Word();
            }

            lab.Network.Deliver(new Datagram(Lab.LeftAddress, Lab.RightAddress, (ushort)(1 + random.Next(65535)), 500, input.Bytes));
            if (random.OneIn(20))
            {
                lab.Network.RunSeconds(0.1);
                Bounded(lab.Right);
                most = Math.Max(most, lab.Right.Phase1().Count);
            }
        });

        Assert.True(most >= Phase1Table.MaximumAggressiveOfSource / 2, $"{most} exchanges were half open at most: the target has lost its way");
        lab.Network.RunSeconds(200);
        Clean(lab);
    }

    [Fact]
    public void Flood_of_first_messages()
    {
        // As the corpus was recorded, so that its first messages are answered.
        Lab lab = Make(2);
        lab.Right.Start(lab.RightIntent);
        int most = 0;
        IReadOnlyList<byte[]> corpus = Corpus.Bytes("isakmp");
        byte[][] first = [.. corpus.Where(m => m[18] == 2 && m.AsSpan(8, 8).IndexOfAnyExcept((byte)0) < 0)];
        ByteMutator mutator = new(corpus);
        FuzzLoop.Run("ike-flood", 6_000, (random, input) =>
        {
            input.Bytes = random.OneIn(2) ? mutator.Next(random) : random.OneIn(2) ? mutator.Mutate(random.Pick(first), random) : [.. random.Pick(first)];
            if (input.Bytes.Length > 8)
            {
                input.Bytes[random.Next(8)] = (byte)random.Word();
            }

            // From the one address that has a gateway, or from anywhere.
            uint source = random.OneIn(4) ? (uint)random.Word() : Lab.LeftAddress;
            ushort port = random.OneIn(2) ? (ushort)500 : (ushort)random.Next(65536);
            lab.Network.Deliver(new Datagram(source, Lab.RightAddress, port, 500, input.Bytes));
            if (random.OneIn(20))
            {
                lab.Network.RunSeconds(0.1);
                Bounded(lab.Right);
                most = Math.Max(most, lab.Right.Phase1().Count);
            }
        });

        Assert.True(most >= IkeSession.MaximumHalfOpen / 2, $"{most} exchanges were half open at most: the target has lost its way");
        lab.Network.RunSeconds(200);
        Clean(lab);
    }

    private static void Exchanges(string target, bool hostileInitiator, bool forge, Action<IkeIntent>? change = null)
    {
        // The smallest group: what is looked for is not in the exponentiation.
        Lab lab = Make(1);
        lab.With(change ?? (_ => { }));
        lab.WithLiveness(RouterOS.Proto.Ike.V1.DeadPeerDetection.Types.Probe.AlwaysSend, interval: 2);
        if (!hostileInitiator)
        {
            lab.With(i => i.Vpns[0].PfsGroup = 1);
        }

        (SimulatedRouter hostile, SimulatedRouter victim) = hostileInitiator ? (lab.Left, lab.Right) : (lab.Right, lab.Left);
        ByteMutator mutator = new(Corpus.Bytes("isakmp"));
        lab.Right.Start(lab.RightIntent);
        lab.Left.Start(lab.LeftIntent);
        lab.Network.RunSeconds(1);
        long before = 0;
        int done = 0;
        int forged = 0;
        FuzzLoop.Run(target, 100, (random, input) =>
        {
            if (done++ == 10)
            {
                before = GC.GetTotalMemory(true);
            }

            HostileCrypto crypto = new(random) { Enabled = forge };
            (hostile.Cipher, hostile.Mac) = (crypto, crypto);
            lab.Network.Tap = forge ? d => d : d => d.Source == hostile.Address ? Changed(lab, d, mutator, random, input) : d;
            Restart(hostile, hostileInitiator ? lab.LeftIntent : lab.RightIntent);
            if (!hostileInitiator)
            {
                // An initiator that waits for its next try, up to a minute, takes no input meanwhile.
                if (victim.Phase1().Count == 0)
                {
                    Restart(victim, lab.LeftIntent);
                }

                victim.Ask(s => s.ClearPhase1(new ClearRequest(), null!));
                victim.Ask(s => s.ClearPhase2(new ClearRequest(), null!));
            }

            lab.Network.RunSeconds(5 + random.Next(25));
            hostile.Ask(s => s.ClearPhase2(new ClearRequest(), null!));
            lab.Network.RunSeconds(1 + random.Next(10));
            Bounded(victim);
            forged += crypto.Forged;

            crypto.Enabled = false;
            lab.Network.Tap = d => d;
            if (random.OneIn(5))
            {
                Clean(lab);
            }
        });

        Clean(lab);
        Assert.True(!forge || forged > 100, $"only {forged} messages were forged");
        Assert.True(GC.GetTotalMemory(true) - before < MostBytes);
    }

    private static Datagram? Changed(Lab lab, Datagram datagram, ByteMutator mutator, FuzzRandom random, FuzzCase input)
    {
        switch (random.Next(4))
        {
            case 0:
                input.Bytes = mutator.Mutate(datagram.Payload, random);
                return datagram with { Payload = input.Bytes };
            case 1:
                // Somebody else on the way adds his own, and the right message follows.
                input.Bytes = mutator.Mutate(datagram.Payload, random);
                lab.Network.Deliver(datagram with { Payload = input.Bytes });
                return datagram;
            case 2:
                lab.Network.Deliver(random.Pick(lab.Network.Sent) with { Source = datagram.Source, Destination = datagram.Destination });
                return datagram;
            default:
                return datagram;
        }
    }
}
