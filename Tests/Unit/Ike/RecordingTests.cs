using Google.Protobuf;
using Grpc.Core;
using RouterOS.Ike.Control;
using RouterOS.Ike.Control.Recording;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Plugins;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

public sealed class RecordingTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_good_exchange_replays_to_the_same_states_byte_for_byte_and_to_the_tick(bool initiator)
    {
        Lab lab = new();
        lab.With(i => i.Vpns[0].PfsGroup = 2);
        SimulatedRouter router = initiator ? lab.Left : lab.Right;
        lab.Start();
        Sink sink = Record(lab, router, initiator ? "198.51.100.2" : "198.51.100.1", seconds: 40);
        lab.Network.RunSeconds(1);
        Assert.Equal(0, lab.Traffic(2));
        lab.Network.RunSeconds(40);
        AssertSame(sink, out ReplayResult result);
        Assert.True(sink.Outcome.Up);
        Assert.Contains(result.Lines, l => l.EndsWith("Now: vpn vpn1 is up.", StringComparison.Ordinal));
        Assert.True(sink.Events.Count(e => e.Sent is not null) >= 4);
        Assert.Contains(result.Lines, l => l.Contains("quick mode ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_recording_that_begins_in_the_life_of_a_tunnel_disturbs_nothing_and_replays_its_rekeys()
    {
        Lab lab = new Lab().WithPhase2(Lab.Phase2(RouterOS.Proto.Esp.V1.Cipher.AesCbc, 16, RouterOS.Proto.Esp.V1.Mac.HmacSha196, lifetime: 180))
            .WithLiveness(RouterOS.Proto.Ike.V1.DeadPeerDetection.Types.Probe.AlwaysSend).Up();
        Phase2Sa before = Assert.Single(lab.Left.Phase2());
        Sink sink = Record(lab, lab.Left, "198.51.100.2", seconds: 300);
        lab.Network.RunSeconds(1);
        Assert.Equal(before.InboundSpi, Assert.Single(lab.Left.Phase2()).InboundSpi);
        Assert.Equal(0, lab.Traffic(310, 0.5));
        Assert.DoesNotContain(before.InboundSpi, lab.Left.Phase2().Select(s => s.InboundSpi));
        AssertSame(sink, out _);
        Assert.True(sink.Outcome.Up);
    }

    [Fact]
    public void A_lossy_wire_with_retransmissions_replays_too()
    {
        Lab lab = new(seed: 77);
        lab.Network.Loss = 0.3;
        lab.Network.Duplication = 0.2;
        lab.Start();
        Sink sink = Record(lab, lab.Left, "198.51.100.2", seconds: 100);
        lab.Network.RunSeconds(101);
        AssertSame(sink, out _);
    }

    [Fact]
    public void A_failed_exchange_says_why_and_with_the_right_key_it_would_have_succeeded()
    {
        Lab lab = new();
        lab.RightGateway.PreSharedKey = ByteString.CopyFromUtf8("another");
        lab.Start();
        Sink sink = Record(lab, lab.Right, "198.51.100.1", seconds: 20);
        lab.Network.RunSeconds(21);
        AssertSame(sink, out ReplayResult result);
        Assert.False(sink.Outcome.Up);
        Assert.Contains(result.Lines, l => l.StartsWith("Now: phase 1 with 198.51.100.1 failed: preshared key mismatch likely", StringComparison.Ordinal)
            && l.EndsWith("(line 12, security ike policy pol1 pre-shared-key).", StringComparison.Ordinal));

        // The same configuration given as one: nothing to say about it.
        Assert.True(Replay(sink, lab.RightIntent).IsSame);

        lab.RightGateway.PreSharedKey = lab.LeftGateway.PreSharedKey;
        ReplayResult right = Replay(sink, lab.RightIntent);
        Assert.False(right.IsSame);
        Assert.Contains("Now: phase 1 with 198.51.100.1 is up.", right.Lines);
        Assert.Contains("It differs from here on:", right.Lines);
        Assert.StartsWith("With this configuration phase 1 with 198.51.100.1 would have succeeded; what follows", right.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void With_the_right_proxy_identity_it_would_have_gone_on()
    {
        Lab lab = new();
        lab.RightVpn.LocalSelector = "10.99.0.0/24";
        lab.Start();
        Sink sink = Record(lab, lab.Right, "198.51.100.1", seconds: 5);
        lab.Network.RunSeconds(6);
        AssertSame(sink, out ReplayResult result);
        Assert.Contains(result.Lines, l => l.StartsWith("Then: vpn vpn1 failed: proxy identity does not match: they ask for", StringComparison.Ordinal));
        lab.RightVpn.LocalSelector = "10.2.0.0/24";
        ReplayResult right = Replay(sink, lab.RightIntent);
        Assert.DoesNotContain(right.Lines, l => l.StartsWith("Now: ", StringComparison.Ordinal) && l.Contains("failed", StringComparison.Ordinal));
        Assert.StartsWith("With this configuration it would have gone on, to messages that the peer was never asked for: ", right.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void What_never_mattered_changes_nothing_and_what_succeeded_can_be_made_to_fail()
    {
        Lab lab = new();
        lab.Start();
        Sink sink = Record(lab, lab.Right, "198.51.100.1", seconds: 5);
        lab.Network.RunSeconds(6);
        AssertSame(sink, out _);
        Assert.True(sink.Outcome.Up);
        lab.RightGateway.Proposals.Add(Lab.Phase1(RouterOS.Proto.Esp.V1.Cipher.TripleDesCbc, 24, Hash.Md5, 14));
        Assert.Equal("With this configuration nothing would have been different.", Replay(sink, lab.RightIntent).Lines[^1]);
        lab.RightGateway.Proposals.RemoveAt(0);
        ReplayResult fails = Replay(sink, lab.RightIntent);
        Assert.StartsWith("With this configuration it would have failed: phase 1 with 198.51.100.1 failed: phase 1 ", fails.Lines[^1], StringComparison.Ordinal);
        lab.RightGateway.RemoteAddresses[0] = "198.51.100.77";
        lab.RightGateway.Name = "somebody";
        Assert.StartsWith("The configuration has no gateway for 198.51.100.1", Assert.Single(Replay(sink, lab.RightIntent).Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_recording_never_throws()
    {
        Lab lab = new();
        lab.Start();
        Sink sink = Record(lab, lab.Left, "198.51.100.2", seconds: 5);
        lab.Network.RunSeconds(6);
        Assert.Null(new IkePlugin().Replay("something else"u8.ToArray(), null, SimulatedRouter.ReplayCrypto));
        byte[] file = [.. sink.File];
        SimulatedRandom random = new(5);
        for (int i = 0; i < 60; i++)
        {
            byte[] damaged = [.. file];
            for (int changes = 0; changes < 3; changes++)
            {
                damaged[25 + (int)(random.Next() % (ulong)(file.Length - 25))] ^= (byte)(1 << (i % 8));
            }

            Assert.NotNull(new IkePlugin().Replay(i % 2 == 0 ? damaged : damaged.AsMemory(0, 25 + (int)(random.Next() % (ulong)(file.Length - 25))), null, SimulatedRouter.ReplayCrypto));
        }
    }

    [Fact]
    public async Task One_recording_at_a_time_that_ends_with_its_time_an_operator_or_a_commit()
    {
        Lab lab = new Lab().Up();
        Sink first = Record(lab, lab.Left, "198.51.100.2", seconds: 10);
        lab.Network.RunSeconds(0.1);
        Assert.Equal("op", Assert.Single((await lab.Left.Recordings!.ListRecordings(new(), null!)).Recordings).User);
        Refused(lab, "198.51.100.2", StatusCode.ResourceExhausted);
        lab.Network.RunSeconds(11);
        Assert.Equal("10 seconds are over", first.End.Ended);
        Refused(lab, "198.51.100.200", StatusCode.NotFound);

        Sink second = Record(lab, lab.Left, "198.51.100.2", seconds: 100);
        lab.Network.RunSeconds(0.1);
        Assert.Equal(1u, (await lab.Left.Recordings.StopRecording(new(), null!)).Stopped);
        lab.Network.RunSeconds(0.1);
        Assert.Equal("an operator stopped it", second.End.Ended);

        Sink third = Record(lab, lab.Left, "198.51.100.2", seconds: 100);
        lab.Network.RunSeconds(0.1);
        lab.Left.Apply(lab.LeftIntent);
        lab.Network.RunSeconds(0.1);
        Assert.Equal("another configuration came into force", third.End.Ended);
        Assert.Equal([1032, 1033, 1032, 1033, 1032, 1033], lab.Left.Lines.Select(l => l.Id).Where(i => i is 1032 or 1033));
        Assert.Equal(0, lab.Traffic(2));
    }

    private static void AssertSame(Sink sink, out ReplayResult result)
    {
        Assert.True(RecordingFile.TryRead(sink.File.ToArray(), out RecordingHeader? header, out List<RecordedEvent> events));
        List<RecordedEvent> again = Replayer.Again(header, events, header.Intent, SimulatedRouter.ReplayCrypto, false, out _, out bool hasInvented);
        Assert.False(hasInvented);
        RecordedEvent[] then = [.. events.Where(e => e.End is null)];
        int same = then.Zip(again).TakeWhile(p => p.First.Equals(p.Second)).Count();
        Assert.True(
            same == then.Length && same == again.Count, $"event {same} of {then.Length} and {again.Count}: {then.ElementAtOrDefault(same)} {again.ElementAtOrDefault(same)}");
        result = new IkePlugin().Replay(sink.File.ToArray(), null, SimulatedRouter.ReplayCrypto)!;
        Assert.True(result.IsSame, string.Join('\n', result.Lines));
        Assert.StartsWith("The replay went through the same ", result.Lines[^1], StringComparison.Ordinal);
    }

    private static ReplayResult Replay(Sink sink, IkeIntent intent) =>
        new IkePlugin().Replay(sink.File.ToArray(), new IntentSet([intent]), SimulatedRouter.ReplayCrypto)!;

    private static void Refused(Lab lab, string peer, StatusCode code) => Assert.Equal(code, Assert.Throws<RpcException>(
        () => lab.Left.Recordings!.Record(new RecordRequest { Peer = peer }, new Sink(), new OpenCall()).GetAwaiter().GetResult()).StatusCode);

    private static Sink Record(Lab lab, SimulatedRouter router, string peer, uint seconds)
    {
        Sink sink = new();
        router.OwnStrand.Post(() => _ = router.Recordings!.Record(new RecordRequest { Peer = peer, Seconds = seconds, User = "op", File = "/tmp/r" }, sink, new OpenCall()));
        return sink;
    }

    private sealed class Sink : IServerStreamWriter<RecordReply>
    {
        private readonly List<RecordReply> _replies = [];

        public WriteOptions? WriteOptions { get; set; }

        public List<byte> File => [.. _replies.SelectMany(r => r.File)];

        public RecordingState End => _replies[^1].State;

        public List<RecordedEvent> Events => RecordingFile.TryRead(File.ToArray(), out _, out List<RecordedEvent> events) ? events : [];

        public RecordingEnd Outcome => Events[^1].End;

        public Task WriteAsync(RecordReply message)
        {
            _replies.Add(message);
            return Task.CompletedTask;
        }
    }
}
