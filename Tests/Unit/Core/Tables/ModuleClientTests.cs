using Google.Protobuf;
using Grpc.Core;
using RouterOS.Core.Strands;
using RouterOS.Core.Tables;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Tables;

namespace RouterOS.Unit.Core.Tables;

public sealed class ModuleClientTests
{
    private readonly SimulatedChassis _chassis = new();
    private readonly TableJournal _journal = new();
    private readonly ITableWriter _core;
    private readonly ITableWriter _ike;
    private readonly ModuleClient _client;
    private readonly ModuleSet _modules;

    public ModuleClientTests()
    {
        _core = _journal.Open("core");
        _ike = _journal.Open("ike");
        _client = _chassis.Connect(_journal);
        _modules = new(_chassis.Kernel);
        _modules.Add(_client);
    }

    [Fact]
    public void A_row_is_acknowledged_only_when_the_module_has_it_in_force()
    {
        Start();
        _chassis.Plane.Held = true;
        Task<string?> acknowledged = _ike.Acknowledged(_ike.Set("sa-in", "7", Row(7)));
        _chassis.Run(5);
        Assert.False(acknowledged.IsCompleted);
        _chassis.Plane.Work();
        Assert.Null(_chassis.Await(acknowledged));
    }

    [Fact]
    public void A_refused_row_gives_its_reason_and_is_an_alarm_until_it_is_written_again()
    {
        Start();
        _chassis.Plane.Refuse[("sa-in", "7")] = "The table is full.";
        ulong first = _ike.Set("sa-in", "7", Row(7));
        Assert.Equal("The table is full.", _chassis.Await(_ike.Acknowledged(first)));
        Assert.Equal([new RefusedRow("ike", "sa-in", "7", "The table is full.")], _journal.RefusedRows());
        _chassis.Plane.Refuse.Clear();
        Assert.Null(_chassis.Await(_ike.Acknowledged(_ike.Set("sa-in", "7", Row(7)))));
        Assert.Empty(_journal.RefusedRows());
    }

    [Fact]
    public void A_restarted_module_gets_everything_again_in_order_and_without_being_asked()
    {
        Start();
        _core.Set("interface", "64", Row(64));
        _core.Set("route", "r", Row(1));
        _core.EndOfSync();
        _ike.Set("protection", "1", Row(1));
        _ike.Set("sa-out", "1/5", Row(5));
        _ike.Remove("sa-out", "1/5");
        _ike.Set("sa-out", "1/6", Row(6));
        _core.Set("interface", "64", Row(65));
        _chassis.Idle();

        _chassis.KillModule();
        _chassis.Run(3);
        Assert.Null(_client.Description);
        _chassis.StartModule();
        _chassis.Run(3);
        Assert.Equal(
            ["set interface 64", "set route r", "set protection 1", "set sa-out 1/6"], _chassis.Plane.Steps);
        Assert.Equal(65u, InterfaceRow.Parser.ParseFrom(_chassis.Plane.Rows[("interface", "64")]).Index);
        Assert.Equal(2ul, _client.Description!.Epoch);
    }

    [Fact]
    public void Who_waits_for_an_acknowledgement_gets_it_after_the_re_sync()
    {
        Start();
        _chassis.Plane.Held = true;
        Task<string?> acknowledged = _ike.Acknowledged(_ike.Set("sa-in", "7", Row(7)));
        _chassis.Idle();
        Assert.False(acknowledged.IsCompleted);
        _chassis.KillModule();
        _chassis.Run(1);

        // With no module attached there is nobody to wait for: the row is sent with the next re-sync.
        Assert.Null(_chassis.Await(acknowledged));
        _chassis.StartModule();
        _chassis.Plane.Held = true;
        _chassis.Run(3);
        Task<string?> again = _ike.Acknowledged(_ike.Set("sa-in", "7", Row(7)));
        _chassis.Idle();
        Assert.False(again.IsCompleted);
        _chassis.Plane.Work();
        Assert.Null(_chassis.Await(again));
    }

