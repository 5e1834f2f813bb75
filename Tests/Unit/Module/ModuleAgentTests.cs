using Google.Protobuf;
using Grpc.Core;
using RouterOS.Module;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Proto.InProcess;
using RouterOS.Proto.Module.V1;
using RouterOS.Unit.Core;

namespace RouterOS.Unit.Module;

public sealed class ModuleAgentTests
{
    private readonly SimulatedChassis _chassis = new();
    private readonly RecordingPlane _plane = new();
    private readonly ModuleAgent _agent;
    private readonly RouterOS.Proto.Module.V1.Module.ModuleClient _client;

    public ModuleAgentTests()
    {
        _agent = new(new("FPC 0", 42, _chassis.Clock.GetUtcNow(), ["engine"], ["esp"], ["Something is wrong."]), _plane);
        InProcessServices services = new();
        services.Add(binder => RouterOS.Proto.Module.V1.Module.BindService(binder, _agent), _chassis.Kernel.Context);
        _client = new(new InProcessCallInvoker(services, _chassis.Clock));
    }

    [Fact]
    public void It_describes_itself()
    {
        ModuleDescription description = _chassis.Await(() => _client.GetModuleAsync(new()).ResponseAsync);
        Assert.Equal(("FPC 0", 42ul), (description.Name, description.Epoch));
        Assert.Equal(["engine"], description.CryptoEngines);
        Assert.Equal(["esp"], description.Packages);
        Assert.Equal(["Something is wrong."], description.Alarms);
        Assert.Equal(_chassis.Clock.GetUtcNow().ToUnixTimeSeconds(), description.StartedUnixSeconds);
    }

    [Fact]
    public void Punted_packets_that_nobody_takes_are_lost_counted_and_told()
    {
        _plane.Punted!(new() { Channel = "udp:500" });
        Assert.Equal(1, _agent.PuntsLost);

        // A routing engine that is attached but does not read: the queue and the stream fill, the worker goes on.
        AsyncDuplexStreamingCall<InjectPacket, PuntPacket>? call = null;
        _chassis.Loop.Executor.Post(() => call = _client.Packets());
        _chassis.Idle();
        for (int i = 0; i < 10_000; i++)
        {
            _plane.Punted!(new() { Channel = "udp:500", Ttl = (uint)i });
        }

        _chassis.Idle();
        Assert.InRange(_agent.PuntsLost, 5_000, 6_000);
        Assert.True(_chassis.Await(() => call!.ResponseStream.MoveNext(CancellationToken.None)));
        Assert.Equal(0u, call!.ResponseStream.Current.Ttl);
        ModuleDescription description = _chassis.Await(() => _client.GetModuleAsync(new()).ResponseAsync);
        Assert.Contains(description.Alarms, alarm => alarm.Contains("punted packets were lost", StringComparison.Ordinal));
    }

    [Fact]
    public void Events_wait_merge_and_go_to_the_newest_watcher()
    {
        for (uint i = 0; i < 3; i++)
        {
            _plane.Happened!(new() { Table = "protection", Key = "1", Name = "acquire", Count = 2 });
        }

        AsyncServerStreamingCall<ModuleEvent>? old = null;
        _chassis.Loop.Executor.Post(() => old = _client.WatchEvents(new()));
        Assert.True(_chassis.Await(() => old!.ResponseStream.MoveNext(CancellationToken.None)));
        Assert.Equal(6u, old!.ResponseStream.Current.Count);

        AsyncServerStreamingCall<ModuleEvent>? watcher = null;
        _chassis.Loop.Executor.Post(() => watcher = _client.WatchEvents(new()));
        _chassis.Idle();
        _plane.Happened!(new() { Table = "port", Key = "ge-0/0/0", Name = "down", Count = 1 });
        Assert.True(_chassis.Await(() => watcher!.ResponseStream.MoveNext(CancellationToken.None)));
        Assert.Equal("down", watcher!.ResponseStream.Current.Name);
        Assert.Equal(
            StatusCode.Aborted,
            Assert.Throws<RpcException>(() => _chassis.Await(() => old!.ResponseStream.MoveNext(CancellationToken.None))).StatusCode);
    }

    [Fact]
    public void A_second_routing_engine_supersedes_the_first()
    {
        AsyncDuplexStreamingCall<ProgramRequest, ProgramReply>? first = null;
        AsyncDuplexStreamingCall<ProgramRequest, ProgramReply>? second = null;
        _chassis.Loop.Executor.Post(() => first = _client.Program());
        _chassis.Idle();
        _chassis.Loop.Executor.Post(() => second = _client.Program());
        Assert.Equal(
            StatusCode.Aborted,
            Assert.Throws<RpcException>(() => _chassis.Await(() => first!.ResponseStream.MoveNext(CancellationToken.None))).StatusCode);
        Assert.True(_chassis.Await(async () =>
        {
            await second!.RequestStream.WriteAsync(new() { Writer = "core", Version = 1, Set = new() { Table = "t", Key = "k" } });
            return await second.ResponseStream.MoveNext(CancellationToken.None);
        }));
        Assert.Equal(("core", 1ul, ""), (second!.ResponseStream.Current.Writer, second.ResponseStream.Current.Version, second.ResponseStream.Current.Error));
    }

    [Fact]
    public void A_snapshot_of_an_unknown_table_is_not_found()
    {
        _plane.State["port"] = new() { ["a"] = new PortState { Mtu = 1 }, ["b"] = new PortState { Mtu = 2 } };
        Assert.Equal(2, Snapshot("port").Sum(reply => reply.Rows.Count));
        Assert.Equal("b", Assert.Single(Assert.Single(Snapshot("port", "b")).Rows).Key);
        Assert.Equal(StatusCode.NotFound, Assert.Throws<RpcException>(() => Snapshot("none")).StatusCode);
    }

    [Fact]
    public void A_large_snapshot_comes_in_replies_that_every_client_takes()
    {
        _plane.State["sa-in"] = Enumerable.Range(0, 50_000).ToDictionary(
            i => $"{i}", i => (IMessage)new PortState { Driver = new string('x', 200) });
        List<SnapshotReply> replies = Snapshot("sa-in");
        Assert.Equal(50_000, replies.SelectMany(reply => reply.Rows).Select(row => row.Key).Distinct().Count());
        Assert.All(replies, reply => Assert.InRange(reply.CalculateSize(), 1, 2 << 20));
    }

    private List<SnapshotReply> Snapshot(string table, string key = "") => _chassis.Await(async () =>
    {
        List<SnapshotReply> replies = [];
        using AsyncServerStreamingCall<SnapshotReply> call = _client.Snapshot(new() { Table = table, Key = key });
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            replies.Add(call.ResponseStream.Current);
        }

        return replies;
    });
}
