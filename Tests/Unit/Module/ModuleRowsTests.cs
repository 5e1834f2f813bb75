using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using RouterOS.Module;
using RouterOS.Proto.Module.V1;

namespace RouterOS.Unit.Module;

public sealed class ModuleRowsTests
{
    private readonly RecordingPlane _plane = new();
    private readonly List<ProgramReply> _replies = [];
    private readonly ModuleRows _rows;
    private ProgramSession _session;

    public ModuleRowsTests()
    {
        _rows = new(_plane);
        _session = _rows.Attach(_replies.Add, () => { });
    }

    private IEnumerable<string> Replies => _replies.Select(r => $"{r.Writer} {r.Version}{(r.Error.Length > 0 ? " " + r.Error : "")}");

    [Fact]
    public void A_row_equal_to_the_one_in_place_does_not_reach_the_worker()
    {
        Set("ike", 1, "sa-in", "7", "key");
        Set("ike", 2, "sa-in", "7", "key");
        Attach();
        Set("ike", 1, "sa-in", "7", "key");
        Assert.Equal(["set sa-in 7"], _plane.Steps);
        Assert.Equal(["ike 1", "ike 2", "ike 1"], Replies);
    }

    [Fact]
    public void Versions_are_acknowledged_in_order_and_only_after_the_worker_has_the_row()
    {
        _plane.Held = true;
        Set("ike", 1, "t", "a", "x");
        Set("core", 1, "t", "b", "x");
        Set("ike", 2, "t", "a", "x");
        Remove("ike", 3, "t", "unknown");
        Assert.Empty(_replies);
        _plane.Work(1);
        Assert.Equal(["ike 1"], Replies);
        _plane.Work();
        Assert.Equal(["ike 1", "core 1", "ike 2", "ike 3"], Replies);
    }

    [Fact]
    public void End_of_sync_removes_what_its_writer_did_not_send_again_and_nothing_else()
    {
        Set("ike", 1, "protection", "1", "p");
        Set("ike", 2, "sa-out", "1/5", "s");
        Set("ike", 3, "sa-out", "1/6", "s");
        Set("core", 1, "route", "0/10.0.0.0/8", "r");
        Attach();
        Set("ike", 1, "sa-out", "1/6", "s");
        _plane.Steps.Clear();
        EndOfSync("ike", 2);

        // Who refers goes before what is referred to.
        Assert.Equal(["remove sa-out 1/5", "remove protection 1"], _plane.Steps);
        Assert.Equal([("route", "0/10.0.0.0/8"), ("sa-out", "1/6")], _plane.Rows.Keys.Order());
        Assert.Equal("ike 2", Replies.Last());
    }

    [Fact]
    public void A_sweep_is_acknowledged_after_its_last_removal()
    {
        Set("ike", 1, "t", "a", "x");
        Set("ike", 2, "t", "b", "x");
        Attach();
        _plane.Held = true;
        EndOfSync("ike", 1);
        _plane.Work(1);
        Assert.DoesNotContain("ike 1", Replies.Skip(2));
        _plane.Work(1);
        Assert.Equal("ike 1", Replies.Last());
        Assert.Equal(3, _replies.Count);
    }

    [Fact]
    public void A_refused_row_is_reported_and_tried_again_when_it_is_sent_again()
    {
        _plane.Refuse[("t", "a")] = "No interface 9.";
        Set("ike", 1, "t", "a", "x");
        Assert.Equal(["ike 1 No interface 9."], Replies);
        Assert.Equal(("t", "a"), (_replies[0].Table, _replies[0].Key));
        _plane.Refuse.Clear();
        Set("ike", 2, "t", "a", "x");
        Assert.Equal("ike 2", Replies.Last());
        Assert.Single(_plane.Rows);
    }

    [Fact]
    public void What_one_worker_refuses_is_taken_back_from_all()
    {
        _plane.Refuse[("t", "new")] = "No.";
        Set("ike", 1, "t", "new", "x");
        Assert.Equal(["set t new", "remove t new"], _plane.Steps);

        Set("ike", 2, "t", "old", "x");
        _plane.Steps.Clear();
        _plane.Refuse[("t", "old")] = "No.";
        _plane.Held = true;
        Set("ike", 3, "t", "old", "y");
        _plane.Work(1);
        _plane.Refuse.Clear();
        _plane.Work();
        Assert.Equal(["set t old", "set t old"], _plane.Steps);
        Assert.Equal("x", _plane.Rows[("t", "old")].ToStringUtf8());

        // It is in place, so to ask for it again is nothing new; a change is.
        _plane.Held = false;
        Set("ike", 4, "t", "old", "x");
        Assert.Equal(2, _plane.Steps.Count);
        Set("ike", 5, "t", "old", "longer than before");
        Assert.Equal("longer than before", _plane.Rows[("t", "old")].ToStringUtf8());
    }

