using RouterOS.Ike.Wire;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;
using static RouterOS.Fuzz.Ike.IkeRig;

namespace RouterOS.Fuzz.Ike;

/// <summary>
/// Each state of each exchange against each payload: the exchange goes well up to one message, and in that one a peer that holds the key
/// changes one payload (RFC 2408 sections 3 and 4, RFC 2409 section 5).
/// </summary>
public sealed class IkeStateTests
{
    private const int RoundsOfTypes = 2;

    [Theory]
    [InlineData("main", 6)]
    [InlineData("signed", 6)]
    [InlineData("aggressive", 3)]
    [InlineData("quick", 3)]
    [InlineData("transport", 3)]
    [InlineData("client", 3)]
    [InlineData("gateway", 3)]
    [InlineData("notice", 2)]
    public void Each_message_with_each_payload_changed(string exchange, int messages)
    {
        for (int message = 1; message <= messages; message++)
        {
            (ExchangeType type, bool hostileInitiates, int before) = exchange switch
            {
                // After its user, the client asks for addresses: each side sends three messages.
                "client" => (ExchangeType.Transaction, true, message - 1),
                "gateway" => (ExchangeType.Transaction, false, message - 1),
                "notice" => (ExchangeType.Informational, message == 1, 0),
                _ => (TypeOf(exchange), message % 2 == 1, (message - 1) / 2),
            };
            Attack($"ike-{exchange}-{message}", Rig(exchange), hostileInitiates, type, before);
        }
    }

    // The hostile side has sent so many messages of the exchange before.
    private static void Attack(string target, Lab lab, bool hostileInitiator, ExchangeType exchange, int before)
    {
        (SimulatedRouter hostile, SimulatedRouter victim) = hostileInitiator ? (lab.Left, lab.Right) : (lab.Right, lab.Left);
        PayloadMutator mutator = new();
        Dictionary<PayloadType, int> reached = PayloadMutator.Types.ToDictionary(t => t, _ => 0);
        int tries = 0;
        lab.Right.Start(lab.RightIntent);
        lab.Left.Start(lab.LeftIntent);
        FuzzLoop.Run(target, RoundsOfTypes * PayloadMutator.Types.Count, (random, input) =>
        {
            PayloadType wanted = PayloadMutator.Types[tries++ % PayloadMutator.Types.Count];
            bool done = false;
            byte[] Once(byte[] changed)
            {
                done = true;
                reached[wanted]++;
                return input.Bytes = changed;
            }

            HostileCrypto crypto = new(random)
            {
                Enabled = true,
                IsDue = () => !done && IsNext(lab, hostile, exchange, before),
                Rewrite = (first, text) => Once(mutator.Text(first, text, wanted, random)),
            };
            (hostile.Cipher, hostile.Mac) = (crypto, crypto);
            lab.Network.Tap = d => done || d.IsEncrypted || d.Source != hostile.Address || d.Exchange != (byte)exchange || Sent(lab, hostile, exchange) != before + 1
                ? d
                : d with { Payload = d.HasMarker ? [0, 0, 0, 0, .. Once(mutator.Message(d.Isakmp, wanted, random))] : Once(mutator.Message(d.Payload, wanted, random)) };
            lab.Network.Sent.Clear();
            victim.Lines.Clear();
            Restart(hostile, hostileInitiator ? lab.LeftIntent : lab.RightIntent);
            if (!hostileInitiator)
            {
                Restart(victim, lab.LeftIntent);
            }

            lab.Network.RunSeconds(3);
            hostile.Ask(s => s.ClearPhase2(new ClearRequest(), null!));
            lab.Network.RunSeconds(1);
            Bounded(victim);
            crypto.Enabled = false;
            lab.Network.Tap = d => d;
            if (random.OneIn(10))
            {
                Clean(lab);
            }
        });

        Clean(lab);
        Assert.All(reached, r => Assert.True(r.Value >= RoundsOfTypes, $"{target}: {r.Key} reached the state {r.Value} times: the target has lost its way"));
    }

    private static ExchangeType TypeOf(string exchange) => exchange switch
    {
        "aggressive" => ExchangeType.Aggressive,
        "quick" or "transport" => ExchangeType.QuickMode,
        _ => ExchangeType.IdentityProtection,
    };

    private static Lab Rig(string exchange)
    {
        Lab lab = Make(1).With(i => i.Vpns[0].PfsGroup = 1);
        return exchange switch
        {
            "aggressive" => lab.With(Aggressive),
            "client" or "gateway" => lab.With(Users(aggressive: false)),
            "signed" => SimulatedAuthority.Signing(o => o.Address("198.51.100.1"), o => o.Address("198.51.100.2"), lab),
            "transport" => lab.With(i => i.Vpns[0].Transport = true),
            _ => lab,
        };
    }

    // The message that the hostile side makes now: everything before it has been sent.
    private static bool IsNext(Lab lab, SimulatedRouter hostile, ExchangeType exchange, int before)
    {
        bool initiates = hostile == lab.Left;
        int phase1 = Sent(lab, hostile, ExchangeType.IdentityProtection);
        int aggressive = Sent(lab, hostile, ExchangeType.Aggressive);
        bool ready = exchange switch
        {
            ExchangeType.IdentityProtection or ExchangeType.Aggressive => true,
            ExchangeType.Informational => Sent(lab, hostile, ExchangeType.QuickMode) >= (initiates ? 2 : 1),
            _ => phase1 == 3 || aggressive == (initiates ? 2 : 1),
        };
        return ready && Sent(lab, hostile, exchange) == before;
    }

    // Repetitions do not count: a message may overtake the one before it.
    private static int Sent(Lab lab, SimulatedRouter router, ExchangeType exchange) => lab.Network.Sent
        .Where(d => d.Source == router.Address && d.Exchange == (byte)exchange).DistinctBy(d => Convert.ToHexString(d.Payload)).Count();
}
