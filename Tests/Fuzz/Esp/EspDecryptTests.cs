using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Esp.Nodes;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Simulation;
using RouterOS.Unit.Esp;
using RouterOS.Unit.Forwarding;

namespace RouterOS.Fuzz.Esp;

/// <summary>The way of an ESP packet from the port to the port, in a whole forwarding plane.</summary>
public sealed class EspDecryptTests : IDisposable
{
    // Keys that no packet of the corpus was made with: what is spliced in from there is never right by chance.
    private const byte Fill = 9;
    private const string Key = "4096";

    private static readonly byte[] s_link = [2, 0, 0, 0, 1, 9];

    private readonly CryptoEngines _engines = CryptoEngines.Open();
    private readonly SimulatedClock _clock = new();
    private readonly SinkPort _outside = new();
    private readonly SinkPort _inside = new();
    private readonly Chassis _chassis;

    public EspDecryptTests()
    {
        _chassis = new Chassis(_clock, [("p0", _outside), ("p1", _inside)], _engines.For, [new EspNodePackage()]);
        _chassis.Interface(1, "p0", "198.51.100.2/24");
        _chassis.Interface(2, "p1", "10.1.0.254/16");
        _chassis.Interface(EspRig.TunnelInterface, "", "10.255.0.1/30", linkType: "esp");
        _chassis.Set("protection", "3", EspRig.Protection(outboundSpi: 0, mirrored: true));
        _chassis.Feed(KernelNodes.PortInput, Build.Arp(ArpOperation.Request, s_link, "10.1.0.1", new byte[6], "10.1.0.254"), port: 1);
    }

    public static TheoryData<CipherAlgorithm, int, MacAlgorithm> Suites { get; } = new()
    {
        { CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha1 },
        { CipherAlgorithm.AesCbc, 32, MacAlgorithm.HmacSha256 },
        { CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacMd5 },
        { CipherAlgorithm.Null, 0, MacAlgorithm.HmacMd5 },
    };

    /// <summary>What was changed on the way is counted and dropped, once, and leaves window and counters as they were.</summary>
    [Theory]
    [MemberData(nameof(Suites))]
    public void Changed_packets(CipherAlgorithm cipher, int keyBytes, MacAlgorithm mac)
    {
        CryptoSuite suite = new(cipher, keyBytes, mac);
        using EspRig sender = new(_engines);
        Assert.Null(sender.Set("sa-out", "3/4096", EspRig.Sa(suite, fill: Fill)));
        Assert.Null(sender.Set("protection", "3", EspRig.Protection()));
        _chassis.Set("sa-in", Key, EspRig.Sa(suite, fill: Fill));
        ByteMutator mutator = new(Corpus.Bytes("esp"));
        Queue<byte[]> late = [];
        FuzzLoop.Run($"esp-decrypt-{cipher}-{mac}", 300, (random, input) =>
        {
            byte[] outer = Assert.Single(sender.Encrypt(EspPackets.Inner(20 + random.Next(500))));
            for (int i = random.Next(4); i >= 0; i--)
            {
                byte[] changed = mutator.Mutate(outer[20..], random);
                if (!changed.AsSpan().SequenceEqual(outer.AsSpan(20)))
                {
                    input.Bytes = Wrap(changed);
                    Refused(input.Bytes);
                }
            }

            // Out of order, but inside the window of 64 packets: it has not moved by what was refused.
            late.Enqueue(outer);
            while (late.Count > random.Next(60))
            {
                input.Bytes = late.Dequeue();
                long sent = _inside.Sent;
                Feed(input.Bytes);
                Assert.Equal(sent + 1, _inside.Sent);
                Refused(input.Bytes);
            }
        });

        _chassis.AssertNothingLeaks();
    }

    /// <summary>Any text under the right key: a peer that means harm, or whose router is broken.</summary>
    [Fact]
    public void Authentic_nonsense()
    {
        _chassis.Set("sa-in", Key, EspRig.Sa(EspPackets.NullMd5));
        byte[][] inner = [.. Corpus.Bytes("ipv4")];
        byte[][] texts = [.. Corpus.Bytes("esp-text"), .. inner.Select(packet => EspPackets.Text(packet))];
        ByteMutator packets = new(inner);
        ByteMutator mutator = new(texts);
        uint sequence = 0;
        FuzzLoop.Run("esp-authentic", 8_000, (random, input) =>
        {
            byte[] text = random.OneIn(2) ? mutator.Next(random) : EspPackets.Text(packets.Next(random));
            input.Bytes = EspPackets.Sealed(++sequence, text[..Math.Min(text.Length, 1400)]);
            Feed(input.Bytes);
            if (random.OneIn(100))
            {
                _clock.Advance(TimeSpan.FromMilliseconds(50));
                _chassis.Punted.Clear();
                _chassis.Events.Clear();
            }
        });

        SaState state = SaState.Parser.ParseFrom(Assert.Single(_chassis.Plane.Snapshot("sa-in", Key)).Value);
        Assert.True(state.Packets > 100, "nothing was accepted: the target has lost its way");
        Assert.Equal(0ul, state.AuthenticationFailed);
        _chassis.AssertNothingLeaks();
    }

    public void Dispose()
    {
        _chassis.Dispose();
        _engines.Dispose();
    }

    private static byte[] Wrap(byte[] esp)
    {
        byte[] packet = new byte[20 + esp.Length];
        Ipv4Header.Write(packet, packet.Length, IpProtocol.Esp, EspRig.LocalAddress, EspRig.RemoteAddress);
        esp.CopyTo(packet, 20);
        return packet;
    }

    private void Refused(byte[] outer)
    {
        (ulong Sequence, ulong Packets, ulong Bytes) before = State();
        (long sent, ulong drops) = (_inside.Sent, Drops());
        Feed(outer);
        Assert.Equal(sent, _inside.Sent);
        Assert.Equal(before, State());
        Assert.Equal(drops + 1, Drops());
    }

    private void Feed(byte[] outer)
    {
        _chassis.Feed(KernelNodes.PortInput, Build.Frame(SinkPort.Address, s_link, outer));
        Assert.Equal(0ul, _chassis.Plane.Worker.Graph.Faults);
    }

    private (ulong Sequence, ulong Packets, ulong Bytes) State()
    {
        SaState state = SaState.Parser.ParseFrom(Assert.Single(_chassis.Plane.Snapshot("sa-in", Key)).Value);
        return (state.Sequence, state.Packets, state.Bytes);
    }

    private ulong Drops()
    {
        ulong sum = 0;
        foreach (var row in _chassis.Plane.Snapshot("drop", ""))
        {
            sum += DropCounter.Parser.ParseFrom(row.Value).Packets;
        }

        return sum;
    }
}
