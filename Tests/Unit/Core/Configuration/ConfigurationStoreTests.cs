using Microsoft.Extensions.Logging.Abstractions;
using RouterOS.Core.Configuration;
using RouterOS.Core.Configuration.Junos;
using RouterOS.Core.Storage;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Intents;
using RouterOS.Unit.Core.Storage;

namespace RouterOS.Unit.Core.Configuration;

public sealed class ConfigurationStoreTests
{
    private static readonly CommitRequest s_commit = new("anna", "cli");

    private readonly CrashingFileSystem _files = new();
    private readonly ManualTime _time = new();
    private readonly List<string> _applied = [];
    private readonly List<Func<IntentSet, IReadOnlyList<Finding>>> _validate = [];

    [Fact]
    public void A_commit_is_applied_and_survives_the_process()
    {
        ConfigurationStore store = Open();
        Assert.True(store.IsEmpty);
        Set(store, "system host-name one");
        Assert.True(store.Commit(s_commit).Succeeded);
        Assert.Equal(["", "one"], _applied);

        ConfigurationStore again = Open();
        Assert.Equal("one", NameOf(again.Active));
        Assert.Equal("one", again.Intents.Get<SystemIntent>().HostName);
        Assert.Equal("anna", again.History[0].User);
        Assert.Equal(_time.GetUtcNow(), again.History[0].Time);
    }

    [Fact]
    public void A_commit_that_is_refused_changes_nothing()
    {
        ConfigurationStore store = Open();
        Set(store, "system host-name one");
        store.Commit(s_commit);
        int files = _files.Operations;
        Set(store, "vpn gateway g policy none");
        Assert.False(store.Commit(s_commit).Succeeded);
        _validate.Add(_ => [new Finding { Severity = Finding.Types.Severity.Error, Message = "no" }]);
        Delete(store, "vpn");
        Set(store, "system host-name two");
        Assert.Equal("no", Assert.Single(store.Commit(s_commit).Findings).Message);
        _validate[0] = _ => throw new InvalidOperationException("bug");
        Assert.False(store.Commit(s_commit).Succeeded);
        Assert.Equal("one", NameOf(store.Active));
        Assert.Equal("two", NameOf(store.CandidateTree));
        Assert.Equal(files, _files.Operations);
        Assert.Equal(["", "one"], _applied);
    }

    [Fact]
    public void A_check_judges_and_changes_nothing()
    {
        ConfigurationStore store = Open();
        Set(store, "system host-name one");
        Assert.True(store.Commit(s_commit with { CheckOnly = true }).Succeeded);
        Assert.True(store.IsEmpty);
        Assert.Equal([""], _applied);
    }

    [Fact]
    public void Fifty_configurations_are_kept_and_come_back()
    {
        ConfigurationStore store = Open();
        for (int i = 0; i < 60; i++)
        {
            Set(store, $"system host-name n{i}");
            Assert.True(store.Commit(s_commit).Succeeded);
        }

        store = Open();
        Assert.Equal(50, store.History.Count);
        Assert.Equal(50, _files.Paths.Count(p => p.EndsWith(".conf", StringComparison.Ordinal)));
        Assert.True(store.Rollback(49));
        Assert.Equal("n10", NameOf(store.CandidateTree));
        Assert.False(store.Rollback(50));
        Assert.True(store.Rollback(0));
        Assert.Equal("n59", NameOf(store.CandidateTree));
    }

    [Fact]
    public void A_commit_that_is_not_confirmed_is_undone()
    {
        ConfigurationStore store = Open();
        Set(store, "system host-name one");
        store.Commit(s_commit);
        Set(store, "system host-name two");
        store.Commit(s_commit with { ConfirmWithinMinutes = 10 });
        _time.Advance(TimeSpan.FromMinutes(9.9));
        Assert.Equal("two", NameOf(store.Active));
        _time.Advance(TimeSpan.FromMinutes(0.2));
        Assert.Equal("one", NameOf(store.Active));
        Assert.Equal(["", "one", "two", "one"], _applied);
        Assert.Null(store.Pending);
        Assert.Equal("one", NameOf(Open().Active));
    }

    [Fact]
    public void A_commit_confirms_even_without_a_change()
    {
        ConfigurationStore store = Open();
        Set(store, "system host-name one");
        store.Commit(s_commit with { ConfirmWithinMinutes = 10 });
        Assert.True(store.Commit(s_commit).Succeeded);
        _time.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal("one", NameOf(store.Active));
        Assert.Single(store.History);
        Assert.Null(Open().Pending);
    }

    [Fact]
    public void A_confirmation_is_awaited_across_a_restart()
    {
        ConfigurationStore store = Open();
        Set(store, "system host-name one");
        store.Commit(s_commit);
        Set(store, "system host-name two");
        store.Commit(s_commit with { ConfirmWithinMinutes = 10 });
        store.Dispose();
        _time.Advance(TimeSpan.FromMinutes(5));

        ConfigurationStore again = Open();
        Assert.Equal("two", NameOf(again.Active));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("one", NameOf(again.Active));
        again.Dispose();

        Set(again, "system host-name three");
        again.Commit(s_commit with { ConfirmWithinMinutes = 1 });
        again.Dispose();
        _time.Advance(TimeSpan.FromHours(1));
        ConfigurationStore late = Open();
        _time.Advance(TimeSpan.Zero);
        Assert.Equal("one", NameOf(late.Active));
    }