    [Fact]
    public void A_new_routing_engine_touches_nothing_that_it_still_wants_and_sweeps_the_rest_when_its_writers_are_complete()
    {
        Start();
        _core.Set("route", "a", Row(1));
        _core.Set("route", "b", Row(2));
        _core.EndOfSync();
        _ike.Set("sa-in", "7", Row(7));
        _ike.EndOfSync();
        _chassis.Idle();
        _chassis.Plane.Steps.Clear();

        // The old one is gone without a word; the new one's writers come one by one.
        TableJournal journal = new();
        ITableWriter core = journal.Open("core");
        ITableWriter ike = journal.Open("ike");
        ModuleClient client = _chassis.Connect(journal);
        client.Start();
        _chassis.Idle();
        core.Set("route", "a", Row(1));
        core.EndOfSync();
        _chassis.Idle();
        Assert.Equal(["remove route b"], _chassis.Plane.Steps);
        int settled = _chassis.Plane.Settled;
        ike.Set("sa-in", "7", Row(7));
        ike.EndOfSync();
        _chassis.Idle();
        Assert.Equal(["remove route b"], _chassis.Plane.Steps);

        // Only now nobody can come and ask for run-time rows of an earlier life.
        Assert.Equal(settled + 1, _chassis.Plane.Settled);
        Assert.Equal(2, _chassis.Plane.Rows.Count);
    }

    [Fact]
    public void Rows_of_a_crashed_writer_stay_until_its_next_life_is_complete()
    {
        Start();
        _ike.Set("protection", "1", Row(1));
        _ike.Set("sa-in", "7", Row(7));
        _ike.Set("sa-in", "8", Row(8));
        _ike.EndOfSync();
        _chassis.Idle();
        ITableWriter next = _journal.Open("ike");
        _chassis.Idle();
        Assert.Equal(3, _chassis.Plane.Rows.Count);
        _chassis.Plane.Steps.Clear();
        next.Set("protection", "1", Row(1));
        _ike.Set("sa-in", "9", Row(9));
        next.Set("sa-in", "8", Row(80));
        next.EndOfSync();
        _chassis.Idle();
        Assert.Equal(["set sa-in 8", "remove sa-in 7"], _chassis.Plane.Steps);

        // Of a life that wants nothing any more: who refers goes before what is referred to.
        _chassis.Plane.Steps.Clear();
        _journal.Open("ike").EndOfSync();
        _chassis.Idle();
        Assert.Equal(["remove sa-in 8", "remove protection 1"], _chassis.Plane.Steps);
    }

    [Fact]
    public void A_module_that_restarts_while_a_writer_is_down_still_gets_its_rows()
    {
        Start();
        _ike.Set("sa-in", "7", Row(7));
        _ike.EndOfSync();
        _chassis.Idle();
        ITableWriter next = _journal.Open("ike");
        _chassis.KillModule();
        _chassis.StartModule();
        _chassis.Run(3);
        Assert.Equal(["set sa-in 7"], _chassis.Plane.Steps);
        next.EndOfSync();
        _chassis.Idle();
        Assert.Empty(_chassis.Plane.Rows);
    }

    [Fact]
    public void A_module_that_falls_too_far_behind_attaches_anew_and_has_the_last_of_everything()
    {
        Start();
        _core.Set("interface", "64", Row(64));
        _chassis.Idle();
        // Nothing runs between these, so nothing is sent: one row changes far more often than there are rows.
        for (uint i = 0; i < 3 * ModuleJournal.SpareChanges; i++)
        {
            _ike.Set("protection", "1", Row(i));
        }

        Task<string?> acknowledged = _ike.Acknowledged(_ike.Set("protection", "2", Row(2)));
        _chassis.Run(3);
        Assert.True(acknowledged.IsCompletedSuccessfully);
        Assert.Equal((3 * ModuleJournal.SpareChanges) - 1, (long)InterfaceRow.Parser.ParseFrom(_chassis.Plane.Rows[("protection", "1")]).Index);
        Assert.Equal(64u, InterfaceRow.Parser.ParseFrom(_chassis.Plane.Rows[("interface", "64")]).Index);
        Assert.Contains(("protection", "2"), _chassis.Plane.Rows.Keys);
        // And it goes on as before.
        Assert.Null(_chassis.Await(_ike.Acknowledged(_ike.Set("protection", "1", Row(5)))));
        Assert.Equal(5u, InterfaceRow.Parser.ParseFrom(_chassis.Plane.Rows[("protection", "1")]).Index);
    }