    [Fact]
    public void A_row_written_anew_is_not_taken_back()
    {
        _plane.Held = true;
        _plane.Refuse[("t", "a")] = "No.";
        Set("ike", 1, "t", "a", "x");
        Set("ike", 2, "t", "a", "y");
        _plane.Work(1);
        _plane.Refuse.Clear();
        _plane.Work();
        Assert.Equal("y", _plane.Rows[("t", "a")].ToStringUtf8());
    }

    [Fact]
    public void A_stream_waits_for_workers_that_are_far_behind()
    {
        _plane.Held = true;
        int sent = 0;
        while (ModuleRows.Room(_session).IsCompleted)
        {
            Set("ike", 0, "t", $"{sent++}", "x");
            Assert.True(sent < 10_000);
        }

        Task room = ModuleRows.Room(_session);
        _plane.Work(sent / 4);
        Assert.False(room.IsCompleted);
        _plane.Work();
        Assert.True(room.IsCompleted);
    }

    [Fact]
    public void A_row_belongs_to_the_writer_that_made_it()
    {
        Set("core", 1, "t", "a", "x");
        Set("ike", 1, "t", "a", "y");
        Remove("ike", 2, "t", "a");
        Assert.Equal("x", _plane.Rows[("t", "a")].ToStringUtf8());
        Assert.Equal(["core 1", "ike 1 The row belongs to writer core.", "ike 2"], Replies);
    }

    [Fact]
    public void Rows_of_a_re_sync_are_not_acknowledged_one_by_one()
    {
        Set("ike", 0, "t", "a", "x");
        Set("ike", 0, "t", "b", "x");
        EndOfSync("ike", 17);
        Assert.Equal(["ike 17"], Replies);
    }

    [Fact]
    public void A_superseded_stream_is_closed_and_changes_nothing_any_more()
    {
        bool closed = false;
        ProgramSession old = _rows.Attach(_replies.Add, () => closed = true);
        _plane.Held = true;
        _rows.Take(old, Request("ike", 1, new() { Table = "t", Key = "a" }));
        Attach();
        Assert.True(closed);
        _plane.Work();
        _rows.Take(old, Request("ike", 2, new() { Table = "t", Key = "b" }));
        _plane.Work();
        Assert.Empty(_replies);
        Assert.Equal([("t", "a")], _plane.Rows.Keys);
    }

    [Fact]
    public void Whatever_happens_a_module_ends_with_exactly_the_rows_of_those_who_synced() =>
        Prop.ForAll(Gen.Choose(0, 99).ListOf().Select(list => list.ToArray()).ToArbitrary(), numbers =>
        {
            // Each number is a step: set or remove one of few rows of two writers, or a routing engine that starts anew.
            RecordingPlane plane = new();
            ModuleRows rows = new(plane);
            ProgramSession session = rows.Attach(_ => { }, () => { });
            Dictionary<string, Dictionary<string, string>> wanted = new() { ["w0"] = [], ["w1"] = [] };
            foreach (int number in numbers)
            {
                string writer = "w" + (number % 2);
                string key = writer + "/" + (number / 2 % 5);
                if (number >= 90)
                {
                    session = rows.Attach(_ => { }, () => { });
                    wanted["w0"].Clear();
                    wanted["w1"].Clear();
                }
                else if (number >= 60)
                {
                    wanted[writer].Remove(key);
                    rows.Take(session, new() { Writer = writer, Version = 1, Remove = new() { Table = "t", Key = key } });
                }
                else
                {
                    wanted[writer][key] = (number / 20).ToString();
                    rows.Take(session, Request(writer, 1, new() { Table = "t", Key = key, Value = ByteString.CopyFromUtf8((number / 20).ToString()) }));
                }
            }

            foreach (string writer in wanted.Keys)
            {
                rows.Take(session, new() { Writer = writer, Version = 2, EndOfSync = new() });
            }

            return plane.Rows.ToDictionary(r => r.Key.Key, r => r.Value.ToStringUtf8()).OrderBy(r => r.Key)
                .SequenceEqual(wanted.Values.SelectMany(w => w).OrderBy(r => r.Key));
        }).Check(Seeded.Config);

    private static ProgramRequest Request(string writer, ulong version, Row row) => new() { Writer = writer, Version = version, Set = row };

    private void Attach() => _session = _rows.Attach(_replies.Add, () => { });

    private void Set(string writer, ulong version, string table, string key, string value) =>
        _rows.Take(_session, Request(writer, version, new() { Table = table, Key = key, Value = ByteString.CopyFromUtf8(value) }));

    private void Remove(string writer, ulong version, string table, string key) =>
        _rows.Take(_session, new() { Writer = writer, Version = version, Remove = new() { Table = table, Key = key } });

    private void EndOfSync(string writer, ulong version) =>
        _rows.Take(_session, new() { Writer = writer, Version = version, EndOfSync = new() });
}