    [Fact]
    public void A_second_confirmed_commit_falls_back_to_the_last_confirmed_state()
    {
        ConfigurationStore store = Open();
        Set(store, "system host-name one");
        store.Commit(s_commit);
        Set(store, "system host-name two");
        store.Commit(s_commit with { ConfirmWithinMinutes = 10 });
        Set(store, "system host-name three");
        store.Commit(s_commit with { ConfirmWithinMinutes = 10 });
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("one", NameOf(store.Active));
    }

    [Fact]
    public void Keys_lie_sealed_on_disk()
    {
        ConfigurationStore store = Open();
        Set(store, "vpn policy p pre-shared-key ascii-text exampleKey");
        Set(store, "vpn policy p proposal-set basic");
        Set(store, "snmp community x authentication-password \"" + ObfuscatedSecret.Encode("another") + "\"");
        Assert.True(store.Commit(s_commit).Succeeded);
        foreach (string path in _files.Paths)
        {
            string text = System.Text.Encoding.Latin1.GetString(_files.Read(path)!);
            Assert.DoesNotContain("exampleKey", text, StringComparison.Ordinal);
            Assert.DoesNotContain("$9$", text, StringComparison.Ordinal);
        }

        ConfigurationStore again = Open();
        Assert.Equal("exampleKey", StatementView.Of(again.Active)["vpn"].Entry("policy", "p")["pre-shared-key"].Secret("ascii-text"));
        Assert.True(again.Active.SameAs(store.Active));
    }

    [Fact]
    public void A_damaged_file_is_left_out_and_the_one_before_it_is_used()
    {
        ConfigurationStore store = Open();
        Set(store, "system host-name one");
        store.Commit(s_commit);
        Set(store, "system host-name two");
        store.Commit(s_commit);
        string newest = _files.Paths.Where(p => p.EndsWith(".conf", StringComparison.Ordinal)).Order().Last();
        _files.Write(newest, _files.Read(newest).AsSpan(0, 100));
        store = Open();
        Assert.Equal("one", NameOf(store.Active));
        Set(store, "system host-name three");
        Assert.True(store.Commit(s_commit).Succeeded);
        Assert.Equal("three", NameOf(Open().Active));
    }

    [Fact]
    public void An_edit_that_fails_leaves_the_candidate_as_it_was()
    {
        ConfigurationStore store = Open();
        Set(store, "system host-name one");
        Assert.Throws<InvalidOperationException>(() => store.Edit<bool>(
            candidate =>
            {
                candidate.Delete([]);
                throw new InvalidOperationException();
            },
            ok => ok));
        Assert.Equal("one", NameOf(store.CandidateTree));
    }

    // Each commit is stopped before each of its file operations: killed, out of power, or out of space.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_commit_that_dies_anywhere_leaves_the_old_or_the_new_configuration(bool confirmed)
    {
        HashSet<string> seen = [];
        for (int seed = 0; seed < 400; seed++)
        {
            CrashingFileSystem files = new();
            ConfigurationStore store = Open(files);
            Set(store, "system host-name zero");
            store.Commit(s_commit);
            Set(store, "system host-name old");
            store.Commit(confirmed && seed % 3 == 0 ? s_commit with { ConfirmWithinMinutes = 5 } : s_commit);
            Set(store, "system host-name new");
            files.OperationsLeft = seed % 14;
            files.FailInstead = seed % 5 < 2;
            files.FailOnce = seed % 5 == 1;
            bool reported = false;
            try
            {
                reported = store.Commit(confirmed ? s_commit with { ConfirmWithinMinutes = 5 } : s_commit).Succeeded;
                Assert.Equal(reported ? "new" : "old", NameOf(store.Active));
            }
            catch (PowerLostException)
            {
            }

            store.Dispose();
            bool failed = files.FailInstead && !reported;
            files.Restart(new Random(seed), hostDied: seed % 2 == 0 && !files.FailInstead);
            ConfigurationStore again = Open(files);
            string name = NameOf(again.Active);
            Assert.Contains(name, (string[])["old", "new"]);
            Assert.True(!reported || name == "new", $"seed {seed}: a reported commit was lost");
            Assert.True(!failed || name == "old", $"seed {seed}: a failed commit came back");
            seen.Add(name);

            // And it goes on working from there.
            Set(again, "system host-name next");
            Assert.True(again.Commit(s_commit).Succeeded);
            _time.Advance(TimeSpan.FromHours(1));
            Assert.Equal("next", NameOf(again.Active));
            Assert.Equal("next", NameOf(Open(files).Active));
            again.Dispose();
        }

        Assert.Equal(2, seen.Count);
    }

    private static string NameOf(Statement tree) => StatementView.Of(tree)["system"].Text("host-name") ?? string.Empty;

    private static void Set(ConfigurationStore store, string line) =>
        Assert.Null(store.Edit(c => c.Set(JunosLexer.Words(line, (_, m) => Assert.Fail(m))), e => e is null));

    private static void Delete(ConfigurationStore store, string line) =>
        Assert.Null(store.Edit(c => c.Delete(JunosLexer.Words(line, (_, m) => Assert.Fail(m))), e => e is null));

    private ConfigurationStore Open(CrashingFileSystem? disk = null)
    {
        CrashingFileSystem files = disk ?? _files;
        ConfigurationStore store = new(
            new TestLanguage(), TestLanguage.Profile, files, "/state", new Sealer(MasterKey.Open(files, "/state")), _time,
            _validate, intents => _applied.Add(intents.Get<SystemIntent>().HostName), NullLogger.Instance);
        store.Start();
        return store;
    }
}