    [Fact]
    public void What_waits_for_a_module_is_bounded_by_the_rows_there_are()
    {
        TableJournal journal = new();
        ITableWriter writer = journal.Open("core");
        ModuleJournal module = journal.AddModule("m");
        module.Attach();
        int most = 0;
        for (uint i = 0; i < 2 * ModuleJournal.SpareChanges; i++)
        {
            writer.Set("interface", $"{i % 100}", Row(i));
            most = Math.Max(most, module.Waiting);
        }

        Assert.Equal(ModuleJournal.SpareChanges + 100, most);
        Assert.True(module.IsOverrun);
        Assert.Equal(0, module.Waiting);
        module.Attach();
        Assert.False(module.IsOverrun);
        Assert.Equal(100, module.Waiting);
        // A change while the rows are being sent again comes behind them, and only the last of them acknowledges.
        ulong attached = writer.Set("interface", "7", Row(1));
        List<ProgramRequest> sent = [];
        while (module.TryTake(out ProgramRequest? request))
        {
            sent.Add(request);
        }

        Assert.Equal(101, sent.Count);
        Assert.Equal([attached - 1, attached], sent.Select(request => request.Version).Where(version => version != 0));
        Assert.Equal("7", sent[^1].Set.Key);
    }

    [Fact]
    public void Events_and_punted_packets_reach_their_subscribers_on_their_strands()
    {
        using Strand plugin = _chassis.Strands.Create("ike", _ => { });
        List<string> seen = [];
        new ModuleView(_modules, plugin).Subscribe("protection", e => seen.Add($"{e.Key} {e.Name} x{e.Count} {OnStrand(plugin)}"));
        new ControlPackets(_modules, plugin).Subscribe("udp:500", p => seen.Add($"{p.Payload.Length} {OnStrand(plugin)}"));
        _chassis.Plane.Happened!(new() { Table = "protection", Key = "1", Name = "acquire", Count = 1 });
        _chassis.Plane.Happened!(new() { Table = "protection", Key = "1", Name = "acquire", Count = 2 });
        Start();
        _chassis.Plane.Punted!(new() { Channel = "udp:500", Payload = ByteString.CopyFrom(1, 2, 3) });
        _chassis.Plane.Punted!(new() { Channel = "udp:4500" });
        _chassis.Idle();
        Assert.Equal(["1 acquire x3 True", "3 True"], seen);
        Assert.Equal(1, _modules.UnclaimedPunts);
        _modules.Forget(plugin);
        _chassis.Plane.Punted!(new() { Channel = "udp:500" });
        _chassis.Idle();
        Assert.Equal(2, seen.Count);
    }

    [Fact]
    public void Injected_packets_reach_the_module_and_are_lost_without_one()
    {
        ControlPackets packets = new(_modules, _chassis.Kernel);
        packets.Inject(new() { Destination = 1 });
        _chassis.Idle();
        Assert.Equal(1, _client.InjectsLost);
        Start();
        packets.Inject(new() { Destination = 2 });
        _chassis.Idle();
        Assert.Equal([2u], _chassis.Plane.Injected.Select(packet => packet.Destination));
    }

    [Fact]
    public void Snapshots_give_typed_rows_and_say_when_nobody_answers()
    {
        _chassis.Plane.State["port"] = new() { ["ge-0/0/0"] = new PortState { Mtu = 1500, Up = true } };
        ModuleView view = new(_modules, _chassis.Kernel);
        Assert.Equal(StatusCode.Unavailable, Assert.Throws<RpcException>(() => _chassis.Await(() => view.Snapshot<PortState>("port"))).StatusCode);
        Start();
        IReadOnlyList<KeyValuePair<string, PortState>> rows = _chassis.Await(() => view.Snapshot<PortState>("port"));
        Assert.Equal(("ge-0/0/0", 1500u), (rows[0].Key, rows[0].Value.Mtu));
    }

    [Fact]
    public void A_module_that_is_not_there_yet_is_found_when_it_comes()
    {
        _chassis.KillModule();
        _client.Start();
        _chassis.Run(10);
        Assert.Null(_client.Description);
        _chassis.StartModule();
        _chassis.Run(2);
        Assert.NotNull(_client.Description);
    }

    private static bool OnStrand(Strand strand) => SynchronizationContext.Current == strand.Context;

    private static InterfaceRow Row(uint number) => new() { Index = number };

    private void Start()
    {
        _modules.Start();
        _chassis.Idle();
        Assert.NotNull(_client.Description);
    }
}
